//! Sound: at once, in whatever order, and never sent again.

use std::time::Duration;

use webview_rtc::connection::{AudioPacket, ConnectionEvent};

use crate::{
    agreements::Agreements,
    video::vp8,
    world::{Side, World},
};

pub(crate) fn packet(number: u64) -> AudioPacket {
    AudioPacket {
        sequence: number,
        media_time: number * 960,
        starts_talkspurt: number == 0,
        bytes: vec![0x78, number as u8, (number >> 8) as u8, 4, 5],
    }
}

pub(crate) fn captured(number: u64) -> Duration {
    Duration::from_millis(20) * number as u32
}

/// 20 ms each; tells how long each took to the other side, and what it was.
pub(crate) fn send(world: &mut World, from: Side, mid: &str, first: u64, count: u64) {
    for number in first..first + count {
        let now = world.now;
        world
            .peer(from)
            .session
            .send_audio(mid, &packet(number), captured(number), now);
        world.settle();
        world.run(Duration::from_millis(20));
    }
}

pub(crate) fn heard(world: &mut World, side: Side) -> Vec<AudioPacket> {
    let packet = |event| match event {
        ConnectionEvent::Audio { packet, .. } => Some(packet),
        _ => None,
    };
    let events = world.peer(side).take_events();
    events.into_iter().filter_map(packet).collect()
}

#[test]
fn sound_arrives_at_once() {
    let mut world = World::connected(21, &Agreements::new().audio("0"));
    world.b.events.clear();
    send(&mut world, Side::A, "0", 0, 50);
    world.run(Duration::from_millis(100));
    let arrivals: Vec<Duration> = world
        .b
        .events
        .iter()
        .filter(|(_, event)| matches!(event, ConnectionEvent::Audio { .. }))
        .enumerate()
        .map(|(number, (at, _))| *at - world.began - Duration::from_millis(20) * number as u32)
        .collect();
    assert_eq!(arrivals.len(), 50);
    let spread = *arrivals.iter().max().unwrap() - *arrivals.iter().min().unwrap();
    assert!(spread < Duration::from_millis(2), "{spread:?}");
    let heard = heard(&mut world, Side::B);
    assert!(heard[0].starts_talkspurt);
    assert!(!heard[1].starts_talkspurt);
    for (number, heard) in (0..).zip(&heard) {
        let sent = packet(number);
        assert_eq!(
            (heard.media_time, &heard.bytes),
            (sent.media_time, &sent.bytes)
        );
    }
    assert!(heard.is_sorted_by(|before, after| before.sequence + 1 == after.sequence));
}

#[test]
fn sound_is_not_put_in_order_and_not_held_back_for_what_is_lost() {
    let mut world = World::connected(24, &Agreements::new().audio("0"));
    world.b.events.clear();
    world.to_b.jitter = Duration::from_millis(100);
    world.to_b.loss = 0.2;
    send(&mut world, Side::A, "0", 0, 500);
    world.run(Duration::from_millis(300));
    let latest = world.b.events.iter().filter_map(|(at, event)| match event {
        ConnectionEvent::Audio { arrival, .. } => Some(*at - *arrival),
        _ => None,
    });
    assert_eq!(latest.max(), Some(Duration::ZERO));
    let heard = heard(&mut world, Side::B);
    assert!((370..430).contains(&heard.len()), "{}", heard.len());
    assert!(!heard.is_sorted_by_key(|packet| packet.sequence));
    let first = heard.iter().map(|packet| packet.sequence).min().unwrap();
    let number = u64::from(
        heard
            .iter()
            .find(|packet| packet.sequence == first)
            .unwrap()
            .bytes[1],
    );
    for packet in &heard {
        let position = packet.sequence - first + number;
        assert_eq!(packet.media_time, position * 960);
        assert_eq!(packet.bytes[1], (position % 256) as u8);
    }
    let inbound = &world.b.session.statistics().inbound[0];
    let received = u64::try_from(heard.len()).unwrap();
    assert_eq!(inbound.packets_received, received);
    assert_eq!(inbound.nack_count, 0);
    let lost = u64::try_from(inbound.packets_lost).unwrap();
    assert!((70..130).contains(&lost), "{lost}");
    let told = inbound.remote.clone().unwrap();
    assert!(told.reports_sent > 3, "{told:?}");
    assert!(told.packets_sent > received, "{told:?}");
    assert!(told.bytes_sent > 0 && told.remote_timestamp > 0.0);
}

#[test]
fn sequence_numbers_and_times_do_not_wrap() {
    let mut world = World::connected(23, &Agreements::new().audio("0"));
    world.b.events.clear();
    // 2^16 packets are 2^16 × 960 samples: both fields of the header turn over.
    for number in 0..70_000 {
        let now = world.now;
        let packet = packet(number * 70);
        let session = &mut world.a.session;
        session.send_audio("0", &packet, captured(number * 70), now);
        world.settle();
        world.run(Duration::from_millis(2));
    }
    world.run(Duration::from_millis(100));
    let heard = heard(&mut world, Side::B);
    assert_eq!(heard.len(), 70_000);
    assert!(
        heard.is_sorted_by(|before, after| before.sequence + 1 == after.sequence
            && before.media_time + 70 * 960 == after.media_time)
    );
}

#[test]
fn the_sender_hears_of_its_losses_and_the_receiver_of_the_senders_clock() {
    let mut world = World::connected(24, &Agreements::new().audio("0"));
    world.to_b.loss = 0.3;
    send(&mut world, Side::A, "0", 0, 500);
    let losses: Vec<f64> = world
        .a
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            ConnectionEvent::AudioLoss { mid, fraction } if mid == "0" => Some(*fraction),
            _ => None,
        })
        .collect();
    assert!(losses.len() >= 5, "{losses:?}");
    let mean = losses.iter().sum::<f64>() / losses.len() as f64;
    assert!((0.2..0.4).contains(&mean), "{losses:?}");
    let told = world.a.session.statistics().outbound[0].fraction_lost;
    assert!((0.1..0.5).contains(&told.unwrap()), "{told:?}");
    let reports: Vec<(u32, u64)> = world
        .b
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            ConnectionEvent::SenderReport {
                mid,
                media_time,
                ntp_micros,
            } if mid == "0" => Some((*media_time, *ntp_micros)),
            _ => None,
        })
        .collect();
    assert!(reports.len() >= 4, "{reports:?}");
    for pair in reports.windows(2) {
        let media = f64::from(pair[1].0 - pair[0].0) / 48_000.0;
        let clock = (pair[1].1 - pair[0].1) as f64 / 1e6;
        assert!(
            (media - clock).abs() < 0.025,
            "{media} s of media in {clock} s"
        );
    }
}

#[test]
fn reports_tell_when_it_was_captured_however_late_it_was_sent() {
    let agreements = Agreements::new().audio("0").video("1");
    let mut world = World::connected(25, &agreements);
    world.b.events.clear();
    // Every 60 ms three packets and two pictures, each held up by something else.
    for round in 0..150_u64 {
        for number in 0..3 {
            world.run(Duration::from_millis(round * 7 % 11));
            let (now, number) = (world.now, round * 3 + number);
            let session = &mut world.a.session;
            session.send_audio("0", &packet(number), captured(number), now);
            world.settle();
        }
        for number in 0..2 {
            world.run(Duration::from_millis(round * 5 % 13));
            let (now, number) = (world.now, round * 2 + number);
            let mut frame = vp8(number, number == 0, 1_000);
            frame.media_time = number * 2_700;
            world.a.session.send_video("1", &frame, now);
            world.settle();
        }
        let until = world.began + Duration::from_millis(200 + (round + 1) * 60);
        world.run(until.saturating_duration_since(world.now));
    }
    let offsets = |wanted: &str, rate: f64| -> Vec<f64> {
        let offset = |(_, event): &(_, ConnectionEvent)| match event {
            ConnectionEvent::SenderReport {
                mid,
                media_time,
                ntp_micros,
            } if mid == wanted => Some(*ntp_micros as f64 / 1e6 - f64::from(*media_time) / rate),
            _ => None,
        };
        world.b.events.iter().filter_map(offset).collect()
    };
    let (sound, pictures) = (offsets("0", 48_000.0), offsets("1", 90_000.0));
    assert!(
        sound.len() >= 4 && pictures.len() >= 4,
        "{sound:?} {pictures:?}"
    );
    let all = || sound.iter().chain(&pictures).copied();
    let spread = all().fold(f64::MIN, f64::max) - all().fold(f64::MAX, f64::min);
    assert!(spread < 0.002, "{sound:?} {pictures:?}");
}
