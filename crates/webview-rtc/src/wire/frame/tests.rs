//! What is written is read again; nothing else is.

use proptest::prelude::*;

use super::*;

fn sound(channels: u8, value: f32) -> Vec<u8> {
    value
        .to_le_bytes()
        .repeat(SOUND_FRAMES * usize::from(channels))
}

fn check_refused(message: &[u8], expect: FrameError) {
    assert_eq!(Frame::decode(message), Err(expect), "{message:?}");
}

#[test]
fn the_table_is_what_is_written() {
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
    let wanted = Frame::SoundWanted {
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
}

#[test]
fn what_is_not_in_the_table_is_refused() {
    check_refused(&[], FrameError::UnknownKind);
    check_refused(&[0], FrameError::UnknownKind);
    check_refused(&[7, 1, 2, 3], FrameError::UnknownKind);
    check_refused(&[1, 1, 0], FrameError::Short);
    check_refused(&[5, 2, 0, 0, 0, 3], FrameError::Short);
    check_refused(&[5, 2, 0, 0, 0, 3, 0, 0], FrameError::Long);
    check_refused(&[6, 1, 1, 0, 0, 0, 0, 0, 0], FrameError::Short);
    let of_an_unknown_codec = [3, 0, 2, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];
    check_refused(&of_an_unknown_codec, FrameError::OutOfRange);
}

#[test]
fn sound_is_whole_pieces_of_one_or_two_channels() {
    for (channels, bytes, fits) in [
        (0, sound(0, 0.0), false),
        (1, sound(1, 0.0), true),
        (1, sound(2, 0.0), true),
        (2, sound(2, 0.0), true),
        (2, sound(1, 0.0), false),
        (3, sound(3, 0.0), false),
        (1, vec![], false),
        (1, vec![0; 4 * SOUND_FRAMES - 1], false),
        (1, sound(1, 0.0).repeat(16), true),
        (1, sound(1, 0.0).repeat(17), false),
    ] {
        assert_eq!(Samples::read(channels, &bytes).is_ok(), fits, "{channels}");
    }
}

#[test]
fn sound_of_two_pieces_is_one_after_the_other() {
    let bytes = [sound(2, 0.25), sound(2, 0.5)].concat();
    let samples = Samples::read(2, &bytes).unwrap();
    let pieces: Vec<Vec<f32>> = samples
        .pieces()
        .map(|piece| piece.iter().collect())
        .collect();
    assert_eq!(
        pieces,
        [0.25, 0.5].map(|value| vec![value; 2 * SOUND_FRAMES])
    );
}

#[test]
fn a_sample_that_is_no_number_is_silence() {
    for (sent, heard) in [
        (0.5, 0.5),
        (f32::NAN, 0.0),
        (f32::INFINITY, 0.0),
        (f32::NEG_INFINITY, 0.0),
    ] {
        let bytes = sound(1, sent);
        let samples = Samples::read(1, &bytes).unwrap();
        assert!(samples.iter().all(|sample| sample == heard));
        assert_eq!(samples.iter().count(), SOUND_FRAMES);
    }
}

fn check_comes_back(frame: Frame<'_>) -> Result<(), TestCaseError> {
    let message = frame.encode();
    prop_assert_eq!(Frame::decode(&message), Ok(frame));
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(message: Vec<u8>) {
        if let Ok(frame) = Frame::decode(&message) {
            let again = frame.encode();
            prop_assert!(Frame::decode(&again) == Ok(frame));
        }
    }

    #[test]
    fn video_comes_back(
        key: bool, missing: bool, h264: bool,
        id: u32, timestamp: u64, width: u16, height: u16, bytes: Vec<u8>,
    ) {
        let sent = Frame::EncodedVideo(EncodedVideo {
            key, encoding: EncodingId(id), timestamp, width, height, bytes: &bytes,
        });
        check_comes_back(sent)?;
        let received = Frame::ReceivedVideo(ReceivedVideo {
            key,
            before: if missing { FramesBefore::Missing } else { FramesBefore::Whole },
            codec: if h264 { VideoCodec::H264 } else { VideoCodec::Vp8 },
            receiver: ReceiverId(id),
            timestamp,
            bytes: &bytes,
        });
        check_comes_back(received)?;
    }

    #[test]
    fn sound_comes_back(
        stereo: bool, pieces in 1..=16_usize, id: u32, timestamp: u64, value in -1.0_f32..1.0,
    ) {
        let channels = if stereo { 2 } else { 1 };
        let bytes = sound(channels, value).repeat(pieces);
        let samples = Samples::read(channels, &bytes).unwrap();
        let captured = Frame::CapturedAudio(CapturedAudio {
            source: SourceId(id), timestamp, samples,
        });
        check_comes_back(captured)?;
        let played = Frame::SoundToPlay(SoundToPlay { receiver: ReceiverId(id), samples });
        check_comes_back(played)?;
    }

    #[test]
    fn messages_and_wishes_for_sound_come_back(
        binary: bool, connection: u32, channel: u32, frames: u16, bytes: Vec<u8>,
    ) {
        let message = Frame::ChannelMessage(ChannelMessage {
            binary,
            connection: ConnectionId(connection),
            channel: ChannelId(channel),
            bytes: &bytes,
        });
        check_comes_back(message)?;
        let wanted = Frame::SoundWanted { receiver: ReceiverId(connection), frames };
        check_comes_back(wanted)?;
    }
}
