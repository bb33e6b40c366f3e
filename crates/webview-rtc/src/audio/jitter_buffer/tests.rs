//! A tone through a bad network, and worse.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::audio::{
    AudioEncoder,
    simulation::{Heard, Random, Way, largest_step, noise, share_at, tone, voice},
};

const SECOND: usize = 48_000;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What must be true of a tone of 440 Hz after 20 s on this way, the first two left out.
struct Expect {
    tone: f64,
    concealed: f64,
    /// At the end, in ms.
    delay: std::ops::RangeInclusive<u128>,
}

fn check(way: &Way, expect: &Expect) -> Heard {
    let heard = way.carry(&tone(440.0, 0.4, 20 * SECOND));
    let after = heard.after(2);
    // Stretching moves the phase; over 100 ms it is a tone all the same.
    let pieces: Vec<f64> = after
        .chunks(4800)
        .map(|part| share_at(440.0, part))
        .collect();
    let share = pieces.iter().sum::<f64>() / pieces.len() as f64;
    let delay = *heard.delays.last().unwrap();
    let told = format!(
        "tone {share:.4}, concealed {:.4}, delays {:?}, {:?}",
        heard.concealed(),
        heard.delays,
        heard.statistics
    );
    assert!(share >= expect.tone, "{told}");
    assert!(heard.concealed() <= expect.concealed, "{told}");
    assert!(expect.delay.contains(&delay), "{told}");
    assert_eq!(heard.samples.len(), 20 * SECOND);
    heard
}

#[test]
fn a_good_network_gives_the_tone_at_once_and_without_a_click() {
    let heard = check(
        &Way::default(),
        &Expect {
            tone: 0.99,
            concealed: 0.0,
            delay: 5..=25,
        },
    );
    let undisturbed = largest_step(&tone(440.0, 0.4, 4800));
    assert!(largest_step(heard.after(1)) < 1.2 * undisturbed);
    let statistics = heard.statistics;
    assert!((statistics.audio_level - 0.4 / 2.0_f64.sqrt()).abs() < 0.02);
    assert!(statistics.total_audio_energy > 0.078 * 19.0);
    let delay = statistics.jitter_buffer_delay / statistics.jitter_buffer_emitted_count as f64;
    assert!((0.005..0.05).contains(&delay), "{delay}");
}

#[test]
fn jitter_is_waited_for_and_heard_no_more() {
    for (jitter, delay) in [(20, 15..=55), (40, 25..=80), (60, 35..=105)] {
        check(
            &Way {
                jitter: millis(jitter),
                ..Way::default()
            },
            &Expect {
                tone: 0.95,
                concealed: 0.01,
                delay,
            },
        );
    }
}

/// How much of a tone there is if every packet is decoded or concealed in its turn, without any
/// network.
fn ideal(way: &Way) -> f64 {
    let mut decoder = AudioDecoder::new(Channels::Mono);
    let mut heard = Vec::new();
    for (arrival, packet) in way.send(&tone(440.0, 0.4, 20 * SECOND)) {
        match arrival {
            Some(_) => heard.extend_from_slice(decoder.decode(&packet.bytes)),
            None => heard.extend_from_slice(decoder.conceal(2 * FRAME_10MS)),
        }
    }
    let shares: Vec<f64> = heard[2 * SECOND..]
        .chunks(4800)
        .map(|part| share_at(440.0, part))
        .collect();
    shares.iter().sum::<f64>() / shares.len() as f64
}

#[test]
fn loss_is_concealed_as_well_as_opus_can() {
    for loss in [0.05, 0.1] {
        let way = Way {
            loss,
            jitter: millis(10),
            ..Way::default()
        };
        let expect = Expect {
            tone: ideal(&way) - 0.03,
            concealed: loss * 1.5,
            delay: 10..=60,
        };
        let heard = check(&way, &expect);
        assert!(heard.concealed() > loss / 2.0);
        assert!(heard.statistics.concealment_events > 20);
    }
}

#[test]
fn single_losses_are_taken_from_the_next_packet() {
    let way = Way {
        lose: |sequence| sequence > 100 && sequence % 10 == 3,
        expected_loss: 0.1,
        ..Way::default()
    };
    let heard = way.carry(&voice(20 * SECOND));
    let statistics = heard.statistics;
    println!("{statistics:?}, {:?}", heard.delays);
    assert!(statistics.fec_packets_received > 60, "{statistics:?}");
    // The syllables' ends and pauses carry none.
    assert!(heard.concealed() < 0.035, "{}", heard.concealed());
    assert!(*heard.delays.last().unwrap() <= 50);
}

#[test]
fn silence_that_is_not_sent_is_silent_and_no_loss() {
    let mut sound = noise(0.0003, 20 * SECOND);
    sound[2 * SECOND..4 * SECOND].copy_from_slice(&tone(440.0, 0.4, 2 * SECOND));
    sound[10 * SECOND..12 * SECOND].copy_from_slice(&tone(440.0, 0.4, 2 * SECOND));
    let heard = Way::default().carry(&sound);
    let statistics = heard.statistics;
    println!("{statistics:?} {:?}", heard.delays);
    assert_eq!(statistics.concealed_samples, 0);
    let loudest = |from: usize, to: usize| {
        let part = &heard.samples[from * SECOND..to * SECOND];
        part.iter()
            .fold(0.0_f32, |most, sample| most.max(sample.abs()))
    };
    assert!(loudest(5, 9) < 0.01, "{}", loudest(5, 9));
    assert!(loudest(13, 20) < 0.01, "{}", loudest(13, 20));
    let talk = &heard.samples[10 * SECOND + SECOND / 5..11 * SECOND];
    assert!(share_at(440.0, talk) > 0.98);
    assert!(*heard.delays.last().unwrap() <= 40);
}

#[test]
fn drifting_clocks_neither_run_dry_nor_pile_up() {
    // As far as 200 millionths lead in half an hour, and ten times as fast.
    for drift in [2000.0, -2000.0] {
        let way = Way {
            drift,
            ..Way::default()
        };
        let heard = way.carry(&tone(440.0, 0.4, 180 * SECOND));
        let statistics = heard.statistics;
        println!("{statistics:?}");
        assert_eq!(statistics.concealed_samples, 0);
        assert!(
            heard.delays[10..]
                .iter()
                .all(|delay| (5..=40).contains(delay))
        );
        // It is 360 ms.
        let stretched = statistics.inserted_samples_for_deceleration
            + statistics.removed_samples_for_acceleration;
        assert!((12_000..26_000).contains(&stretched), "{stretched}");
    }
}

#[test]
fn a_burst_is_waited_out_and_its_delay_let_go_again() {
    let way = Way {
        // Everything of 200 ms comes at once.
        hold: |sequence| match sequence {
            300..=309 => Duration::from_millis((310 - sequence) * 20),
            _ => Duration::ZERO,
        },
        ..Way::default()
    };
    let heard = way.carry(&tone(440.0, 0.4, 20 * SECOND));
    println!("{:?} {:?}", heard.delays, heard.statistics);
    assert_eq!(heard.statistics.packets_discarded, 0);
    let concealed = heard.statistics.concealed_samples;
    assert!((5_000..12_000).contains(&concealed), "{concealed}");
    assert!(*heard.delays.last().unwrap() <= 40);
    assert!(share_at(440.0, &heard.after(19)[..4800]) > 0.98);
}

#[test]
fn a_player_that_takes_much_at_once_never_runs_dry() {
    let way = Way {
        batch: 4,
        jitter: millis(10),
        ..Way::default()
    };
    let heard = way.carry(&tone(440.0, 0.4, 20 * SECOND));
    println!("{:?} {:?}", heard.delays, heard.statistics);
    assert!(heard.concealed() < 0.005, "{}", heard.concealed());
    assert!(*heard.delays.last().unwrap() <= 80);
}

/// A receiver, and packets of a tone to give it.
struct Bench {
    receiver: JitterBuffer,
    packets: Vec<crate::connection::AudioPacket>,
    start: Instant,
}

impl Bench {
    fn new(seconds: usize) -> Self {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let packets = tone(440.0, 0.4, seconds * SECOND)
            .chunks(FRAME_10MS)
            .enumerate()
            .filter_map(|(index, piece)| {
                encoder.encode(Channels::Mono, piece, millis(index as u64 * 10))
            })
            .collect();
        Self {
            receiver: JitterBuffer::new(),
            packets,
            start: Instant::now(),
        }
    }

    fn give(&mut self, index: usize, media_offset: u64, at: u64) {
        let packet = &self.packets[index];
        self.receiver.handle_packet(
            packet.sequence,
            packet.media_time + media_offset,
            &packet.bytes,
            self.start + millis(at),
        );
    }

    fn pull(&mut self, at: u64) -> Vec<f32> {
        self.receiver.pull(self.start + millis(at)).to_vec()
    }
}

#[test]
fn order_does_not_matter_and_nothing_counts_twice() {
    let mut bench = Bench::new(4);
    let mut heard = Vec::new();
    for pull in 0..390_u64 {
        // Pairs come swapped, and every packet twice.
        if pull % 4 == 0 && pull / 2 + 1 < 200 {
            let index = (pull / 2) as usize;
            for index in [index + 1, index, index, index + 1] {
                bench.give(index, 0, pull * 10);
            }
        }
        heard.extend(bench.pull(pull * 10));
    }
    let statistics = bench.receiver.statistics();
    assert!(share_at(440.0, &heard[2 * SECOND..3 * SECOND]) > 0.99);
    assert!(statistics.concealed_samples < 2000, "{statistics:?}");
    assert!(statistics.packets_discarded >= 190, "{statistics:?}");
}

#[test]
fn a_sender_whose_time_jumps_is_heard_again_soon() {
    for (before, after) in [(0, 1 << 33), (1 << 33, 0), (0, 48_000 * 20)] {
        let mut bench = Bench::new(6);
        let mut heard = Vec::new();
        for pull in 0..600_u64 {
            if pull % 2 == 1 {
                let index = (pull / 2) as usize;
                let offset = if pull < 300 { before } else { after };
                bench.give(index, offset, pull * 10);
            }
            heard.extend(bench.pull(pull * 10));
        }
        let share = share_at(440.0, &heard[5 * SECOND..]);
        assert!(share > 0.98, "{share}");
        let delay = bench.receiver.current_delay();
        assert!(delay < millis(80), "{delay:?}");
    }
}

#[test]
fn an_hour_of_nothing_is_cheap_and_silent() {
    let mut bench = Bench::new(1);
    for index in 0..50 {
        bench.give(index, 0, 0);
    }
    for pull in 0..360_000 {
        let piece = bench.pull(pull * 10);
        assert_eq!(piece.len(), FRAME_10MS);
        if pull > 400 {
            assert!(piece.iter().all(|sample| sample.abs() < 1e-6));
        }
    }
    let concealed = bench.receiver.statistics().concealed_samples;
    assert!(concealed <= 2 * SECOND as u64, "{concealed}");
}

#[test]
fn a_player_that_paused_goes_on_with_what_is_new() {
    let mut bench = Bench::new(6);
    for pull in 0..100 {
        if pull % 2 == 1 {
            bench.give(pull as usize / 2, 0, pull * 10);
        }
        bench.pull(pull * 10);
    }
    for index in 50..250 {
        bench.give(index, 0, 1000 + (index as u64 - 50) * 20);
    }
    for pull in 500..600 {
        if pull % 2 == 0 {
            bench.give(pull as usize / 2, 0, pull * 10);
        }
        bench.pull(pull * 10);
    }
    assert!(bench.receiver.current_delay() < millis(60));
    let playing = bench.receiver.playing().unwrap();
    assert!(playing + 4800 > 600 * FRAME_10MS as u64, "{playing}");
}

#[test]
fn a_minimum_delay_is_kept() {
    let mut bench = Bench::new(10);
    bench.receiver.set_minimum_delay(millis(200));
    for pull in 0..1000 {
        if pull % 2 == 1 {
            bench.give(pull as usize / 2, 0, pull * 10);
        }
        if pull == 500 {
            bench.receiver.set_minimum_delay(Duration::ZERO);
        }
        bench.pull(pull * 10);
        if pull == 499 {
            let delay = bench.receiver.current_delay();
            assert!((millis(180)..millis(220)).contains(&delay), "{delay:?}");
        }
    }
    assert!(bench.receiver.current_delay() < millis(40));
}

#[test]
fn stereo_comes_out_stereo() {
    let mut encoder = AudioEncoder::new(Channels::Stereo);
    let mut bench = Bench::new(1);
    let left = tone(440.0, 0.4, 2 * SECOND);
    let mut heard = Vec::new();
    for pull in 0..200_u64 {
        let piece = &left[pull as usize * FRAME_10MS..][..FRAME_10MS];
        let both: Vec<f32> = piece.iter().flat_map(|sample| [*sample, 0.0]).collect();
        if let Some(packet) = encoder.encode(Channels::Stereo, &both, millis(pull * 10)) {
            let now = bench.start + millis(pull * 10);
            bench
                .receiver
                .handle_packet(packet.sequence, packet.media_time, &packet.bytes, now);
        }
        let piece = bench.pull(pull * 10);
        assert_eq!(piece.len(), FRAME_10MS * bench.receiver.channels().count());
        if pull >= 100 {
            assert_eq!(bench.receiver.channels(), Channels::Stereo);
            heard.extend(piece);
        }
    }
    let ear = |ear: usize| {
        heard
            .iter()
            .copied()
            .skip(ear)
            .step_by(2)
            .collect::<Vec<_>>()
    };
    assert!(share_at(440.0, &ear(0)) > 0.98);
    let right = ear(1)
        .iter()
        .fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!(right < 0.1, "{right}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_comes_ten_milliseconds_go_out(
        packets in prop::collection::vec(
            (any::<u16>(), prop_oneof![any::<u64>(), 0_u64..200_000], prop::collection::vec(any::<u8>(), 0..80), 0_u64..60),
            1..200,
        )
    ) {
        let start = Instant::now();
        let mut receiver = JitterBuffer::new();
        let mut now = start;
        for (sequence, media_time, bytes, apart) in packets {
            now += millis(apart);
            receiver.handle_packet(u64::from(sequence), media_time, &bytes, now);
            let samples = receiver.pull(now).to_vec();
            prop_assert_eq!(samples.len(), FRAME_10MS * receiver.channels().count());
            prop_assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
        }
    }
}

#[test]
fn a_flood_is_bounded() {
    let mut bench = Bench::new(1);
    let mut random = Random(1);
    for _ in 0..20_000 {
        let packet = &bench.packets[(random.next() % 50) as usize];
        let media_time = random.next() % 10_000_000;
        bench
            .receiver
            .handle_packet(random.next() >> 40, media_time, &packet.bytes, bench.start);
    }
    assert!(bench.receiver.queue.span() <= 48_000);
    for pull in 0..300 {
        bench.pull(pull * 10);
    }
}
