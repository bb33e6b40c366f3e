//! Video: complete frames in order, retransmissions, and key frame requests.

use std::time::Duration;

use webview_rtc::{
    connection::{ConnectionEvent, VideoFrame},
    video::Playout,
    wire::event::VideoCodec,
};

use crate::{
    negotiation::{Kind, Negotiation},
    test_env::{Side, TestEnv},
};
use webview_rtc::wire::negotiated::Direction;

const FRAME_INTERVAL: Duration = Duration::from_millis(33);

/// A VP8 frame with a valid header (RFC 6386, 9.1); nothing reads the rest.
pub(crate) fn vp8(number: u64, key: bool, bytes: usize) -> VideoFrame {
    let mut encoded = Vec::with_capacity(bytes);
    if key {
        encoded.extend([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01]);
    } else {
        encoded.extend([0x11, 0x02, 0x00]);
    }
    encoded.extend(number.to_be_bytes());
    while encoded.len() < bytes {
        encoded.push((encoded.len() as u64 * 31 + number) as u8);
    }
    VideoFrame {
        codec: VideoCodec::Vp8,
        key,
        media_time: number * 3000,
        bytes: encoded,
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReceivedFrame {
    pub(crate) mid: String,
    pub(crate) media_time: u64,
    pub(crate) key: bool,
    pub(crate) contiguous: bool,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn received_frames(env: &mut TestEnv, side: Side) -> Vec<ReceivedFrame> {
    let events = env.peer(side).take_events();
    let frame = |event| match event {
        ConnectionEvent::Video {
            mid,
            frame,
            contiguous,
            ..
        } => Some(ReceivedFrame {
            mid,
            media_time: frame.media_time,
            key: frame.key,
            contiguous,
            bytes: frame.bytes,
        }),
        _ => None,
    };
    events.into_iter().filter_map(frame).collect()
}

/// Sends `count` frames, answers key frame requests, and returns the sent frames.
pub(crate) fn send(
    env: &mut TestEnv,
    from: Side,
    mid: &str,
    first: u64,
    count: u64,
) -> Vec<VideoFrame> {
    let mut sent = Vec::new();
    let mut wanted = first == 0;
    for number in first..first + count {
        let peer = env.peer(from);
        wanted |= peer.count(|event| matches!(event, ConnectionEvent::KeyFrameWanted { .. })) > 0;
        peer.events
            .retain(|(_, event)| !matches!(event, ConnectionEvent::KeyFrameWanted { .. }));
        // About 350 kbit/s, in up to three packets each.
        let frame = vp8(number, wanted, if wanted { 6_000 } else { 1_400 });
        wanted = false;
        let now = env.now;
        env.peer(from).session.send_video(mid, &frame, now);
        env.settle();
        sent.push(frame);
        env.run(FRAME_INTERVAL);
    }
    sent
}

fn check_equal(sent: &[VideoFrame], received: &[ReceivedFrame]) {
    assert_eq!(sent.len(), received.len());
    for (sent, received) in sent.iter().zip(received) {
        assert_eq!((sent.key, &sent.bytes), (received.key, &received.bytes));
        assert!(received.contiguous);
        assert_eq!(
            sent.media_time - sent.media_time % 3000,
            received.media_time
        );
    }
}

#[test]
fn received_media_names_its_source_signaled_or_not() {
    for kind in [Kind::Video, Kind::VideoWithoutSsrcs] {
        let negotiation = Negotiation::new().with("0", kind, Direction::SendRecv);
        let mut env = TestEnv::connected(12, &negotiation);
        env.b.events.clear();
        send(&mut env, Side::A, "0", 0, 5);
        env.run(Duration::from_millis(100));
        let ssrc = env.a.session.statistics().outbound[0].ssrc;
        let received = env.b.take_events().into_iter().filter_map(|event| {
            if let ConnectionEvent::Video { sources, .. } = event {
                Some(sources)
            } else {
                None
            }
        });
        let received: Vec<_> = received.collect();
        assert!(received.len() > 2, "{received:?}");
        for sources in received {
            assert_eq!((sources.ssrc, &sources.contributing[..]), (ssrc, &[][..]));
        }
    }
}

#[test]
fn frames_arrive_unchanged() {
    for kind in [Kind::Video, Kind::VideoWithoutSsrcs] {
        let negotiation = Negotiation::new().with("0", kind, Direction::SendRecv);
        let mut env = TestEnv::connected(11, &negotiation);
        let sent = send(&mut env, Side::A, "0", 0, 60);
        env.run(Duration::from_millis(300));
        check_equal(&sent, &received_frames(&mut env, Side::B));
        let sent = send(&mut env, Side::B, "0", 0, 60);
        env.run(Duration::from_millis(300));
        check_equal(&sent, &received_frames(&mut env, Side::A));
    }
}

#[test]
fn lost_packets_are_retransmitted() {
    let mut env = TestEnv::connected(15, &Negotiation::new().audio("0").video("1"));
    env.to_b.loss = 0.1;
    env.to_a.loss = 0.1;
    let mut sent = Vec::new();
    for part in 0..10 {
        sent.extend(send(&mut env, Side::A, "1", part * 30, 30));
    }
    env.run(Duration::from_secs(1));
    let received = received_frames(&mut env, Side::B);
    let complete = received
        .iter()
        .filter(|received| received.contiguous)
        .count();
    assert!(
        received.len() * 100 >= sent.len() * 98,
        "{} of {}",
        received.len(),
        sent.len()
    );
    assert!(
        complete * 100 >= sent.len() * 96,
        "{complete} of {}",
        sent.len()
    );
    let mut times: Vec<u64> = received
        .iter()
        .map(|received| received.media_time)
        .collect();
    assert!(times.is_sorted());
    times.dedup();
    assert_eq!(times.len(), received.len());
    let statistics = env.a.session.statistics();
    let outbound = &statistics.outbound[1];
    assert!(outbound.retransmitted_packets_sent > 20);
    assert!(outbound.nack_count > 5);
    // Since the last report. Retransmitted packets are not lost.
    assert!(outbound.fraction_lost.unwrap() < 0.1);
    assert!((0.03..0.06).contains(&outbound.round_trip_time.unwrap()));
    // No audio was sent, so it has no statistics.
    let inbound = &env.b.session.statistics().inbound[0];
    assert_eq!(inbound.mid, "1");
    assert!(inbound.packets_received > 500);
    assert!(inbound.nack_count > 5);
}

#[test]
fn few_frames_stay_incomplete_at_ten_percent_loss() {
    let mut incomplete = 0;
    for seed in 1..4 {
        let mut env = TestEnv::connected(seed, &Negotiation::new().audio("0").video("1"));
        for path in [&mut env.to_a, &mut env.to_b] {
            path.loss = 0.1;
            path.delay = Duration::from_millis(1);
        }
        send(&mut env, Side::A, "1", 0, 1_000);
        env.run(Duration::from_secs(1));
        let received = received_frames(&mut env, Side::B);
        incomplete += received
            .iter()
            .filter(|received| !received.contiguous)
            .count();
    }
    // Of 3000 frames. Of 4000 lost packets one stays lost after five NACKs.
    assert!(incomplete <= 3, "{incomplete}");
}

/// A NACK or its answer may be lost too, and str0m repeats a NACK only after 33 ms.
#[test]
fn frames_are_in_time_despite_lost_retransmissions() {
    let (mut all, mut late) = (0, 0);
    for seed in 1..6 {
        let mut env = TestEnv::connected(seed, &Negotiation::new().audio("0").video("1"));
        for path in [&mut env.to_a, &mut env.to_b] {
            path.loss = 0.05;
            path.delay = Duration::from_millis(1);
        }
        let start = env.now;
        send(&mut env, Side::A, "1", 0, 600);
        env.run(Duration::from_secs(1));
        for (at, event) in &env.b.events {
            let ConnectionEvent::Video { frame, .. } = event else {
                continue;
            };
            let number = u32::try_from(frame.media_time / 3000).unwrap();
            all += 1;
            late += u32::from(*at - (start + FRAME_INTERVAL * number) > Duration::from_millis(60));
        }
    }
    assert!(all > 2_900, "{all}");
    // 32 frames were late without duplicate sends.
    assert!(late <= 12, "{late} of {all}");
}

/// Also without an audio section.
#[test]
fn playout_delay_covers_retransmissions() {
    let mut env = TestEnv::connected(7, &Negotiation::new().video("0"));
    env.to_a.loss = 0.1;
    env.to_b.loss = 0.1;
    send(&mut env, Side::A, "0", 0, 600);
    let mut playout = Playout::new();
    let delays: Vec<Duration> = env
        .b
        .events
        .iter()
        .filter_map(|(at, event)| match event {
            ConnectionEvent::Video { frame, .. } => Some((*at, frame.media_time)),
            _ => None,
        })
        .map(|(at, media_time)| {
            let release = playout.handle_frame(media_time, at, Duration::ZERO);
            release.smoothing
        })
        .collect();
    // A NACK and its answer take 40 ms.
    let long_enough = delays
        .iter()
        .filter(|delay| delay.as_millis() >= 40)
        .count();
    assert!(long_enough * 10 >= delays.len() * 9, "{delays:?}");
}

#[test]
fn video_starts_with_a_key_frame() {
    let mut env = TestEnv::connected(13, &Negotiation::new().video("0"));
    let now = env.now;
    env.a.session.send_video("0", &vp8(0, false, 3000), now);
    env.settle();
    let wanted = |event: &ConnectionEvent| matches!(event, ConnectionEvent::KeyFrameWanted { mid } if mid == "0");
    assert_eq!(env.a.count(wanted), 1);
    // Requested once, not once per frame.
    env.a.session.send_video("0", &vp8(1, false, 3000), now);
    env.settle();
    assert_eq!(env.a.count(wanted), 1);
    env.run(Duration::from_millis(300));
    assert!(received_frames(&mut env, Side::B).is_empty());
    let sent = send(&mut env, Side::A, "0", 0, 10);
    env.run(Duration::from_millis(300));
    check_equal(&sent, &received_frames(&mut env, Side::B));
}

#[test]
fn key_frame_requests_are_rate_limited() {
    let mut env = TestEnv::connected(14, &Negotiation::new().video("0"));
    send(&mut env, Side::A, "0", 0, 10);
    env.a.events.clear();
    for _ in 0..10 {
        let now = env.now;
        env.b.session.request_key_frame("0", now);
        env.settle();
        env.run(Duration::from_millis(10));
    }
    env.run(Duration::from_millis(100));
    let wanted = |event: &ConnectionEvent| matches!(event, ConnectionEvent::KeyFrameWanted { mid } if mid == "0");
    assert_eq!(env.a.count(wanted), 1);
    env.run(Duration::from_millis(100));
    let now = env.now;
    env.b.session.request_key_frame("0", now);
    env.settle();
    env.run(Duration::from_millis(100));
    assert_eq!(env.a.count(wanted), 2);
    for mid in ["none", ""] {
        env.b.session.request_key_frame(mid, now);
        env.b.session.send_video(mid, &vp8(0, true, 10), now);
    }
}

#[test]
fn h264_annex_b_frames_arrive_unchanged() {
    let mut env = TestEnv::connected(15, &Negotiation::new().video("0"));
    let unit = |kind: u8, bytes: usize| {
        let mut unit = vec![0, 0, 0, 1, kind];
        unit.extend((0..bytes).map(|at| at as u8 | 0x80));
        unit
    };
    // SPS, PPS, IDR; then a slice (ITU-T H.264, table 7-1).
    let key = [unit(0x67, 12), unit(0x68, 4), unit(0x65, 9000)].concat();
    let delta = unit(0x41, 2500);
    for (number, (key, bytes)) in [(true, key.clone()), (false, delta.clone())]
        .into_iter()
        .enumerate()
    {
        let frame = VideoFrame {
            codec: VideoCodec::H264,
            key,
            media_time: number as u64 * 3000,
            bytes,
        };
        let now = env.now;
        env.a.session.send_video("0", &frame, now);
        env.settle();
        env.run(FRAME_INTERVAL);
    }
    env.run(Duration::from_millis(300));
    let received = received_frames(&mut env, Side::B);
    assert_eq!(received.len(), 2);
    assert_eq!((received[0].key, &received[0].bytes), (true, &key));
    assert_eq!((received[1].key, &received[1].bytes), (false, &delta));
}
