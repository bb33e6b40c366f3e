//! Buffer of decoded samples whose playout can be shortened or lengthened inaudibly.
//!
//! Method: waveform similarity (WSOLA). One pitch period is removed or repeated where both ends are
//! similar, with a cross-fade. NetEq calls this accelerate and preemptive expand.
//!
//! Invariant: enough played samples are kept to repeat a period. Played samples never change.

use crate::audio::{Channels, level};

/// Similarity is measured over 5 ms, and the cross-fade takes as long.
const OVERLAP_SAMPLES: usize = 240;
/// Range of pitch periods: 2.5 to 15 ms.
const MIN_LAG_SAMPLES: usize = 120;
const MAX_LAG_SAMPLES: usize = 720;
/// Played samples that are kept.
const PAST_SAMPLES: usize = MAX_LAG_SAMPLES + OVERLAP_SAMPLES;
/// Samples that must be ready for [`SampleBuffer::accelerate`].
pub(super) const MIN_AHEAD_SAMPLES: usize = MAX_LAG_SAMPLES + OVERLAP_SAMPLES;
/// A step between samples decays over 2.5 ms.
const STEP_DECAY_SAMPLES: usize = 120;
/// Mean square of inaudible audio: -60 dB.
const MAX_INAUDIBLE_POWER: f64 = 1e-6;

/// How fast the delay is corrected. A faster rate accepts less similar ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StretchRate {
    Gentle,
    Hurried,
}

impl StretchRate {
    fn min_correlation(self) -> f64 {
        match self {
            Self::Gentle => 0.9,
            Self::Hurried => 0.5,
        }
    }
}

#[derive(Debug)]
pub(super) struct SampleBuffer {
    channels: usize,
    /// Interleaved: played samples, then samples that are ready to play.
    samples: Vec<f32>,
    /// Index of the next sample to play.
    head: usize,
}

impl SampleBuffer {
    pub(super) fn new(channels: Channels) -> Self {
        let channels = channels.count();
        Self {
            channels,
            samples: vec![0.0; PAST_SAMPLES * channels],
            head: PAST_SAMPLES * channels,
        }
    }

    /// The same samples on both channels.
    pub(super) fn to_stereo(&self) -> Self {
        Self {
            channels: 2,
            samples: self
                .samples
                .iter()
                .flat_map(|sample| [*sample; 2])
                .collect(),
            head: self.head * 2,
        }
    }

    /// Samples per channel that are ready to play.
    pub(super) fn ready_samples(&self) -> usize {
        (self.samples.len() - self.head) / self.channels
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// Appends samples that do not continue the buffer. The step decays.
    pub(super) fn push_smoothed(&mut self, samples: &[f32]) {
        let channels = self.channels;
        let begin = self.samples.len();
        self.samples.extend_from_slice(samples);
        for channel in 0..channels {
            let (Some(last), Some(first)) = (
                begin
                    .checked_sub(channels)
                    .and_then(|frame| self.samples.get(frame + channel))
                    .copied(),
                samples.get(channel),
            ) else {
                return;
            };
            let step = last - first;
            let new = self.samples[begin..].iter_mut().skip(channel);
            for (index, sample) in new.step_by(channels).take(STEP_DECAY_SAMPLES).enumerate() {
                *sample = (*sample + step * fade(STEP_DECAY_SAMPLES - index, STEP_DECAY_SAMPLES))
                    .clamp(-1.0, 1.0);
            }
        }
    }

    /// Takes `samples` per channel, or fewer if fewer are ready.
    pub(super) fn play(&mut self, samples: usize, out: &mut Vec<f32>) {
        let end = (self.head + samples * self.channels).min(self.samples.len());
        out.extend_from_slice(&self.samples[self.head..end]);
        self.head = end;
        let surplus = self.head - PAST_SAMPLES * self.channels;
        // Moves the played samples rarely.
        if surplus > 4 * PAST_SAMPLES * self.channels {
            self.samples.drain(..surplus);
            self.head -= surplus;
        }
    }

    /// Drops the ready samples.
    pub(super) fn clear(&mut self) {
        self.samples.truncate(self.head);
    }

    /// Mean square of the last 20 ms in the buffer.
    pub(super) fn power(&self) -> f64 {
        level::power(&self.samples[self.samples.len() - PAST_SAMPLES * self.channels..])
    }

    /// Removes up to `max_lag` samples per channel before the next one to play. Returns their
    /// number: 0 if a removal would be audible.
    pub(super) fn accelerate(&mut self, max_lag: usize, rate: StretchRate) -> usize {
        if self.ready_samples() < MIN_AHEAD_SAMPLES {
            return 0;
        }
        let ahead = self.head;
        let lag = self.best_lag(max_lag, rate, |lag| (ahead, ahead + lag));
        if lag == 0 {
            return 0;
        }
        let removed = lag * self.channels;
        let overlap = OVERLAP_SAMPLES * self.channels;
        for index in 0..overlap {
            let weight = fade(index / self.channels, OVERLAP_SAMPLES);
            let here = self.samples[ahead + index];
            let there = self.samples[ahead + removed + index];
            self.samples[ahead + removed + index] = here + (there - here) * weight;
        }
        self.samples.drain(ahead..ahead + removed);
        lag
    }

    /// Repeats up to `max_lag` samples per channel. Returns their number.
    pub(super) fn decelerate(&mut self, max_lag: usize, rate: StretchRate) -> usize {
        if self.ready_samples() < OVERLAP_SAMPLES {
            return 0;
        }
        let ahead = self.head;
        let channels = self.channels;
        let lag = self.best_lag(max_lag, rate, |lag| (ahead, ahead - lag));
        if lag == 0 {
            return 0;
        }
        let inserted = lag * channels;
        let mut repeated =
            self.samples[ahead - inserted..ahead + OVERLAP_SAMPLES * channels].to_vec();
        for (index, sample) in repeated
            .iter_mut()
            .take(OVERLAP_SAMPLES * channels)
            .enumerate()
        {
            let weight = fade(index / channels, OVERLAP_SAMPLES);
            let here = self.samples[ahead + index];
            *sample = here + (*sample - here) * weight;
        }
        self.samples
            .splice(ahead..ahead + OVERLAP_SAMPLES * channels, repeated);
        lag
    }

    /// The lag, in samples per channel, with the highest correlation; 0 if none is high enough.
    fn best_lag(
        &self,
        max_lag: usize,
        rate: StretchRate,
        positions: impl Fn(usize) -> (usize, usize),
    ) -> usize {
        let max_lag = max_lag.min(MAX_LAG_SAMPLES);
        if max_lag < MIN_LAG_SAMPLES {
            return 0;
        }
        let window = OVERLAP_SAMPLES * self.channels;
        let at = |position: usize| &self.samples[position..position + window];
        let (here, at_max_lag) = positions(max_lag * self.channels);
        if level::power(at(here)) < MAX_INAUDIBLE_POWER
            && level::power(at(at_max_lag)) < MAX_INAUDIBLE_POWER
        {
            return max_lag;
        }
        let mut best = (0, rate.min_correlation());
        for lag in MIN_LAG_SAMPLES..=max_lag {
            let (here, there) = positions(lag * self.channels);
            let correlation = correlation(at(here), at(there));
            if correlation > best.1 {
                best = (lag, correlation);
            }
        }
        best.0
    }
}

/// Normalized correlation.
fn correlation(here: &[f32], there: &[f32]) -> f64 {
    let (mut product, mut power_here, mut power_there) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (here, there) in here.iter().zip(there) {
        product += here * there;
        power_here += here * here;
        power_there += there * there;
    }
    f64::from(product)
        / (f64::from(power_here) * f64::from(power_there))
            .sqrt()
            .max(1e-9)
}

fn fade(index: usize, length: usize) -> f32 {
    index as f32 / length as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::simulation::{largest_step, noise, tone};

    /// Plays a tone of 100 ms and changes it after 50 ms; expects the length and no click.
    fn check(change: impl Fn(&mut SampleBuffer) -> usize, is_decelerated: bool) {
        for channels in [Channels::Mono, Channels::Stereo] {
            let mut buffer = SampleBuffer::new(channels);
            let audio: Vec<f32> = tone(330.0, 0.5, 4800)
                .into_iter()
                .flat_map(|sample| vec![sample; channels.count()])
                .collect();
            buffer.push(&audio);
            let mut out = Vec::new();
            buffer.play(2400, &mut out);
            let changed = change(&mut buffer);
            assert!(
                (MIN_LAG_SAMPLES..=MAX_LAG_SAMPLES).contains(&changed),
                "{changed}"
            );
            buffer.play(usize::MAX >> 8, &mut out);
            let length = out.len() / channels.count();
            let expect = if is_decelerated {
                4800 + changed
            } else {
                4800 - changed
            };
            assert_eq!(length, expect);
            let left: Vec<f32> = out.iter().copied().step_by(channels.count()).collect();
            assert!(largest_step(&left) < 1.1 * largest_step(&tone(330.0, 0.5, 480)));
        }
    }

    #[test]
    fn tone_is_stretched_without_a_click() {
        check(
            |buffer| buffer.accelerate(MAX_LAG_SAMPLES, StretchRate::Gentle),
            false,
        );
        check(
            |buffer| buffer.decelerate(MAX_LAG_SAMPLES, StretchRate::Gentle),
            true,
        );
        check(|buffer| buffer.accelerate(300, StretchRate::Gentle), false);
    }

    #[test]
    fn noise_is_not_stretched() {
        let mut buffer = SampleBuffer::new(Channels::Mono);
        buffer.push(&noise(0.3, 4800));
        let mut out = Vec::new();
        buffer.play(2400, &mut out);
        assert_eq!(buffer.accelerate(MAX_LAG_SAMPLES, StretchRate::Gentle), 0);
        assert_eq!(buffer.decelerate(MAX_LAG_SAMPLES, StretchRate::Gentle), 0);
        assert_eq!(
            buffer.accelerate(MIN_LAG_SAMPLES - 1, StretchRate::Hurried),
            0
        );
    }

    #[test]
    fn silence_is_stretched_at_once() {
        let mut buffer = SampleBuffer::new(Channels::Mono);
        buffer.push(&[0.0; 2400]);
        assert_eq!(buffer.accelerate(500, StretchRate::Gentle), 500);
        assert_eq!(
            buffer.decelerate(MAX_LAG_SAMPLES, StretchRate::Gentle),
            MAX_LAG_SAMPLES
        );
    }

    #[test]
    fn step_decays_smoothly() {
        let mut buffer = SampleBuffer::new(Channels::Mono);
        buffer.push(&[0.8; 480]);
        buffer.push_smoothed(&[-0.8; 480]);
        let mut out = Vec::new();
        buffer.play(960, &mut out);
        assert!(largest_step(&out[..]) < 0.03);
        assert!((out[959] + 0.8).abs() < 1e-6);
    }
}
