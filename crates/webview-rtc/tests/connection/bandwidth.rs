//! The estimate follows the path.

use std::time::Duration;

use webview_rtc::connection::ConnectionEvent;

use crate::{agreements::Agreements, link::Bottleneck, video::vp8, world::World};

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
        Duration::from_secs(20),
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
