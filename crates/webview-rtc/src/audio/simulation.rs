//! Test signals, their analysis and a simulated network for the audio tests.
//!
//! Invariant: seeded, so that every run is the same.

use std::time::{Duration, Instant};

use crate::connection::AudioPacket;

use super::{AudioEncoder, AudioStatistics, Channels, FRAME_10MS, JitterBuffer, SAMPLE_RATE};

pub(super) fn tone(frequency: f32, amplitude: f32, samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|index| {
            let cycles = frequency * index as f32 / SAMPLE_RATE as f32;
            amplitude * (cycles.fract() * std::f32::consts::TAU).sin()
        })
        .collect()
}

pub(super) fn noise(amplitude: f32, samples: usize) -> Vec<f32> {
    let mut random = Random(3);
    (0..samples)
        .map(|_| amplitude * (2.0 * random.share() as f32 - 1.0))
        .collect()
}

/// Similar to speech: a pitch with overtones, modulated into syllables.
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
            let noise = 0.05 * (random.share() - 0.5);
            (0.2 * syllable * (overtones + noise)) as f32
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

/// Share of the power at this frequency (Goertzel), 0 to 1.
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

    /// Uniform, 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A network path from the capture to the playout.
pub(super) struct NetworkPath {
    pub(super) loss: f64,
    /// Each packet is delayed by a random part of this.
    pub(super) jitter: Duration,
    /// Further lost packets, by sequence number.
    pub(super) is_lost: fn(u64) -> bool,
    /// Further delay of a packet, by sequence number.
    pub(super) extra_delay: fn(u64) -> Duration,
    /// Rate of the playout clock against the capture clock, in parts per million.
    pub(super) drift_ppm: f64,
    /// Frames pulled in one batch.
    pub(super) batch_frames: u32,
    pub(super) expected_loss: f64,
}

impl Default for NetworkPath {
    fn default() -> Self {
        Self {
            loss: 0.0,
            jitter: Duration::ZERO,
            is_lost: |_| false,
            extra_delay: |_| Duration::ZERO,
            drift_ppm: 0.0,
            batch_frames: 1,
            expected_loss: 0.0,
        }
    }
}

pub(super) struct Played {
    pub(super) samples: Vec<f32>,
    pub(super) statistics: AudioStatistics,
    /// Delay of the jitter buffer in ms, once per 100 pulls.
    pub(super) delays: Vec<u128>,
}

impl Played {
    /// The samples after this many seconds.
    pub(super) fn after(&self, seconds: usize) -> &[f32] {
        &self.samples[seconds * SAMPLE_RATE as usize..]
    }

    pub(super) fn concealed(&self) -> f64 {
        self.statistics.concealed_samples as f64 / self.statistics.total_samples_received as f64
    }
}

/// Arrival time and packet; `None` for a lost packet.
pub(super) type SentPacket = (Option<Duration>, AudioPacket);

impl NetworkPath {
    /// Encodes the samples and returns the packets with their arrival times.
    pub(super) fn send(&self, audio: &[f32]) -> Vec<SentPacket> {
        let mut random = Random(7);
        let mut encoder = AudioEncoder::new(Channels::Mono);
        encoder.set_expected_loss(self.expected_loss);
        let mut sent = Vec::new();
        for (index, frame) in audio.chunks_exact(FRAME_10MS).enumerate() {
            let capture = Duration::from_millis(index as u64 * 10);
            let Some(packet) = encoder.encode(Channels::Mono, frame, capture) else {
                continue;
            };
            let lost = random.share() < self.loss || (self.is_lost)(packet.sequence);
            let delay = self.jitter.mul_f64(random.share()) + (self.extra_delay)(packet.sequence);
            // A packet is sent when its last frame is captured.
            let arrival = capture + Duration::from_millis(10) + delay;
            sent.push(((!lost).then_some(arrival), packet));
        }
        sent
    }

    /// Sends these samples, which must be whole frames, and pulls as many.
    pub(super) fn run(&self, audio: &[f32]) -> Played {
        let start = Instant::now();
        let mut in_flight: Vec<_> = self
            .send(audio)
            .into_iter()
            .filter_map(|(arrival, packet)| Some((arrival?, packet)))
            .collect();
        in_flight.sort_by_key(|(at, _)| *at);

        let mut jitter_buffer = JitterBuffer::new();
        let mut in_flight = in_flight.into_iter().peekable();
        let (mut samples, mut delays) = (Vec::new(), Vec::new());
        for pull in 0..(audio.len() / FRAME_10MS) as u32 {
            let batch_start = f64::from(pull / self.batch_frames * self.batch_frames) + 0.3;
            let at = Duration::from_secs_f64(batch_start * 0.01 * (1.0 + self.drift_ppm * 1e-6));
            while let Some((arrival, packet)) = in_flight.next_if(|(arrival, _)| *arrival <= at) {
                let arrival = start + arrival;
                jitter_buffer.handle_packet(
                    packet.codec,
                    packet.sequence,
                    packet.media_time,
                    &packet.bytes,
                    arrival,
                );
            }
            samples.extend_from_slice(jitter_buffer.pull(start + at));
            if pull % 100 == 99 {
                delays.push(jitter_buffer.current_delay().as_millis());
            }
        }
        Played {
            samples,
            statistics: jitter_buffer.statistics(),
            delays,
        }
    }
}
