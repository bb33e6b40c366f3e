//! Pictures: whole, in order, repaired, and with a key frame where one is needed.

use std::time::Duration;

use webview_rtc::{
    connection::{ConnectionEvent, VideoFrame},
    video::Playout,
    wire::event::VideoCodec,
};

use crate::{
    agreements::{Agreements, Kind},
    world::{Side, World},
};
use webview_rtc::wire::session::Direction;

const FRAME: Duration = Duration::from_millis(33);

/// A picture as VP8's coder makes them (RFC 6386, 9.1), as far as anybody looks into it.
pub(crate) fn vp8(number: u64, key: bool, bytes: usize) -> VideoFrame {
    let mut coded = Vec::with_capacity(bytes);
    if key {
        coded.extend([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01]);
    } else {
        coded.extend([0x11, 0x02, 0x00]);
    }
    coded.extend(number.to_be_bytes());
    while coded.len() < bytes {
        coded.push((coded.len() as u64 * 31 + number) as u8);
    }
    VideoFrame {
        codec: VideoCodec::Vp8,
        key,
        media_time: number * 3000,
        bytes: coded,
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) mid: String,
    pub(crate) media_time: u64,
    pub(crate) key: bool,
    pub(crate) contiguous: bool,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn pictures(world: &mut World, side: Side) -> Vec<Seen> {
    let events = world.peer(side).take_events();
    let picture = |event| match event {
        ConnectionEvent::Video {
            mid,
            frame,
            contiguous,
            ..
        } => Some(Seen {
            mid,
            media_time: frame.media_time,
            key: frame.key,
            contiguous,
            bytes: frame.bytes,
        }),
        _ => None,
    };
    events.into_iter().filter_map(picture).collect()
}

/// Sends `count` pictures, answers wishes for key frames, and tells what was sent.
pub(crate) fn send(
    world: &mut World,
    from: Side,
    mid: &str,
    first: u64,
    count: u64,
) -> Vec<VideoFrame> {
    let mut sent = Vec::new();
    let mut wanted = first == 0;
    for number in first..first + count {
        let peer = world.peer(from);
        wanted |= peer.count(|event| matches!(event, ConnectionEvent::KeyFrameWanted { .. })) > 0;
        peer.events
            .retain(|(_, event)| !matches!(event, ConnectionEvent::KeyFrameWanted { .. }));
        // About 350 kbit/s, in up to three packets each.
        let frame = vp8(number, wanted, if wanted { 6_000 } else { 1_400 });
        wanted = false;
        let now = world.now;
        world.peer(from).session.send_video(mid, &frame, now);
        world.settle();
        sent.push(frame);
        world.run(FRAME);
    }
    sent
}

fn check_equal(sent: &[VideoFrame], seen: &[Seen]) {
    assert_eq!(sent.len(), seen.len());
    for (sent, seen) in sent.iter().zip(seen) {
        assert_eq!((sent.key, &sent.bytes), (seen.key, &seen.bytes));
        assert!(seen.contiguous);
        assert_eq!(sent.media_time - sent.media_time % 3000, seen.media_time);
    }
}

#[test]
fn pictures_arrive_as_they_were_sent() {
    for kind in [Kind::Video, Kind::SilentVideo] {
        let agreements = Agreements::new().with("0", kind, Direction::SendRecv);
        let mut world = World::connected(11, &agreements);
        let sent = send(&mut world, Side::A, "0", 0, 60);
        world.run(Duration::from_millis(300));
        check_equal(&sent, &pictures(&mut world, Side::B));
        let sent = send(&mut world, Side::B, "0", 0, 60);
        world.run(Duration::from_millis(300));
        check_equal(&sent, &pictures(&mut world, Side::A));
    }
}

#[test]
fn lost_packets_are_sent_again() {
    let mut world = World::connected(15, &Agreements::new().audio("0").video("1"));
    world.to_b.loss = 0.1;
    world.to_a.loss = 0.1;
    let mut sent = Vec::new();
    for part in 0..10 {
        sent.extend(send(&mut world, Side::A, "1", part * 30, 30));
    }
    world.run(Duration::from_secs(1));
    let seen = pictures(&mut world, Side::B);
    let whole = seen.iter().filter(|seen| seen.contiguous).count();
    assert!(
        seen.len() * 100 >= sent.len() * 98,
        "{} of {}",
        seen.len(),
        sent.len()
    );
    assert!(whole * 100 >= sent.len() * 96, "{whole} of {}", sent.len());
    let mut times: Vec<u64> = seen.iter().map(|seen| seen.media_time).collect();
    assert!(times.is_sorted());
    times.dedup();
    assert_eq!(times.len(), seen.len());
    let statistics = world.a.session.statistics();
    let outbound = &statistics.outbound[1];
    assert!(outbound.retransmitted_packets_sent > 20);
    assert!(outbound.nack_count > 5);
    // Since the report before; what came when it was sent again is not lost.
    assert!(outbound.fraction_lost.unwrap() < 0.1);
    assert!((0.03..0.06).contains(&outbound.round_trip_time.unwrap()));
    let inbound = &world.b.session.statistics().inbound[1];
    assert!(inbound.packets_received > 500);
    assert!(inbound.nack_count > 5);
}

#[test]
fn hardly_a_picture_is_given_up_where_a_tenth_is_lost() {
    let mut broken = 0;
    for seed in 1..4 {
        let mut world = World::connected(seed, &Agreements::new().audio("0").video("1"));
        for link in [&mut world.to_a, &mut world.to_b] {
            link.loss = 0.1;
            link.delay = Duration::from_millis(1);
        }
        send(&mut world, Side::A, "1", 0, 1_000);
        world.run(Duration::from_secs(1));
        let seen = pictures(&mut world, Side::B);
        broken += seen.iter().filter(|seen| !seen.contiguous).count();
    }
    // Of 3000; one lost packet in four thousand is asked for five times in vain.
    assert!(broken <= 3, "{broken}");
}

/// A request or its answer may be lost as well, and the stack asks again only after 33 ms.
#[test]
fn what_is_lost_twice_still_comes_in_time() {
    let (mut all, mut late) = (0, 0);
    for seed in 1..6 {
        let mut world = World::connected(seed, &Agreements::new().audio("0").video("1"));
        for link in [&mut world.to_a, &mut world.to_b] {
            link.loss = 0.05;
            link.delay = Duration::from_millis(1);
        }
        let start = world.now;
        send(&mut world, Side::A, "1", 0, 600);
        world.run(Duration::from_secs(1));
        for (at, event) in &world.b.events {
            let ConnectionEvent::Video { frame, .. } = event else {
                continue;
            };
            let number = u32::try_from(frame.media_time / 3000).unwrap();
            all += 1;
            late += u32::from(*at - (start + FRAME * number) > Duration::from_millis(60));
        }
    }
    assert!(all > 2_900, "{all}");
    // It was 32 while nothing was sent twice.
    assert!(late <= 12, "{late} of {all}");
}

/// Where nothing waits for sound, either.
#[test]
fn pictures_wait_for_what_is_sent_again() {
    let mut world = World::connected(7, &Agreements::new().video("0"));
    world.to_a.loss = 0.1;
    world.to_b.loss = 0.1;
    send(&mut world, Side::A, "0", 0, 600);
    let mut playout = Playout::new();
    let waits: Vec<Duration> = world
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
    // A request and its answer take 40 ms.
    let long_enough = waits.iter().filter(|wait| wait.as_millis() >= 40).count();
    assert!(long_enough * 10 >= waits.len() * 9, "{waits:?}");
}

#[test]
fn nothing_is_sent_before_a_key_frame() {
    let mut world = World::connected(13, &Agreements::new().video("0"));
    let now = world.now;
    world.a.session.send_video("0", &vp8(0, false, 3000), now);
    world.settle();
    let wanted = |event: &ConnectionEvent| matches!(event, ConnectionEvent::KeyFrameWanted { mid } if mid == "0");
    assert_eq!(world.a.count(wanted), 1);
    // Asked for once, however many come without.
    world.a.session.send_video("0", &vp8(1, false, 3000), now);
    world.settle();
    assert_eq!(world.a.count(wanted), 1);
    world.run(Duration::from_millis(300));
    assert!(pictures(&mut world, Side::B).is_empty());
    let sent = send(&mut world, Side::A, "0", 0, 10);
    world.run(Duration::from_millis(300));
    check_equal(&sent, &pictures(&mut world, Side::B));
}

#[test]
fn a_key_frame_can_be_asked_for_but_not_too_often() {
    let mut world = World::connected(14, &Agreements::new().video("0"));
    send(&mut world, Side::A, "0", 0, 10);
    world.a.events.clear();
    for _ in 0..10 {
        let now = world.now;
        world.b.session.request_key_frame("0", now);
        world.settle();
        world.run(Duration::from_millis(10));
    }
    world.run(Duration::from_millis(100));
    let wanted = |event: &ConnectionEvent| matches!(event, ConnectionEvent::KeyFrameWanted { mid } if mid == "0");
    assert_eq!(world.a.count(wanted), 1);
    world.run(Duration::from_millis(100));
    let now = world.now;
    world.b.session.request_key_frame("0", now);
    world.settle();
    world.run(Duration::from_millis(100));
    assert_eq!(world.a.count(wanted), 2);
    for mid in ["none", ""] {
        world.b.session.request_key_frame(mid, now);
        world.b.session.send_video(mid, &vp8(0, true, 10), now);
    }
}

#[test]
fn annex_b_arrives_as_annex_b() {
    let mut world = World::connected(15, &Agreements::new().video("0"));
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
        let now = world.now;
        world.a.session.send_video("0", &frame, now);
        world.settle();
        world.run(FRAME);
    }
    world.run(Duration::from_millis(300));
    let seen = pictures(&mut world, Side::B);
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].key, &seen[0].bytes), (true, &key));
    assert_eq!((seen[1].key, &seen[1].bytes), (false, &delta));
}
