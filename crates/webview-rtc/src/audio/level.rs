//! Audio level and energy of the playout ([webrtc-stats,
//! `totalAudioEnergy`](https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-totalaudioenergy)).
//!
//! Invariant: pure. The energy is relative to full scale, times the duration.

use std::collections::VecDeque;

use super::{FRAME_10MS, seconds};

/// The level is the mean of the last 100 ms.
const LEVEL_FRAMES: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Level {
    /// Mean squares of the last frames.
    recent: VecDeque<f64>,
    energy: f64,
    duration: f64,
}

impl Level {
    /// One frame of the playout.
    pub(super) fn handle_frame(&mut self, samples: &[f32]) {
        let power = power(samples);
        if self.recent.len() == LEVEL_FRAMES {
            self.recent.pop_front();
        }
        self.recent.push_back(power);
        let duration = seconds(FRAME_10MS as u64);
        self.energy += power * duration;
        self.duration += duration;
    }

    /// Root mean square, 0 to 1, linear.
    pub(super) fn level(&self) -> f64 {
        if self.recent.is_empty() {
            return 0.0;
        }
        (self.recent.iter().sum::<f64>() / self.recent.len() as f64).sqrt()
    }

    pub(super) fn energy(&self) -> f64 {
        self.energy
    }

    pub(super) fn duration(&self) -> f64 {
        self.duration
    }
}

/// Mean square.
pub(super) fn power(samples: &[f32]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let sum: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample) * f64::from(*sample))
        .sum();
    sum / samples.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::simulation::tone;

    #[test]
    fn tone_level_and_energy_match_its_mean_square() {
        let mut level = Level::default();
        for frame in tone(440.0, 0.5, 100 * FRAME_10MS).chunks(FRAME_10MS) {
            level.handle_frame(frame);
        }
        assert!((level.level() - 0.5 / 2.0_f64.sqrt()).abs() < 1e-3);
        assert!((level.energy() - 0.125).abs() < 1e-3);
        assert!((level.duration() - 1.0).abs() < 1e-9);

        for _ in 0..LEVEL_FRAMES {
            level.handle_frame(&[0.0; FRAME_10MS]);
        }
        assert!(level.level() < 1e-9);
    }
}
