//! The bandwidth estimate follows the path.

use std::time::{Duration, Instant};

use webview_rtc::connection::ConnectionEvent;

use crate::{
    audio::{captured, packet},
    negotiation::Negotiation,
    one_way_path::Bottleneck,
    test_env::TestEnv,
    video::vp8,
};

const FRAME_INTERVAL: Duration = Duration::from_micros(33_333);

/// Sends video at the estimate, at most 2 Mbit/s, for `time`. Returns the last estimate.
fn send_at_estimate(
    env: &mut TestEnv,
    estimate: &mut u64,
    number: &mut u64,
    time: Duration,
) -> u64 {
    send_at_estimate_up_to(env, 2_000_000, estimate, number, time)
}

fn send_at_estimate_up_to(
    env: &mut TestEnv,
    max_bits: u64,
    estimate: &mut u64,
    number: &mut u64,
    time: Duration,
) -> u64 {
    let end = env.now + time;
    while env.now < end {
        let rate = (*estimate).min(max_bits);
        let wanted = env
            .a
            .count(|event| matches!(event, ConnectionEvent::KeyFrameWanted { .. }))
            > 0;
        let bytes = usize::try_from(rate * 9 / 10 / 8 / 30).unwrap();
        let frame = vp8(*number, *number == 0 || wanted, bytes);
        *number += 1;
        for event in env.a.take_events() {
            if let ConnectionEvent::Estimate(bits) = event {
                *estimate = bits;
            }
        }
        let now = env.now;
        env.a.session.send_video("0", &frame, now);
        env.settle();
        env.run(FRAME_INTERVAL);
    }
    *estimate
}

#[test]
fn estimate_falls_at_a_bottleneck_and_recovers() {
    let mut env = TestEnv::connected(31, &Negotiation::new().video("0"));
    let (mut estimate, mut number) = (300_000, 0);
    let free = send_at_estimate(&mut env, &mut estimate, &mut number, Duration::from_secs(8));
    assert!(free > 1_500_000, "{free}");
    env.to_b.bottleneck = Some(Bottleneck::new(500_000));
    send_at_estimate(
        &mut env,
        &mut estimate,
        &mut number,
        Duration::from_secs(10),
    );
    let narrow = send_at_estimate(
        &mut env,
        &mut estimate,
        &mut number,
        Duration::from_secs(10),
    );
    assert!((200_000..650_000).contains(&narrow), "{narrow}");
    let statistics = env.a.session.statistics();
    let reported = statistics.transport.available_outgoing_bitrate.unwrap();
    assert!((100_000.0..900_000.0).contains(&reported), "{reported}");
    env.to_b.bottleneck = None;
    let wide = send_at_estimate(
        &mut env,
        &mut estimate,
        &mut number,
        Duration::from_secs(25),
    );
    assert!(wide > 1_200_000, "{wide}");
}

/// Low-complexity video is only a little more than the path carries, so the queue fills slowly. The
/// estimate must fall before the queue is full: a retransmission would be late.
#[test]
fn slightly_narrow_path_does_not_fill() {
    let mut env = TestEnv::connected(33, &Negotiation::new().video("0"));
    let (mut estimate, mut number) = (300_000, 0);
    let start = env.now;
    let mut send_for = |env: &mut TestEnv, seconds| {
        let time = Duration::from_secs(seconds);
        send_at_estimate_up_to(env, 600_000, &mut estimate, &mut number, time);
    };
    send_for(&mut env, 8);
    env.to_b.bottleneck = Some(Bottleneck::new(500_000));
    send_for(&mut env, 10);
    env.b.take_events();
    send_for(&mut env, 20);
    let delays = env.b.events.iter().filter_map(|(at, event)| match event {
        ConnectionEvent::Video { frame, .. } => {
            let number = u32::try_from(frame.media_time / 3000).unwrap();
            Some(*at - (start + FRAME_INTERVAL * number))
        }
        _ => None,
    });
    let longest = delays.max().unwrap();
    assert!(longest < Duration::from_millis(250), "{longest:?}");
}

#[test]
fn video_frames_do_not_queue_up_in_the_pacer() {
    let mut env = TestEnv::connected(32, &Negotiation::new().video("0"));
    env.to_b.bottleneck = Some(Bottleneck::new(300_000));
    env.run(Duration::from_secs(1));
    // Three times the rate of the path, and the sender ignores the estimate.
    let mut latest = Duration::ZERO;
    let mut requests = 0;
    let mut key = true;
    for number in 0..600 {
        let now = env.now;
        env.a.session.send_video("0", &vp8(number, key, 3750), now);
        key = false;
        env.settle();
        env.run(FRAME_INTERVAL);
        for event in env.a.take_events() {
            if let ConnectionEvent::KeyFrameWanted { .. } = event {
                key = true;
                requests += 1;
            }
        }
        for event in env.b.take_events() {
            if let ConnectionEvent::Video { frame, .. } = event {
                let sent = env.started_at
                    + Duration::from_secs(2)
                    + FRAME_INTERVAL * u32::try_from(frame.media_time / 3000).unwrap();
                latest = latest.max(env.now.saturating_duration_since(sent));
            }
        }
    }
    assert!(requests > 3, "{requests}");
    assert!(latest < Duration::from_secs(4), "{latest:?}");
}

/// Audio, and video at the lesser of the estimate and the needed rate, which may change each second.
/// The path is wide for five seconds, then narrow.
struct Call {
    env: TestEnv,
    start: Instant,
    seconds: u64,
}

impl Call {
    fn new(seed: u64, seconds: u64, path: &Bottleneck, needed: impl Fn(u64) -> u64) -> Self {
        let mut env = TestEnv::connected(seed, &Negotiation::new().audio("0").video("1"));
        let start = env.now;
        let (mut estimate, mut frame_count) = (700_000_u64, 0);
        let mut wanted = true;
        for number in 0..seconds * 50 {
            if number == 5 * 50 {
                env.to_b.bottleneck = Some(path.clone());
            }
            let now = env.now;
            let mut audio = packet(number);
            audio.bytes.resize(90, 1);
            let session = &mut env.a.session;
            session.send_audio("0", &audio, captured(number), now);
            if matches!(number % 5, 0 | 2) {
                let rate = (estimate * 9 / 10).saturating_sub(36_000);
                let rate = rate.min(needed(number / 50));
                let frame = vp8(frame_count, wanted, usize::try_from(rate / 8 / 20).unwrap());
                env.a.session.send_video("1", &frame, now);
                frame_count += 1;
                wanted = false;
            }
            env.settle();
            env.run(Duration::from_millis(20));
            for event in env.a.take_events() {
                match event {
                    ConnectionEvent::Estimate(bits) => estimate = bits,
                    ConnectionEvent::KeyFrameWanted { .. } => wanted = true,
                    _ => {}
                }
            }
        }
        Self {
            env,
            start,
            seconds,
        }
    }

    /// From here on the estimate has adapted.
    fn settled(&self) -> Instant {
        self.start + Duration::from_secs(10)
    }

    /// Delays of the audio packets, the shortest first, and the number of lost packets.
    fn audio(&self) -> (Vec<Duration>, u64) {
        let delay = |(at, event): &(Instant, ConnectionEvent)| match event {
            ConnectionEvent::Audio { packet, .. } => {
                let sent = self.start + captured(packet.media_time / 960);
                (sent >= self.settled()).then(|| *at - sent)
            }
            _ => None,
        };
        let mut delays: Vec<Duration> = self.env.b.events.iter().filter_map(delay).collect();
        delays.sort();
        let lost = (self.seconds - 10) * 50 - delays.len() as u64;
        (delays, lost)
    }

    /// Rate of the received video, in bits per second.
    fn rate(&self) -> u64 {
        let bytes = |(at, event): &(Instant, ConnectionEvent)| match event {
            ConnectionEvent::Video { frame, .. } if *at >= self.settled() => frame.bytes.len(),
            _ => 0,
        };
        let bytes: usize = self.env.b.events.iter().map(bytes).sum();
        bytes as u64 * 8 / (self.seconds - 10)
    }
}

/// Retransmissions must not fill the path: they would cause more loss and more retransmissions.
/// That once cost half of the audio for 20 s.
#[test]
fn audio_is_in_time_while_video_fills_the_path() {
    let mut path = Bottleneck::new(500_000);
    path.queue = Duration::from_millis(200);
    let call = Call::new(34, 60, &path, |_| 1_700_000);
    let (delays, lost) = call.audio();
    assert!(lost < 10, "{lost} audio packets lost");
    let late = delays[delays.len() * 95 / 100];
    assert!(late < Duration::from_millis(150), "{late:?}");
    let rate = call.rate();
    assert!((250_000..440_000).contains(&rate), "{rate}");
}

/// A shaper lets a short burst pass, so a probe is faster than a video frame. The estimator must
/// remember the rate that filled the path, and react at once when it fills again.
#[test]
fn audio_is_in_time_while_video_bursts() {
    let mut path = Bottleneck::new(1_000_000);
    path.queue = Duration::from_millis(200);
    path.burst = 4_000;
    let mut late = 0;
    for seed in 41..45 {
        let often = |second| if second % 4 == 3 { 1_700_000 } else { 150_000 };
        let call = Call::new(seed, 60, &path, often);
        let (delays, lost) = call.audio();
        assert!(lost < 10, "{lost} audio packets lost");
        late += delays
            .iter()
            .filter(|delay| **delay > Duration::from_millis(120))
            .count();
    }
    assert!(late < 60, "{late} audio packets late");
}
