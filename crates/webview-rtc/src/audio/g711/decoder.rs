//! G.711 decoder, and concealment of lost packets as in its Appendix I: the last pitch period is
//! repeated and becomes silent.
//!
//! Invariant: for any input bytes, a decode yields the duration of the bytes.

use super::{super::Channels, Law, RATE_RATIO, rate_filter::Interpolator};

/// Pitch of a voice, in samples at 8 kHz: 66 to 400 Hz.
const MIN_PITCH_SAMPLES: usize = 20;
const MAX_PITCH_SAMPLES: usize = 120;
/// Samples that two periods are compared over: 20 ms.
const COMPARED_SAMPLES: usize = 160;
const HISTORY_SAMPLES: usize = MAX_PITCH_SAMPLES + COMPARED_SAMPLES;
/// A concealed sound is silent after 60 ms.
const FADE_SAMPLES: usize = 480;
/// Decoded audio replaces concealed audio within 5 ms.
const BLEND_SAMPLES: usize = 40;

#[derive(Debug)]
pub(crate) struct G711Decoder {
    law: Law,
    channels: Channels,
    interpolator: Interpolator,
    /// The last decoded samples at 8 kHz.
    history: Vec<f32>,
    concealed: Option<Concealed>,
    output: Vec<f32>,
}

/// A lost part of the audio.
#[derive(Debug)]
struct Concealed {
    period: Vec<f32>,
    /// Samples so far.
    samples: usize,
}

impl Concealed {
    fn next(&mut self) -> f32 {
        let remaining = FADE_SAMPLES.saturating_sub(self.samples) as f32 / FADE_SAMPLES as f32;
        let sample = self.period[self.samples % self.period.len()] * remaining;
        self.samples += 1;
        sample
    }
}

impl G711Decoder {
    pub(crate) fn new(law: Law, channels: Channels) -> Self {
        Self {
            law,
            channels,
            interpolator: Interpolator::new(),
            history: vec![0.0; HISTORY_SAMPLES],
            concealed: None,
            output: Vec::new(),
        }
    }

    /// Samples per channel at 48 kHz in this packet.
    pub(crate) fn duration(bytes: &[u8]) -> usize {
        bytes.len() * RATE_RATIO
    }

    pub(crate) fn channels(&self) -> Channels {
        self.channels
    }

    /// Samples at 48 kHz, interleaved.
    pub(crate) fn decode(&mut self, bytes: &[u8]) -> &[f32] {
        let mut samples: Vec<f32> = bytes
            .iter()
            .map(|code| f32::from(self.law.decode(*code)) / f32::from(i16::MAX))
            .collect();
        if let Some(mut concealed) = self.concealed.take() {
            for (index, sample) in samples.iter_mut().take(BLEND_SAMPLES).enumerate() {
                let weight = index as f32 / BLEND_SAMPLES as f32;
                *sample = *sample * weight + concealed.next() * (1.0 - weight);
            }
        }
        self.history.extend_from_slice(&samples);
        self.history.drain(..self.history.len() - HISTORY_SAMPLES);
        self.emit(&samples)
    }

    /// Concealment for missing audio. `samples` is per channel at 48 kHz, a multiple of 6.
    pub(crate) fn conceal(&mut self, samples: usize) -> &[f32] {
        let history = &self.history;
        let concealed = self.concealed.get_or_insert_with(|| Concealed {
            period: history[HISTORY_SAMPLES - pitch(history)..].to_vec(),
            samples: 0,
        });
        let samples: Vec<f32> = (0..samples / RATE_RATIO)
            .map(|_| concealed.next())
            .collect();
        self.emit(&samples)
    }

    fn emit(&mut self, samples: &[f32]) -> &[f32] {
        self.output.clear();
        self.interpolator.run(samples, &mut self.output);
        for sample in &mut self.output {
            // The filter overshoots at steps.
            *sample = sample.clamp(-1.0, 1.0);
        }
        if self.channels == Channels::Stereo {
            self.output = self
                .output
                .iter()
                .flat_map(|sample| [*sample, *sample])
                .collect();
        }
        &self.output
    }
}

/// The distance in samples at which the end of the history resembles itself most.
fn pitch(history: &[f32]) -> usize {
    let end = &history[HISTORY_SAMPLES - COMPARED_SAMPLES..];
    let mut best = (MAX_PITCH_SAMPLES, 0.0);
    for distance in MIN_PITCH_SAMPLES..=MAX_PITCH_SAMPLES {
        let start = HISTORY_SAMPLES - COMPARED_SAMPLES - distance;
        let earlier = &history[start..start + COMPARED_SAMPLES];
        let (mut product, mut power) = (0.0, 0.0);
        for (one, other) in end.iter().zip(earlier) {
            product += one * other;
            power += other * other;
        }
        let likeness = product / power.max(1e-9).sqrt();
        if likeness > best.1 {
            best = (distance, likeness);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::audio::{
        FRAME_10MS,
        g711::G711Encoder,
        level,
        simulation::{largest_step, share_at, tone},
    };

    fn packets(law: Law, audio: &[f32]) -> Vec<Vec<u8>> {
        let mut encoder = G711Encoder::new(law);
        let frames = audio.chunks_exact(FRAME_10MS).zip(0..);
        frames
            .filter_map(|(frame, index)| {
                encoder.encode(Channels::Mono, frame, Duration::from_millis(index * 10))
            })
            .map(|packet| packet.bytes)
            .collect()
    }

    #[test]
    fn tone_is_decoded_by_either_law() {
        for law in [Law::Mu, Law::A] {
            let mut decoder = G711Decoder::new(law, Channels::Mono);
            let played: Vec<f32> = packets(law, &tone(440.0, 0.4, 48_000))
                .iter()
                .flat_map(|bytes| decoder.decode(bytes).to_vec())
                .collect();
            assert_eq!(played.len(), 48_000);
            assert!(share_at(440.0, &played[4_800..]) > 0.998, "{law:?}");
        }
    }

    #[test]
    fn lost_packet_is_concealed_without_a_click() {
        let mut decoder = G711Decoder::new(Law::Mu, Channels::Mono);
        let mut played = Vec::new();
        for (index, bytes) in packets(Law::Mu, &tone(200.0, 0.4, 48_000))
            .iter()
            .enumerate()
        {
            if index % 10 == 5 {
                played.extend_from_slice(decoder.conceal(960));
            } else {
                played.extend_from_slice(decoder.decode(bytes));
            }
        }
        assert_eq!(played.len(), 48_000);
        let undisturbed = largest_step(&tone(200.0, 0.4, 4_800));
        let largest = largest_step(&played[4_800..]);
        assert!(largest < 2.0 * undisturbed, "{largest} {undisturbed}");
        assert!(share_at(200.0, &played[4_800..]) > 0.95);
    }

    #[test]
    fn long_loss_becomes_silent() {
        let mut decoder = G711Decoder::new(Law::A, Channels::Stereo);
        for bytes in packets(Law::A, &tone(200.0, 0.4, 9_600)) {
            assert_eq!(decoder.decode(&bytes).len(), 2 * 960);
        }
        let mut last = decoder.conceal(480).to_vec();
        assert!(level::power(&last) > 0.02);
        for _ in 0..8 {
            last = decoder.conceal(480).to_vec();
        }
        assert_eq!(last.len(), 2 * 480);
        assert!(level::power(&last) < 1e-6);
    }
}
