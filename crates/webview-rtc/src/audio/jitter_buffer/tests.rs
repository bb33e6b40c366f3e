//! Jitter buffer tests: a tone through simulated networks, and invalid input.

mod g711;
mod preferred_delay;

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::audio::{
    AudioEncoder,
    simulation::{NetworkPath, Played, Random, largest_step, noise, share_at, tone, voice},
};

const SECOND: usize = 48_000;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Expectations for a 440 Hz tone of 20 s on a path, without the first two seconds.
struct Expect {
    tone: f64,
    concealed: f64,
    /// Delay at the end, in ms.
    delay: std::ops::RangeInclusive<u128>,
}

fn check(path: &NetworkPath, expect: &Expect) -> Played {
    let played = path.run(&tone(440.0, 0.4, 20 * SECOND));
    let after = played.after(2);
    // Stretching moves the phase; over 100 ms the tone is still measurable.
    let shares: Vec<f64> = after
        .chunks(4800)
        .map(|part| share_at(440.0, part))
        .collect();
    let share = shares.iter().sum::<f64>() / shares.len() as f64;
    let delay = *played.delays.last().unwrap();
    let message = format!(
        "tone {share:.4}, concealed {:.4}, delays {:?}, {:?}",
        played.concealed(),
        played.delays,
        played.statistics
    );
    assert!(share >= expect.tone, "{message}");
    assert!(played.concealed() <= expect.concealed, "{message}");
    assert!(expect.delay.contains(&delay), "{message}");
    assert_eq!(played.samples.len(), 20 * SECOND);
    played
}

#[test]
fn good_network_plays_the_tone_without_clicks() {
    let played = check(
        &NetworkPath::default(),
        &Expect {
            tone: 0.99,
            concealed: 0.0,
            delay: 5..=25,
        },
    );
    let undisturbed = largest_step(&tone(440.0, 0.4, 4800));
    assert!(largest_step(played.after(1)) < 1.2 * undisturbed);
    let statistics = played.statistics;
    assert!((statistics.audio_level - 0.4 / 2.0_f64.sqrt()).abs() < 0.02);
    assert!(statistics.total_audio_energy > 0.078 * 19.0);
    let delay = statistics.jitter_buffer_delay / statistics.jitter_buffer_emitted_count as f64;
    assert!((0.005..0.05).contains(&delay), "{delay}");
}

#[test]
fn jitter_is_absorbed_by_the_delay() {
    for (jitter, delay) in [(20, 15..=55), (40, 25..=80), (60, 35..=105)] {
        check(
            &NetworkPath {
                jitter: millis(jitter),
                ..NetworkPath::default()
            },
            &Expect {
                tone: 0.95,
                concealed: 0.01,
                delay,
            },
        );
    }
}

/// Share of the tone if every packet is decoded or concealed in order, without a network.
fn ideal(path: &NetworkPath) -> f64 {
    let mut decoder = AudioDecoder::new(AudioCodec::Opus, Channels::Mono);
    let mut played = Vec::new();
    for (arrival, packet) in path.send(&tone(440.0, 0.4, 20 * SECOND)) {
        match arrival {
            Some(_) => played.extend_from_slice(decoder.decode(&packet.bytes)),
            None => played.extend_from_slice(decoder.conceal(2 * FRAME_10MS)),
        }
    }
    let shares: Vec<f64> = played[2 * SECOND..]
        .chunks(4800)
        .map(|part| share_at(440.0, part))
        .collect();
    shares.iter().sum::<f64>() / shares.len() as f64
}

#[test]
fn loss_is_concealed_like_plain_opus() {
    for loss in [0.05, 0.1] {
        let path = NetworkPath {
            loss,
            jitter: millis(10),
            ..NetworkPath::default()
        };
        let expect = Expect {
            tone: ideal(&path) - 0.03,
            concealed: loss * 1.5,
            delay: 10..=60,
        };
        let played = check(&path, &expect);
        assert!(played.concealed() > loss / 2.0);
        assert!(played.statistics.concealment_events > 20);
    }
}

#[test]
fn single_losses_are_recovered_by_fec() {
    let path = NetworkPath {
        is_lost: |sequence| sequence > 100 && sequence % 10 == 3,
        expected_loss: 0.1,
        ..NetworkPath::default()
    };
    let played = path.run(&voice(20 * SECOND));
    let statistics = played.statistics;
    println!("{statistics:?}, {:?}", played.delays);
    assert!(statistics.fec_packets_received > 60, "{statistics:?}");
    // The ends and pauses of the syllables carry none.
    assert!(played.concealed() < 0.035, "{}", played.concealed());
    assert!(*played.delays.last().unwrap() <= 50);
}

#[test]
fn dtx_silence_is_silent_and_not_concealed() {
    let mut audio = noise(0.0003, 20 * SECOND);
    audio[2 * SECOND..4 * SECOND].copy_from_slice(&tone(440.0, 0.4, 2 * SECOND));
    audio[10 * SECOND..12 * SECOND].copy_from_slice(&tone(440.0, 0.4, 2 * SECOND));
    let played = NetworkPath::default().run(&audio);
    let statistics = played.statistics;
    println!("{statistics:?} {:?}", played.delays);
    assert_eq!(statistics.concealed_samples, 0);
    let loudest = |from: usize, to: usize| {
        let part = &played.samples[from * SECOND..to * SECOND];
        part.iter()
            .fold(0.0_f32, |max, sample| max.max(sample.abs()))
    };
    assert!(loudest(5, 9) < 0.01, "{}", loudest(5, 9));
    assert!(loudest(13, 20) < 0.01, "{}", loudest(13, 20));
    let talk = &played.samples[10 * SECOND + SECOND / 5..11 * SECOND];
    assert!(share_at(440.0, talk) > 0.98);
    assert!(*played.delays.last().unwrap() <= 40);
}

#[test]
fn drifting_clocks_cause_no_underrun_or_buildup() {
    // As many samples as 200 ppm make in half an hour, ten times as fast.
    for drift_ppm in [2000.0, -2000.0] {
        let path = NetworkPath {
            drift_ppm,
            ..NetworkPath::default()
        };
        let played = path.run(&tone(440.0, 0.4, 180 * SECOND));
        let statistics = played.statistics;
        println!("{statistics:?}");
        assert_eq!(statistics.concealed_samples, 0);
        assert!(
            played.delays[10..]
                .iter()
                .all(|delay| (5..=40).contains(delay))
        );
        // Exactly: 360 ms.
        let stretched = statistics.inserted_samples_for_deceleration
            + statistics.removed_samples_for_acceleration;
        assert!((12_000..26_000).contains(&stretched), "{stretched}");
    }
}

#[test]
fn burst_delay_is_removed_after_the_burst() {
    let path = NetworkPath {
        // All packets of 200 ms arrive at once.
        extra_delay: |sequence| match sequence {
            300..=309 => Duration::from_millis((310 - sequence) * 20),
            _ => Duration::ZERO,
        },
        ..NetworkPath::default()
    };
    let played = path.run(&tone(440.0, 0.4, 20 * SECOND));
    println!("{:?} {:?}", played.delays, played.statistics);
    assert_eq!(played.statistics.packets_discarded, 0);
    let concealed = played.statistics.concealed_samples;
    assert!((5_000..12_000).contains(&concealed), "{concealed}");
    assert!(*played.delays.last().unwrap() <= 40);
    assert!(share_at(440.0, &played.after(19)[..4800]) > 0.98);
}

#[test]
fn batched_pulls_never_underrun() {
    let path = NetworkPath {
        batch_frames: 4,
        jitter: millis(10),
        ..NetworkPath::default()
    };
    let played = path.run(&tone(440.0, 0.4, 20 * SECOND));
    println!("{:?} {:?}", played.delays, played.statistics);
    assert!(played.concealed() < 0.005, "{}", played.concealed());
    assert!(*played.delays.last().unwrap() <= 80);
}

/// A jitter buffer, and packets of a tone for it.
struct Fixture {
    jitter_buffer: JitterBuffer,
    packets: Vec<crate::connection::AudioPacket>,
    start: Instant,
}

impl Fixture {
    fn new(seconds: usize) -> Self {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let packets = tone(440.0, 0.4, seconds * SECOND)
            .chunks(FRAME_10MS)
            .enumerate()
            .filter_map(|(index, frame)| {
                encoder.encode(Channels::Mono, frame, millis(index as u64 * 10))
            })
            .collect();
        Self {
            jitter_buffer: JitterBuffer::new(),
            packets,
            start: Instant::now(),
        }
    }

    fn insert(&mut self, index: usize, media_offset: u64, at: u64) {
        let packet = &self.packets[index];
        self.jitter_buffer.handle_packet(
            packet.codec,
            packet.sequence,
            packet.media_time + media_offset,
            &packet.bytes,
            self.start + millis(at),
        );
    }

    fn pull(&mut self, at: u64) -> Vec<f32> {
        self.jitter_buffer.pull(self.start + millis(at)).to_vec()
    }
}

#[test]
fn reordered_and_duplicate_packets_play_once() {
    let mut fixture = Fixture::new(4);
    let mut played = Vec::new();
    for pull in 0..390_u64 {
        // Pairs arrive swapped, and every packet twice.
        if pull % 4 == 0 && pull / 2 + 1 < 200 {
            let index = (pull / 2) as usize;
            for index in [index + 1, index, index, index + 1] {
                fixture.insert(index, 0, pull * 10);
            }
        }
        played.extend(fixture.pull(pull * 10));
    }
    let statistics = fixture.jitter_buffer.statistics();
    assert!(share_at(440.0, &played[2 * SECOND..3 * SECOND]) > 0.99);
    assert!(statistics.concealed_samples < 2000, "{statistics:?}");
    assert!(statistics.packets_discarded >= 190, "{statistics:?}");
}

#[test]
fn media_time_jump_resumes_playback() {
    for (before, after) in [(0, 1 << 33), (1 << 33, 0), (0, 48_000 * 20)] {
        let mut fixture = Fixture::new(6);
        let mut played = Vec::new();
        for pull in 0..600_u64 {
            if pull % 2 == 1 {
                let index = (pull / 2) as usize;
                let offset = if pull < 300 { before } else { after };
                fixture.insert(index, offset, pull * 10);
            }
            played.extend(fixture.pull(pull * 10));
        }
        let share = share_at(440.0, &played[5 * SECOND..]);
        assert!(share > 0.98, "{share}");
        let delay = fixture.jitter_buffer.current_delay();
        assert!(delay < millis(80), "{delay:?}");
    }
}

#[test]
fn hour_without_packets_is_silent() {
    let mut fixture = Fixture::new(1);
    for index in 0..50 {
        fixture.insert(index, 0, 0);
    }
    for pull in 0..360_000 {
        let frame = fixture.pull(pull * 10);
        assert_eq!(frame.len(), FRAME_10MS);
        if pull > 400 {
            assert!(frame.iter().all(|sample| sample.abs() < 1e-6));
        }
    }
    let concealed = fixture.jitter_buffer.statistics().concealed_samples;
    assert!(concealed <= 2 * SECOND as u64, "{concealed}");
}

#[test]
fn paused_pulls_resume_with_new_audio() {
    let mut fixture = Fixture::new(6);
    for pull in 0..100 {
        if pull % 2 == 1 {
            fixture.insert(pull as usize / 2, 0, pull * 10);
        }
        fixture.pull(pull * 10);
    }
    for index in 50..250 {
        fixture.insert(index, 0, 1000 + (index as u64 - 50) * 20);
    }
    for pull in 500..600 {
        if pull % 2 == 0 {
            fixture.insert(pull as usize / 2, 0, pull * 10);
        }
        fixture.pull(pull * 10);
    }
    assert!(fixture.jitter_buffer.current_delay() < millis(60));
    let playing = fixture.jitter_buffer.playing().unwrap();
    assert!(playing + 4800 > 600 * FRAME_10MS as u64, "{playing}");
}

#[test]
fn minimum_delay_is_kept() {
    let mut fixture = Fixture::new(10);
    fixture.jitter_buffer.set_minimum_delay(millis(200));
    for pull in 0..1000 {
        if pull % 2 == 1 {
            fixture.insert(pull as usize / 2, 0, pull * 10);
        }
        if pull == 500 {
            fixture.jitter_buffer.set_minimum_delay(Duration::ZERO);
        }
        fixture.pull(pull * 10);
        if pull == 499 {
            let delay = fixture.jitter_buffer.current_delay();
            assert!((millis(180)..millis(220)).contains(&delay), "{delay:?}");
        }
    }
    assert!(fixture.jitter_buffer.current_delay() < millis(40));
}

#[test]
fn stereo_input_plays_in_stereo() {
    let mut encoder = AudioEncoder::new(Channels::Stereo);
    let mut fixture = Fixture::new(1);
    let left = tone(440.0, 0.4, 2 * SECOND);
    let mut played = Vec::new();
    for pull in 0..200_u64 {
        let frame = &left[pull as usize * FRAME_10MS..][..FRAME_10MS];
        let both: Vec<f32> = frame.iter().flat_map(|sample| [*sample, 0.0]).collect();
        if let Some(packet) = encoder.encode(Channels::Stereo, &both, millis(pull * 10)) {
            let now = fixture.start + millis(pull * 10);
            fixture.jitter_buffer.handle_packet(
                packet.codec,
                packet.sequence,
                packet.media_time,
                &packet.bytes,
                now,
            );
        }
        let frame = fixture.pull(pull * 10);
        assert_eq!(
            frame.len(),
            FRAME_10MS * fixture.jitter_buffer.channels().count()
        );
        if pull >= 100 {
            assert_eq!(fixture.jitter_buffer.channels(), Channels::Stereo);
            played.extend(frame);
        }
    }
    let channel = |channel: usize| {
        played
            .iter()
            .copied()
            .skip(channel)
            .step_by(2)
            .collect::<Vec<_>>()
    };
    assert!(share_at(440.0, &channel(0)) > 0.98);
    let right = channel(1)
        .iter()
        .fold(0.0_f32, |max, sample| max.max(sample.abs()));
    assert!(right < 0.1, "{right}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_input_yields_10_ms_per_pull(
        packets in prop::collection::vec(
            (0..3_usize, any::<u16>(), prop_oneof![any::<u64>(), 0_u64..200_000], prop::collection::vec(any::<u8>(), 0..80), 0_u64..60),
            1..200,
        )
    ) {
        let start = Instant::now();
        let mut jitter_buffer = JitterBuffer::new();
        let mut now = start;
        for (codec, sequence, media_time, bytes, interval) in packets {
            now += millis(interval);
            let codec = AudioCodec::ALL[codec];
            jitter_buffer.handle_packet(codec, u64::from(sequence), media_time, &bytes, now);
            let samples = jitter_buffer.pull(now).to_vec();
            prop_assert_eq!(samples.len(), FRAME_10MS * jitter_buffer.channels().count());
            prop_assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
        }
    }
}

#[test]
fn packet_flood_is_bounded() {
    let mut fixture = Fixture::new(1);
    let mut random = Random(1);
    for _ in 0..20_000 {
        let packet = &fixture.packets[(random.next() % 50) as usize];
        let media_time = random.next() % 10_000_000;
        fixture.jitter_buffer.handle_packet(
            packet.codec,
            random.next() >> 40,
            media_time,
            &packet.bytes,
            fixture.start,
        );
    }
    assert!(fixture.jitter_buffer.packet_buffer.span() <= 48_000);
    for pull in 0..300 {
        fixture.pull(pull * 10);
    }
}
