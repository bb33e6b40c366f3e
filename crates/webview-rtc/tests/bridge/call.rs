//! A complete call between two pages: video, audio, key frames, statistics.

use std::f32::consts::TAU;

use webview_rtc::{
    Transport,
    wire::{
        event::{Event, Reply},
        frame::{
            AUDIO_FRAME_SAMPLES, CapturedAudio, EncodedVideo, Frame, FramesBefore, SAMPLE_RATE,
            Samples,
        },
        id::{EncodingId, ReceiverId, SourceId},
        negotiated::Direction,
        request::RequestKind,
        statistics::Statistics,
    },
};

use crate::{
    negotiated::{
        AUDIO, AUDIO_SOURCE, Call, End, Side, VIDEO, VIDEO_SOURCE, connect, send_audio_and_video,
    },
    page::Page,
};

const TONE: f32 = 440.0;

/// A VP8 frame with the header that the transport reads (RFC 6386, 9.1).
pub(crate) fn vp8_frame(key: bool, number: u8, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8 ^ number).collect();
    bytes[0] = if key { 0x10 } else { 0x11 };
    bytes[3..6].copy_from_slice(&[0x9d, 0x01, 0x2a]);
    bytes
}

pub(crate) async fn encoding(page: &mut Page) -> EncodingId {
    page.event(|event| match event {
        Event::Encode {
            encoding, source, ..
        } => {
            assert_eq!(source, VIDEO_SOURCE);
            Some(encoding)
        }
        _ => None,
    })
    .await
}

pub(crate) async fn send_video_frame(
    page: &mut Page,
    encoding: EncodingId,
    number: u8,
    bytes: &[u8],
) {
    page.send_frame(Frame::EncodedVideo(EncodedVideo {
        key: number == 0,
        encoding,
        timestamp: 5_000_000 + u64::from(number) * 33_333,
        width: 640,
        height: 480,
        bytes,
    }))
    .await;
}

/// The next video frame of this receiver; audio is skipped.
async fn next_video_frame(page: &mut Page, of: ReceiverId) -> (bool, FramesBefore, u64, Vec<u8>) {
    loop {
        let message = page.next_frame().await;
        if let Frame::ReceivedVideo(video) = Frame::decode(&message).unwrap() {
            assert_eq!(video.receiver, of);
            let bytes = video.bytes.to_vec();
            return (video.key, video.before, video.timestamp, bytes);
        }
    }
}

async fn next_flowing(page: &mut Page, of: ReceiverId) -> bool {
    page.event(|event| match event {
        Event::Receiving { receiver, flowing } if receiver == of => Some(flowing),
        _ => None,
    })
    .await
}

async fn next_wanted(page: &mut Page, of: SourceId) -> bool {
    page.event(|event| match event {
        Event::SourceWanted { source, wanted } if source == of => Some(wanted),
        _ => None,
    })
    .await
}

async fn statistics(page: &mut Page, end: &End) -> Statistics {
    let connection = end.connection;
    match page.ask(RequestKind::ReadStatistics { connection }).await {
        Reply::Statistics { statistics } => *statistics,
        reply => panic!("no statistics: {reply:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn video_arrives_unchanged_and_in_order() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    send_audio_and_video(&mut call.anna, &call.at_anna).await;
    let encoding = encoding(&mut call.anna).await;

    let sent: Vec<_> = (0..30)
        .map(|number| vp8_frame(number == 0, number, 200 + usize::from(number) * 400))
        .collect();
    for (number, bytes) in sent.iter().enumerate() {
        send_video_frame(&mut call.anna, encoding, number as u8, bytes).await;
    }
    let mut first = None;
    for (number, bytes) in sent.iter().enumerate() {
        let (key, before, timestamp, received) =
            next_video_frame(&mut call.bela, call.at_bela.video).await;
        assert_eq!(key, number == 0);
        assert_eq!(before, FramesBefore::Whole);
        assert!(received == *bytes, "frame {number} was changed");
        let first = *first.get_or_insert(timestamp);
        let expected = number as u64 * 33_333;
        assert!(
            (timestamp - first).abs_diff(expected) <= 22,
            "frame {number}"
        );
    }
    assert!(next_flowing(&mut call.bela, call.at_bela.video).await);

    let sender = statistics(&mut call.anna, &call.at_anna).await;
    let outbound = sender.outbound.iter().find(|stream| stream.mid == VIDEO);
    let outbound = outbound.unwrap();
    assert_eq!(outbound.encoding, Some(encoding));
    assert!(outbound.packets_sent >= 30 && outbound.target_bitrate.unwrap() > 10_000.0);
    let receiver = statistics(&mut call.bela, &call.at_bela).await;
    let inbound = receiver.inbound.iter().find(|stream| stream.mid == VIDEO);
    let inbound = inbound.unwrap();
    assert_eq!(inbound.receiver, Some(call.at_bela.video));
    assert!(inbound.packets_received >= 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tone_reaches_the_other_page() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    send_audio_and_video(&mut call.anna, &call.at_anna).await;
    assert!(next_wanted(&mut call.anna, AUDIO_SOURCE).await);
    let receiver = call.at_bela.audio;

    // Like sound cards on both sides: one frame in, one frame out, every 10 ms.
    let mut clock = tokio::time::interval(std::time::Duration::from_millis(10));
    let mut samples = Vec::new();
    for frame in 0..200_u64 {
        clock.tick().await;
        let bytes = tone(frame);
        call.anna
            .send_frame(Frame::CapturedAudio(CapturedAudio {
                source: AUDIO_SOURCE,
                timestamp: frame * 10_000,
                samples: Samples::read(1, &bytes).unwrap(),
            }))
            .await;
        call.bela
            .send_frame(Frame::AudioRequest {
                receiver,
                frames: 1,
            })
            .await;
        // Requests before the first packet are kept, up to a limit, and fulfilled with it.
        if frame >= 100 {
            samples.extend(next_audio(&mut call.bela, receiver).await);
        }
    }
    assert!(next_flowing(&mut call.bela, receiver).await);
    let steady = &samples[samples.len() - SAMPLE_RATE as usize / 2..];
    let frequency = crossings(steady) as f32 * SAMPLE_RATE as f32 / steady.len() as f32;
    assert!((frequency - TONE).abs() < 15.0, "heard {frequency} Hz");

    let received = statistics(&mut call.bela, &call.at_bela).await;
    let inbound = received.inbound.iter().find(|stream| stream.mid == AUDIO);
    let inbound = inbound.unwrap();
    assert!(inbound.total_audio_energy.unwrap() > 0.01);
    assert!(inbound.total_samples_received.unwrap() > u64::from(SAMPLE_RATE));
    assert!(inbound.jitter_buffer_emitted_count.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn key_frame_request_reaches_the_encoder() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    send_audio_and_video(&mut call.anna, &call.at_anna).await;
    let encoding = encoding(&mut call.anna).await;
    send_video_frame(&mut call.anna, encoding, 0, &vp8_frame(true, 0, 500)).await;
    next_video_frame(&mut call.bela, call.at_bela.video).await;

    let receiver = call.at_bela.video;
    call.bela
        .ask_done(RequestKind::RequestKeyFrame { receiver })
        .await;
    let asked = call
        .anna
        .event(|event| match event {
            Event::KeyFrameWanted { encoding } => Some(encoding),
            _ => None,
        })
        .await;
    assert_eq!(asked, encoding);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_encoding_serves_several_connections() {
    let transport = Transport::default();
    let mut anna = Page::open(&transport).await;
    let mut others = Vec::new();
    let mut ends = Vec::new();
    for number in 1..=3 {
        let mut other = Page::open(&transport).await;
        let end = End::open(&mut anna, number, Side::Caller).await;
        let at_other = End::open(&mut other, number, Side::Callee).await;
        connect((&mut anna, &end), (&mut other, &at_other)).await;
        others.push((other, at_other));
        ends.push(end);
    }
    for end in &ends {
        send_audio_and_video(&mut anna, end).await;
    }
    let encoding = encoding(&mut anna).await;
    let bytes = vp8_frame(true, 0, 5_000);
    send_video_frame(&mut anna, encoding, 0, &bytes).await;
    for (other, at_other) in &mut others {
        let (key, _, _, received) = next_video_frame(other, at_other.video).await;
        assert!(key && received == bytes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn source_is_wanted_while_a_sender_uses_it() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    send_audio_and_video(&mut call.anna, &call.at_anna).await;
    assert!(next_wanted(&mut call.anna, VIDEO_SOURCE).await);
    let receive_only = call
        .at_anna
        .commit_directions(&call.at_bela, [Direction::RecvOnly; 2]);
    call.anna.ask_done(receive_only).await;
    assert!(!next_wanted(&mut call.anna, VIDEO_SOURCE).await);
    let stopped = call
        .anna
        .event(|event| match event {
            Event::StopEncoding { encoding } => Some(encoding),
            _ => None,
        })
        .await;
    // A new start has a new encoding: ids are never reused.
    call.anna.ask_done(call.at_anna.commit(&call.at_bela)).await;
    assert_ne!(encoding(&mut call.anna).await, stopped);
}

fn tone(frame: u64) -> Vec<u8> {
    (0..AUDIO_FRAME_SAMPLES)
        .flat_map(|at| {
            let sample = frame as usize * AUDIO_FRAME_SAMPLES + at;
            let phase = sample as f32 * TONE / SAMPLE_RATE as f32;
            (0.3 * (TAU * phase.fract()).sin()).to_le_bytes()
        })
        .collect()
}

async fn next_audio(page: &mut Page, of: ReceiverId) -> Vec<f32> {
    loop {
        let message = page.next_frame().await;
        if let Frame::ReceivedAudio(audio) = Frame::decode(&message).unwrap() {
            assert_eq!(audio.receiver, of);
            let channels = usize::from(audio.samples.channels());
            return audio.samples.iter().step_by(channels).collect();
        }
    }
}

/// Zero crossings from negative to positive.
fn crossings(samples: &[f32]) -> usize {
    samples
        .windows(2)
        .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
        .count()
}
