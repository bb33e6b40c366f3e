//! Changes between the 48 kHz of capture and playout and the 8 kHz of G.711.
//!
//! A low-pass filter of finite length (a windowed sinc) keeps out what 8 kHz cannot carry.
//!
//! Invariant: each call continues the signal of the one before. Both together delay it by 4 ms.

use super::{super::SAMPLE_RATE, RATE_RATIO};

/// Coefficients of the filter at 48 kHz.
const TAPS: usize = 32 * RATE_RATIO;
/// Input samples of G.711 for one output sample.
const TAPS_AT_8KHZ: usize = TAPS / RATE_RATIO;
/// In Hz: the middle of the transition, which ends at 4 kHz.
const CUTOFF: f64 = 3_600.0;

/// The sum of the coefficients is 1.
fn coefficients() -> Vec<f32> {
    let middle = (TAPS - 1) as f64 / 2.0;
    let weights: Vec<f64> = (0..TAPS)
        .map(|tap| {
            let distance = tap as f64 - middle;
            let angle = std::f64::consts::TAU * CUTOFF / f64::from(SAMPLE_RATE) * distance;
            // The middle is between two coefficients, so the angle is never 0.
            let window = 0.54 + 0.46 * (std::f64::consts::PI * distance / (middle + 0.5)).cos();
            angle.sin() / angle * window
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

#[derive(Debug)]
pub(super) struct Decimator {
    coefficients: Vec<f32>,
    /// The last input, and then the new one.
    input: Vec<f32>,
}

impl Decimator {
    pub(super) fn new() -> Self {
        Self {
            coefficients: coefficients(),
            input: vec![0.0; TAPS - RATE_RATIO],
        }
    }

    /// The samples at 8 kHz. The input has a multiple of [`RATE_RATIO`] samples.
    pub(super) fn run(&mut self, samples: impl IntoIterator<Item = f32>) -> Vec<f32> {
        self.input.extend(samples);
        let output = self
            .input
            .windows(TAPS)
            .step_by(RATE_RATIO)
            .map(|window| dot(window, &self.coefficients))
            .collect();
        self.input.drain(..self.input.len() - (TAPS - RATE_RATIO));
        output
    }
}

#[derive(Debug)]
pub(super) struct Interpolator {
    /// The coefficients of each output sample between two input samples, oldest input first.
    phases: Vec<Vec<f32>>,
    input: Vec<f32>,
}

impl Interpolator {
    pub(super) fn new() -> Self {
        let coefficients = coefficients();
        let phase = |phase: usize| {
            let own = coefficients.iter().skip(phase).step_by(RATE_RATIO).rev();
            own.map(|weight| weight * RATE_RATIO as f32).collect()
        };
        Self {
            phases: (0..RATE_RATIO).map(phase).collect(),
            input: vec![0.0; TAPS_AT_8KHZ - 1],
        }
    }

    /// Appends [`RATE_RATIO`] samples at 48 kHz for each input sample.
    pub(super) fn run(&mut self, samples: &[f32], output: &mut Vec<f32>) {
        self.input.extend_from_slice(samples);
        for window in self.input.windows(TAPS_AT_8KHZ) {
            output.extend(self.phases.iter().map(|phase| dot(window, phase)));
        }
        self.input.drain(..samples.len());
    }
}

fn dot(samples: &[f32], weights: &[f32]) -> f32 {
    samples.iter().zip(weights).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{
        level,
        simulation::{share_at, tone},
    };

    /// A tone of this frequency to 8 kHz and back, without the start.
    fn there_and_back(frequency: f32) -> Vec<f32> {
        let mut decimator = Decimator::new();
        let mut interpolator = Interpolator::new();
        let mut output = Vec::new();
        for part in tone(frequency, 0.5, 48_000).chunks(960) {
            interpolator.run(&decimator.run(part.iter().copied()), &mut output);
        }
        assert_eq!(output.len(), 48_000);
        output.split_off(4_800)
    }

    #[test]
    fn tones_of_a_telephone_pass_unchanged() {
        for frequency in [100.0_f32, 440.0, 1_000.0, 3_000.0] {
            let samples = there_and_back(frequency);
            assert!(share_at(f64::from(frequency), &samples) > 0.999);
            let power = level::power(&samples);
            assert!((power - 0.125).abs() < 0.005, "{frequency}: {power}");
        }
    }

    #[test]
    fn tones_beyond_4_khz_are_left_out() {
        for frequency in [4_500.0, 6_000.0, 7_560.0, 12_000.0] {
            let power = level::power(&there_and_back(frequency));
            assert!(power < 1e-4, "{frequency}: {power}");
        }
    }
}
