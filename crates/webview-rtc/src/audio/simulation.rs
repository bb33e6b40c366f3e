//! Sounds, ears and a network for the tests: seeded, so that every run is the same.

use std::time::{Duration, Instant};

use crate::connection::AudioPacket;

use super::{AudioEncoder, AudioStatistics, Channels, FRAME_10MS, JitterBuffer, SAMPLE_RATE};

pub(super) fn tone(frequency: f32, amplitude: f32, samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|index| {
            let turn = frequency * index as f32 / SAMPLE_RATE as f32;
            amplitude * (turn.fract() * std::f32::consts::TAU).sin()
        })
        .collect()
}

pub(super) fn noise(amplitude: f32, samples: usize) -> Vec<f32> {
    let mut random = Random(3);
    (0..samples)
        .map(|_| amplitude * (2.0 * random.share() as f32 - 1.0))
        .collect()
}

/// Something like speech: a pitch with overtones, in syllables.
pub(super) fn voice(samples: usize) -> Vec<f32> {
    let mut random = Random(5);
    (0..samples)
        .map(|index| {
            let time = index as f64 / f64::from(SAMPLE_RATE);
            let pitch = 120.0 * time - 7.0 * (3.0 * time).cos();
            let syllable = (0.5 + 0.5 * (25.0 * time).sin()).powi(2);
            let overtones: f64 = (1..20)
                .map(|tone| {
                    (std::f64::consts::TAU * pitch * f64::from(tone)).sin() / f64::from(tone)
                })
                .sum();
            let breath = 0.05 * (random.share() - 0.5);
            (0.2 * syllable * (overtones + breath)) as f32
        })
        .collect()
}

/// The largest step from one sample to the next.
pub(super) fn largest_step(samples: &[f32]) -> f32 {
    samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

/// The share of the power that lies at this frequency (Goertzel), 0 to 1.
pub(super) fn share_at(frequency: f64, samples: &[f32]) -> f64 {
    let (mut real, mut imaginary, mut power) = (0.0, 0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let angle = std::f64::consts::TAU * frequency * index as f64 / f64::from(SAMPLE_RATE);
        real += f64::from(*sample) * angle.cos();
        imaginary += f64::from(*sample) * angle.sin();
        power += f64::from(*sample) * f64::from(*sample);
    }
    2.0 * (real * real + imaginary * imaginary) / (samples.len() as f64 * power.max(1e-12))
}

/// SplitMix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// One way through a network, from a capture to a player.
pub(super) struct Way {
    pub(super) loss: f64,
    /// Every packet is up to so late.
    pub(super) jitter: Duration,
    /// Which packets are lost besides.
    pub(super) lose: fn(u64) -> bool,
    /// What else holds a packet up.
    pub(super) hold: fn(u64) -> Duration,
    /// How much faster the player's clock goes than the capture's, in millionths.
    pub(super) drift: f64,
    /// Pieces the player takes at once.
    pub(super) batch: u32,
    pub(super) expected_loss: f64,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            loss: 0.0,
            jitter: Duration::ZERO,
            lose: |_| false,
            hold: |_| Duration::ZERO,
            drift: 0.0,
            batch: 1,
            expected_loss: 0.0,
        }
    }
}

pub(super) struct Heard {
    pub(super) samples: Vec<f32>,
    pub(super) statistics: AudioStatistics,
    /// The receiver's delay in ms, once every 100 pulls.
    pub(super) delays: Vec<u128>,
}

impl Heard {
    /// After that many seconds.
    pub(super) fn after(&self, seconds: usize) -> &[f32] {
        &self.samples[seconds * SAMPLE_RATE as usize..]
    }

    pub(super) fn concealed(&self) -> f64 {
        self.statistics.concealed_samples as f64 / self.statistics.total_samples_received as f64
    }
}

/// One packet on its way; `None` where it is lost.
pub(super) type Sent = (Option<Duration>, AudioPacket);

impl Way {
    /// What the encoder makes of this sound, and when it arrives.
    pub(super) fn send(&self, sound: &[f32]) -> Vec<Sent> {
        let mut random = Random(7);
        let mut encoder = AudioEncoder::new(Channels::Mono);
        encoder.set_expected_loss(self.expected_loss);
        let mut sent = Vec::new();
        for (index, piece) in sound.chunks_exact(FRAME_10MS).enumerate() {
            let capture = Duration::from_millis(index as u64 * 10);
            let Some(packet) = encoder.encode(Channels::Mono, piece, capture) else {
                continue;
            };
            let lost = random.share() < self.loss || (self.lose)(packet.sequence);
            let late = self.jitter.mul_f64(random.share()) + (self.hold)(packet.sequence);
            // Sent when its last piece is captured.
            let arrival = capture + Duration::from_millis(10) + late;
            sent.push(((!lost).then_some(arrival), packet));
        }
        sent
    }

    /// Sends this sound, which must be whole pieces, and pulls for as long as it is.
    pub(super) fn carry(&self, sound: &[f32]) -> Heard {
        let start = Instant::now();
        let mut under_way: Vec<_> = self
            .send(sound)
            .into_iter()
            .filter_map(|(arrival, packet)| Some((arrival?, packet)))
            .collect();
        under_way.sort_by_key(|(at, _)| *at);

        let mut receiver = JitterBuffer::new();
        let mut under_way = under_way.into_iter().peekable();
        let (mut samples, mut delays) = (Vec::new(), Vec::new());
        for pull in 0..(sound.len() / FRAME_10MS) as u32 {
            let batch = f64::from(pull / self.batch * self.batch) + 0.3;
            let at = Duration::from_secs_f64(batch * 0.01 * (1.0 + self.drift * 1e-6));
            while let Some((arrival, packet)) = under_way.next_if(|(arrival, _)| *arrival <= at) {
                let arrival = start + arrival;
                receiver.handle_packet(packet.sequence, packet.media_time, &packet.bytes, arrival);
            }
            samples.extend_from_slice(receiver.pull(start + at));
            if pull % 100 == 99 {
                delays.push(receiver.current_delay().as_millis());
            }
        }
        Heard {
            samples,
            statistics: receiver.statistics(),
            delays,
        }
    }
}
