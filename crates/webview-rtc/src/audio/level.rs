//! Audio level and energy of the playout ([webrtc-stats,
//! `totalAudioEnergy`](https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-totalaudioenergy)),
//! and levels in decibels, as packets say them
//! ([RFC 6464, 3](https://www.rfc-editor.org/rfc/rfc6464#section-3)).
//!
//! Invariant: pure. The energy is relative to full scale, times the duration.

use std::collections::VecDeque;

use super::{FRAME_10MS, seconds};

/// The level is the mean of the last 100 ms.
const LEVEL_FRAMES: usize = 10;
/// In decibels below full scale.
const SILENCE: u8 = 127;

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

    /// That of the last frame alone.
    pub(super) fn frame_level(&self) -> f64 {
        self.recent.back().map_or(0.0, |power| power.sqrt())
    }

    pub(super) fn energy(&self) -> f64 {
        self.energy
    }

    pub(super) fn duration(&self) -> f64 {
        self.duration
    }
}

/// Decibels below full scale of a mean square, 0 to 127.
pub(super) fn decibels(power: f64) -> u8 {
    // Of silence it is infinite, which is cut.
    (-10.0 * power.log10()).round().clamp(0.0, SILENCE.into()) as u8
}

/// Linear level of decibels below full scale, 0 to 1.
pub(crate) fn linear_level(decibels: u8) -> f32 {
    if decibels >= SILENCE {
        return 0.0;
    }
    10_f32.powf(-f32::from(decibels) / 20.0)
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

        level.handle_frame(&[0.25; FRAME_10MS]);
        assert!((level.frame_level() - 0.25).abs() < 1e-9);
        for _ in 0..LEVEL_FRAMES {
            level.handle_frame(&[0.0; FRAME_10MS]);
        }
        assert!(level.level() < 1e-9);
        assert!(level.frame_level() < 1e-9);
    }

    #[test]
    fn decibels_and_linear_levels_match() {
        for (power, expect) in [
            (1.0, 0),
            (4.0, 0),
            (0.25, 6),
            (0.01, 20),
            (1e-4, 40),
            (1e-30, 127),
            (0.0, 127),
            (f64::NAN, 0),
        ] {
            assert_eq!(decibels(power), expect, "{power}");
        }
        for (decibels, expect) in [(0, 1.0), (6, 0.501), (20, 0.1), (126, 0.0), (127, 0.0)] {
            assert!((linear_level(decibels) - expect).abs() < 1e-3, "{decibels}");
        }
        assert!(linear_level(126) > 0.0);
        assert_eq!(linear_level(255), 0.0);
    }
}
