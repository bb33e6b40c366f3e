//! Frames decode to what was encoded, and everything else is refused.

use proptest::prelude::*;

use super::*;

fn samples_of(channels: u8, value: f32) -> Vec<u8> {
    value
        .to_le_bytes()
        .repeat(AUDIO_FRAME_SAMPLES * usize::from(channels))
}

fn check_refused(message: &[u8], expect: FrameError) {
    assert_eq!(Frame::decode(message), Err(expect), "{message:?}");
}

#[test]
fn encoding_matches_the_table() {
    let video = Frame::EncodedVideo(EncodedVideo {
        key: true,
        encoding: EncodingId(0x0403_0201),
        timestamp: 0x0807_0605_0403_0201,
        width: 640,
        height: 480,
        bytes: &[0xaa, 0xbb],
    });
    assert_eq!(
        video.encode(),
        [
            1, 1, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 2, 0xe0, 1, 0xaa, 0xbb
        ]
    );
    assert_eq!(video.encode().len() - 2, MAX_HEADER_BYTES);
    let received = Frame::ReceivedVideo(ReceivedVideo {
        key: true,
        before: FramesBefore::Missing,
        codec: VideoCodec::H264,
        receiver: ReceiverId(7),
        timestamp: 1,
        bytes: &[9],
    });
    assert_eq!(
        received.encode(),
        [3, 3, 1, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9]
    );
    let wanted = Frame::AudioRequest {
        receiver: ReceiverId(2),
        frames: 3,
    };
    assert_eq!(wanted.encode(), [5, 2, 0, 0, 0, 3, 0]);
    let message = Frame::ChannelMessage(ChannelMessage {
        binary: true,
        connection: ConnectionId(1),
        channel: ChannelId(1 << 31),
        bytes: b"hi",
    });
    assert_eq!(
        message.encode(),
        [6, 1, 1, 0, 0, 0, 0, 0, 0, 0x80, b'h', b'i']
    );
    let rows = Frame::CapturedRows(CapturedRows {
        last: true,
        capture: CaptureId(3),
        width: 640,
        height: 480,
        top: 2,
        bytes: &[9],
    });
    assert_eq!(rows.encode(), [7, 1, 3, 0, 0, 0, 0x80, 2, 0xe0, 1, 2, 0, 9]);
}

#[test]
fn invalid_messages_are_refused() {
    check_refused(&[], FrameError::UnknownKind);
    check_refused(&[0], FrameError::UnknownKind);
    check_refused(&[8, 1, 2, 3], FrameError::UnknownKind);
    check_refused(&[1, 1, 0], FrameError::Short);
    check_refused(&[5, 2, 0, 0, 0, 3], FrameError::Short);
    check_refused(&[5, 2, 0, 0, 0, 3, 0, 0], FrameError::Long);
    check_refused(&[6, 1, 1, 0, 0, 0, 0, 0, 0], FrameError::Short);
    let unknown_codec = [3, 0, 2, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];
    check_refused(&unknown_codec, FrameError::OutOfRange);
}

#[test]
fn audio_is_complete_frames_of_one_or_two_channels() {
    for (channels, bytes, is_accepted) in [
        (0, samples_of(0, 0.0), false),
        (1, samples_of(1, 0.0), true),
        (1, samples_of(2, 0.0), true),
        (2, samples_of(2, 0.0), true),
        (2, samples_of(1, 0.0), false),
        (3, samples_of(3, 0.0), false),
        (1, vec![], false),
        (1, vec![0; 4 * AUDIO_FRAME_SAMPLES - 1], false),
        (1, samples_of(1, 0.0).repeat(16), true),
        (1, samples_of(1, 0.0).repeat(17), false),
    ] {
        assert_eq!(
            Samples::read(channels, &bytes).is_ok(),
            is_accepted,
            "{channels}"
        );
    }
}

#[test]
fn two_audio_frames_are_read_in_order() {
    let bytes = [samples_of(2, 0.25), samples_of(2, 0.5)].concat();
    let samples = Samples::read(2, &bytes).unwrap();
    let frames: Vec<Vec<f32>> = samples
        .frames()
        .map(|frame| frame.iter().collect())
        .collect();
    assert_eq!(
        frames,
        [0.25, 0.5].map(|value| vec![value; 2 * AUDIO_FRAME_SAMPLES])
    );
}

#[test]
fn non_finite_sample_is_silence() {
    for (sent, expected) in [
        (0.5, 0.5),
        (f32::NAN, 0.0),
        (f32::INFINITY, 0.0),
        (f32::NEG_INFINITY, 0.0),
    ] {
        let bytes = samples_of(1, sent);
        let samples = Samples::read(1, &bytes).unwrap();
        assert!(samples.iter().all(|sample| sample == expected));
        assert_eq!(samples.iter().count(), AUDIO_FRAME_SAMPLES);
    }
}

fn check_round_trip(frame: Frame<'_>) -> Result<(), TestCaseError> {
    let message = frame.encode();
    prop_assert_eq!(Frame::decode(&message), Ok(frame));
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_decode_without_panic(message: Vec<u8>) {
        if let Ok(frame) = Frame::decode(&message) {
            let encoded = frame.encode();
            prop_assert!(Frame::decode(&encoded) == Ok(frame));
        }
    }

    #[test]
    fn video_round_trips(
        key: bool, missing: bool, h264: bool,
        id: u32, timestamp: u64, width: u16, height: u16, bytes: Vec<u8>,
    ) {
        let sent = Frame::EncodedVideo(EncodedVideo {
            key, encoding: EncodingId(id), timestamp, width, height, bytes: &bytes,
        });
        check_round_trip(sent)?;
        let received = Frame::ReceivedVideo(ReceivedVideo {
            key,
            before: if missing { FramesBefore::Missing } else { FramesBefore::Whole },
            codec: if h264 { VideoCodec::H264 } else { VideoCodec::Vp8 },
            receiver: ReceiverId(id),
            timestamp,
            bytes: &bytes,
        });
        check_round_trip(received)?;
    }

    #[test]
    fn audio_round_trips(
        stereo: bool, frames in 1..=16_usize, id: u32, timestamp: u64, value in -1.0_f32..1.0,
    ) {
        let channels = if stereo { 2 } else { 1 };
        let bytes = samples_of(channels, value).repeat(frames);
        let samples = Samples::read(channels, &bytes).unwrap();
        let captured = Frame::CapturedAudio(CapturedAudio {
            source: SourceId(id), timestamp, samples,
        });
        check_round_trip(captured)?;
        let received = Frame::ReceivedAudio(ReceivedAudio { receiver: ReceiverId(id), samples });
        check_round_trip(received)?;
    }

    #[test]
    fn channel_messages_and_audio_requests_round_trip(
        binary: bool, connection: u32, channel: u32, frames: u16, bytes: Vec<u8>,
    ) {
        let message = Frame::ChannelMessage(ChannelMessage {
            binary,
            connection: ConnectionId(connection),
            channel: ChannelId(channel),
            bytes: &bytes,
        });
        check_round_trip(message)?;
        let wanted = Frame::AudioRequest { receiver: ReceiverId(connection), frames };
        check_round_trip(wanted)?;
    }
}
