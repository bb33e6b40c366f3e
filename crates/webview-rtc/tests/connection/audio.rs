//! Audio is delivered at once, unordered, and never retransmitted.

use std::time::Duration;

use webview_rtc::{
    audio::AudioCodec,
    connection::{AudioLevel, AudioPacket, ConnectionEvent},
    wire::negotiated::Direction,
};

use crate::{
    negotiation::{Kind, Negotiation},
    test_env::{Side, TestEnv},
    video::vp8,
};

pub(crate) fn packet(number: u64) -> AudioPacket {
    AudioPacket {
        codec: AudioCodec::Opus,
        sequence: number,
        media_time: number * 960,
        starts_talkspurt: number == 0,
        level: Some(AudioLevel {
            decibels: (number % 128) as u8,
            has_voice: number.is_multiple_of(2),
        }),
        bytes: vec![0x78, number as u8, (number >> 8) as u8, 4, 5],
    }
}

pub(crate) fn captured(number: u64) -> Duration {
    Duration::from_millis(20) * number as u32
}

/// Sends `count` packets, one every 20 ms.
pub(crate) fn send(env: &mut TestEnv, from: Side, mid: &str, first: u64, count: u64) {
    for number in first..first + count {
        let now = env.now;
        env.peer(from)
            .session
            .send_audio(mid, &packet(number), captured(number), now);
        env.settle();
        env.run(Duration::from_millis(20));
    }
}

pub(crate) fn received_audio(env: &mut TestEnv, side: Side) -> Vec<AudioPacket> {
    let packet = |event| match event {
        ConnectionEvent::Audio { packet, .. } => Some(packet),
        _ => None,
    };
    let events = env.peer(side).take_events();
    events.into_iter().filter_map(packet).collect()
}

#[test]
fn audio_arrives_at_once() {
    let mut env = TestEnv::connected(21, &Negotiation::new().audio("0"));
    env.b.events.clear();
    send(&mut env, Side::A, "0", 0, 50);
    env.run(Duration::from_millis(100));
    let arrivals: Vec<Duration> = env
        .b
        .events
        .iter()
        .filter(|(_, event)| matches!(event, ConnectionEvent::Audio { .. }))
        .enumerate()
        .map(|(number, (at, _))| *at - env.started_at - Duration::from_millis(20) * number as u32)
        .collect();
    assert_eq!(arrivals.len(), 50);
    let spread = *arrivals.iter().max().unwrap() - *arrivals.iter().min().unwrap();
    assert!(spread < Duration::from_millis(2), "{spread:?}");
    let received_audio = received_audio(&mut env, Side::B);
    assert!(received_audio[0].starts_talkspurt);
    assert!(!received_audio[1].starts_talkspurt);
    for (number, received_audio) in (0..).zip(&received_audio) {
        let sent = packet(number);
        assert_eq!(
            (
                received_audio.media_time,
                received_audio.level,
                &received_audio.bytes
            ),
            (sent.media_time, sent.level, &sent.bytes)
        );
    }
    assert!(received_audio.is_sorted_by(|before, after| before.sequence + 1 == after.sequence));
}

#[test]
fn g711_arrives_with_its_codec_and_media_time() {
    let negotiation = Negotiation::new().with("0", Kind::Telephone, Direction::SendRecv);
    for (from, to) in [(Side::A, Side::B), (Side::B, Side::A)] {
        let mut env = TestEnv::connected(26, &negotiation);
        env.peer(to).events.clear();
        for number in 0..100 {
            let codec = match number % 3 {
                0 => AudioCodec::Pcma,
                1 => AudioCodec::Pcmu,
                // Not negotiated, so it is not sent.
                _ => AudioCodec::Opus,
            };
            let sent = AudioPacket {
                codec,
                bytes: vec![number as u8; 160],
                ..packet(number)
            };
            let now = env.now;
            let session = &mut env.peer(from).session;
            session.send_audio("0", &sent, captured(number), now);
            env.settle();
            env.run(Duration::from_millis(20));
        }
        env.run(Duration::from_secs(1));
        let reports: Vec<f64> = env
            .peer(to)
            .events
            .iter()
            .filter_map(|(_, event)| match event {
                ConnectionEvent::SenderReport {
                    media_time,
                    ntp_micros,
                    ..
                } => Some(*ntp_micros as f64 / 1e6 - f64::from(*media_time) / 48_000.0),
                _ => None,
            })
            .collect();
        assert!(reports.len() >= 2, "{reports:?}");
        assert!((reports[0] - reports[1]).abs() < 0.025, "{reports:?}");
        // The last packet was PCMA.
        let statistics = [from, to].map(|side| env.peer(side).session.statistics());
        let sent = statistics[0].outbound[0].payload_type;
        assert_eq!(
            (sent, statistics[1].inbound[0].payload_type),
            (Some(8), sent)
        );
        let received = received_audio(&mut env, to);
        assert_eq!(received.len(), 67);
        for received in received {
            let number = u64::from(received.bytes[0]);
            let codec = [AudioCodec::Pcma, AudioCodec::Pcmu][number as usize % 3];
            assert_eq!((received.codec, received.media_time), (codec, number * 960));
        }
    }
}

#[test]
fn audio_is_neither_reordered_nor_delayed_by_loss() {
    let mut env = TestEnv::connected(24, &Negotiation::new().audio("0"));
    env.b.events.clear();
    env.to_b.jitter = Duration::from_millis(100);
    env.to_b.loss = 0.2;
    send(&mut env, Side::A, "0", 0, 500);
    env.run(Duration::from_millis(300));
    let latest = env.b.events.iter().filter_map(|(at, event)| match event {
        ConnectionEvent::Audio { arrival, .. } => Some(*at - *arrival),
        _ => None,
    });
    assert_eq!(latest.max(), Some(Duration::ZERO));
    let received_audio = received_audio(&mut env, Side::B);
    assert!(
        (370..430).contains(&received_audio.len()),
        "{}",
        received_audio.len()
    );
    assert!(!received_audio.is_sorted_by_key(|packet| packet.sequence));
    let first = received_audio
        .iter()
        .map(|packet| packet.sequence)
        .min()
        .unwrap();
    let number = u64::from(
        received_audio
            .iter()
            .find(|packet| packet.sequence == first)
            .unwrap()
            .bytes[1],
    );
    for packet in &received_audio {
        let position = packet.sequence - first + number;
        assert_eq!(packet.media_time, position * 960);
        assert_eq!(packet.bytes[1], (position % 256) as u8);
    }
    let inbound = &env.b.session.statistics().inbound[0];
    let received = u64::try_from(received_audio.len()).unwrap();
    assert_eq!(inbound.packets_received, received);
    assert_eq!(inbound.nack_count, 0);
    let lost = u64::try_from(inbound.packets_lost).unwrap();
    assert!((70..130).contains(&lost), "{lost}");
    let reported = inbound.remote.clone().unwrap();
    assert!(reported.reports_sent > 3, "{reported:?}");
    assert!(reported.packets_sent > received, "{reported:?}");
    assert!(reported.bytes_sent > 0 && reported.remote_timestamp > 0.0);
}

#[test]
fn sequence_numbers_and_times_do_not_wrap() {
    let mut env = TestEnv::connected(23, &Negotiation::new().audio("0"));
    env.b.events.clear();
    // Sequence number and timestamp of the RTP header both wrap around.
    for number in 0..70_000 {
        let now = env.now;
        let packet = packet(number * 70);
        let session = &mut env.a.session;
        session.send_audio("0", &packet, captured(number * 70), now);
        env.settle();
        env.run(Duration::from_millis(2));
    }
    env.run(Duration::from_millis(100));
    let received_audio = received_audio(&mut env, Side::B);
    assert_eq!(received_audio.len(), 70_000);
    assert!(
        received_audio.is_sorted_by(|before, after| before.sequence + 1 == after.sequence
            && before.media_time + 70 * 960 == after.media_time)
    );
}

#[test]
fn reports_carry_loss_to_the_sender_and_clock_to_the_receiver() {
    let mut env = TestEnv::connected(24, &Negotiation::new().audio("0"));
    env.to_b.loss = 0.3;
    send(&mut env, Side::A, "0", 0, 500);
    let losses: Vec<f64> = env
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
    let reported = env.a.session.statistics().outbound[0].fraction_lost;
    assert!((0.1..0.5).contains(&reported.unwrap()), "{reported:?}");
    let reports: Vec<(u32, u64)> = env
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
fn sender_reports_carry_capture_time_despite_send_delay() {
    let negotiation = Negotiation::new().audio("0").video("1");
    let mut env = TestEnv::connected(25, &negotiation);
    env.b.events.clear();
    // Every 60 ms three audio packets and two video frames, each with another delay.
    for round in 0..150_u64 {
        for number in 0..3 {
            env.run(Duration::from_millis(round * 7 % 11));
            let (now, number) = (env.now, round * 3 + number);
            let session = &mut env.a.session;
            session.send_audio("0", &packet(number), captured(number), now);
            env.settle();
        }
        for number in 0..2 {
            env.run(Duration::from_millis(round * 5 % 13));
            let (now, number) = (env.now, round * 2 + number);
            let mut frame = vp8(number, number == 0, 1_000);
            frame.media_time = number * 2_700;
            env.a.session.send_video("1", &frame, now);
            env.settle();
        }
        let until = env.started_at + Duration::from_millis(200 + (round + 1) * 60);
        env.run(until.saturating_duration_since(env.now));
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
        env.b.events.iter().filter_map(offset).collect()
    };
    let (audio, video) = (offsets("0", 48_000.0), offsets("1", 90_000.0));
    assert!(audio.len() >= 4 && video.len() >= 4, "{audio:?} {video:?}");
    let all = || audio.iter().chain(&video).copied();
    let spread = all().fold(f64::MIN, f64::max) - all().fold(f64::MAX, f64::min);
    assert!(spread < 0.002, "{audio:?} {video:?}");
}
