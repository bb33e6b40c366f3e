//! The estimate follows the path.

use std::time::{Duration, Instant};

use webview_rtc::connection::ConnectionEvent;

use crate::{
    agreements::Agreements,
    link::Bottleneck,
    sound::{captured, packet},
    video::vp8,
    world::World,
};

const BETWEEN_FRAMES: Duration = Duration::from_micros(33_333);

/// Sends pictures at the rate of the estimate (at most 2 Mbit/s) for so long; the last estimate.
fn follow(world: &mut World, estimate: &mut u64, number: &mut u64, time: Duration) -> u64 {
    follow_to(world, 2_000_000, estimate, number, time)
}

fn follow_to(
    world: &mut World,
    most: u64,
    estimate: &mut u64,
    number: &mut u64,
    time: Duration,
) -> u64 {
    let end = world.now + time;
    while world.now < end {
        let rate = (*estimate).min(most);
        let wanted = world
            .a
            .count(|event| matches!(event, ConnectionEvent::KeyFrameWanted { .. }))
            > 0;
        let bytes = usize::try_from(rate * 9 / 10 / 8 / 30).unwrap();
        let frame = vp8(*number, *number == 0 || wanted, bytes);
        *number += 1;
        for event in world.a.take_events() {
            if let ConnectionEvent::Estimate(bits) = event {
                *estimate = bits;
            }
        }
        let now = world.now;
        world.a.session.send_video("0", &frame, now);
        world.settle();
        world.run(BETWEEN_FRAMES);
    }
    *estimate
}

#[test]
fn the_estimate_falls_at_a_bottleneck_and_grows_again() {
    let mut world = World::connected(31, &Agreements::new().video("0"));
    let (mut estimate, mut number) = (300_000, 0);
    let free = follow(
        &mut world,
        &mut estimate,
        &mut number,
        Duration::from_secs(8),
    );
    assert!(free > 1_500_000, "{free}");
    world.to_b.bottleneck = Some(Bottleneck::new(500_000));
    follow(
        &mut world,
        &mut estimate,
        &mut number,
        Duration::from_secs(10),
    );
    let narrow = follow(
        &mut world,
        &mut estimate,
        &mut number,
        Duration::from_secs(10),
    );
    assert!((200_000..650_000).contains(&narrow), "{narrow}");
    let statistics = world.a.session.statistics();
    let told = statistics.transport.available_outgoing_bitrate.unwrap();
    assert!((100_000.0..900_000.0).contains(&told), "{told}");
    world.to_b.bottleneck = None;
    let wide = follow(
        &mut world,
        &mut estimate,
        &mut number,
        Duration::from_secs(25),
    );
    assert!(wide > 1_200_000, "{wide}");
}

/// Pictures that are easily coded are hardly more than the path carries, so it fills slowly. It must
/// be noticed before it is full: nothing that is lost then comes again in time.
#[test]
fn a_path_that_is_a_little_too_narrow_does_not_fill() {
    let mut world = World::connected(33, &Agreements::new().video("0"));
    let (mut estimate, mut number) = (300_000, 0);
    let start = world.now;
    let mut go_on = |world: &mut World, seconds| {
        let time = Duration::from_secs(seconds);
        follow_to(world, 600_000, &mut estimate, &mut number, time);
    };
    go_on(&mut world, 8);
    world.to_b.bottleneck = Some(Bottleneck::new(500_000));
    go_on(&mut world, 10);
    world.b.take_events();
    go_on(&mut world, 20);
    let waits = world.b.events.iter().filter_map(|(at, event)| match event {
        ConnectionEvent::Video { frame, .. } => {
            let number = u32::try_from(frame.media_time / 3000).unwrap();
            Some(*at - (start + BETWEEN_FRAMES * number))
        }
        _ => None,
    });
    let longest = waits.max().unwrap();
    assert!(longest < Duration::from_millis(250), "{longest:?}");
}

#[test]
fn pictures_do_not_pile_up_in_the_pacer() {
    let mut world = World::connected(32, &Agreements::new().video("0"));
    world.to_b.bottleneck = Some(Bottleneck::new(300_000));
    world.run(Duration::from_secs(1));
    // Three times what the path carries, and nobody listens to the estimate.
    let mut latest = Duration::ZERO;
    let mut wishes = 0;
    let mut key = true;
    for number in 0..600 {
        let now = world.now;
        world
            .a
            .session
            .send_video("0", &vp8(number, key, 3750), now);
        key = false;
        world.settle();
        world.run(BETWEEN_FRAMES);
        for event in world.a.take_events() {
            if let ConnectionEvent::KeyFrameWanted { .. } = event {
                key = true;
                wishes += 1;
            }
        }
        for event in world.b.take_events() {
            if let ConnectionEvent::Video { frame, .. } = event {
                let sent = world.began
                    + Duration::from_secs(2)
                    + BETWEEN_FRAMES * u32::try_from(frame.media_time / 3000).unwrap();
                latest = latest.max(world.now.saturating_duration_since(sent));
            }
        }
    }
    assert!(wishes > 3, "{wishes}");
    assert!(latest < Duration::from_secs(4), "{latest:?}");
}

/// Sound, and pictures that use what they may, of what they need in each second; five seconds on a
/// wide path, then on this one.
struct Talk {
    world: World,
    start: Instant,
    seconds: u64,
}

impl Talk {
    fn new(seed: u64, seconds: u64, path: &Bottleneck, needed: impl Fn(u64) -> u64) -> Self {
        let mut world = World::connected(seed, &Agreements::new().audio("0").video("1"));
        let start = world.now;
        let (mut estimate, mut pictures) = (700_000_u64, 0);
        let mut wanted = true;
        for number in 0..seconds * 50 {
            if number == 5 * 50 {
                world.to_b.bottleneck = Some(path.clone());
            }
            let now = world.now;
            let mut sound = packet(number);
            sound.bytes.resize(90, 1);
            let session = &mut world.a.session;
            session.send_audio("0", &sound, captured(number), now);
            if matches!(number % 5, 0 | 2) {
                let rate = (estimate * 9 / 10).saturating_sub(36_000);
                let rate = rate.min(needed(number / 50));
                let frame = vp8(pictures, wanted, usize::try_from(rate / 8 / 20).unwrap());
                world.a.session.send_video("1", &frame, now);
                pictures += 1;
                wanted = false;
            }
            world.settle();
            world.run(Duration::from_millis(20));
            for event in world.a.take_events() {
                match event {
                    ConnectionEvent::Estimate(bits) => estimate = bits,
                    ConnectionEvent::KeyFrameWanted { .. } => wanted = true,
                    _ => {}
                }
            }
        }
        Self {
            world,
            start,
            seconds,
        }
    }

    /// It takes a moment to find out.
    fn settled(&self) -> Instant {
        self.start + Duration::from_secs(10)
    }

    /// How long sound was under way, the shortest first, and how many packets were lost.
    fn sound(&self) -> (Vec<Duration>, u64) {
        let wait = |(at, event): &(Instant, ConnectionEvent)| match event {
            ConnectionEvent::Audio { packet, .. } => {
                let sent = self.start + captured(packet.media_time / 960);
                (sent >= self.settled()).then(|| *at - sent)
            }
            _ => None,
        };
        let mut waits: Vec<Duration> = self.world.b.events.iter().filter_map(wait).collect();
        waits.sort();
        let lost = (self.seconds - 10) * 50 - waits.len() as u64;
        (waits, lost)
    }

    /// Of the pictures that came, in bits a second.
    fn rate(&self) -> u64 {
        let bytes = |(at, event): &(Instant, ConnectionEvent)| match event {
            ConnectionEvent::Video { frame, .. } if *at >= self.settled() => frame.bytes.len(),
            _ => 0,
        };
        let bytes: usize = self.world.b.events.iter().map(bytes).sum();
        bytes as u64 * 8 / (self.seconds - 10)
    }
}

/// What is sent again must not fill the path: then more is lost, and sent again, and half of the
/// sound went for twenty seconds.
#[test]
fn sound_is_in_time_where_pictures_fill_the_path() {
    let mut path = Bottleneck::new(500_000);
    path.queue = Duration::from_millis(200);
    let talk = Talk::new(34, 60, &path, |_| 1_700_000);
    let (waits, lost) = talk.sound();
    assert!(lost < 10, "{lost} packets of sound lost");
    let late = waits[waits.len() * 95 / 100];
    assert!(late < Duration::from_millis(150), "{late:?}");
    let rate = talk.rate();
    assert!((250_000..440_000).contains(&rate), "{rate}");
}

/// A shaper lets a few packets pass at once, so what is tried comes through quicker than a picture
/// will. What has filled the path before must be remembered, and seen at once when it does again.
#[test]
fn sound_is_in_time_where_pictures_need_more_now_and_then() {
    let mut path = Bottleneck::new(1_000_000);
    path.queue = Duration::from_millis(200);
    path.burst = 4_000;
    let mut late = 0;
    for seed in 41..45 {
        let often = |second| if second % 4 == 3 { 1_700_000 } else { 150_000 };
        let talk = Talk::new(seed, 60, &path, often);
        let (waits, lost) = talk.sound();
        assert!(lost < 10, "{lost} packets of sound lost");
        late += waits
            .iter()
            .filter(|wait| **wait > Duration::from_millis(120))
            .count();
    }
    assert!(late < 60, "{late} packets of sound late");
}
