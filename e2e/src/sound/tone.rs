//! The share of one frequency in audio. Pure arithmetic (Goertzel's algorithm).

use std::f64::consts::TAU;

/// Samples of one channel per second.
pub const RATE: u32 = 48_000;

/// A tone of this frequency in hertz, at a quarter of full scale.
pub fn samples(frequency: f64, seconds: u32) -> impl Iterator<Item = i16> {
    (0..seconds * RATE).map(move |at| {
        let turn = TAU * frequency * f64::from(at) / f64::from(RATE);
        (turn.sin() * 8_000.0) as i16
    })
}

/// The share of the power at this frequency in hertz, from 0 to 1; 0 in silence.
pub fn share(samples: &[i16], frequency: f64) -> f64 {
    let power: f64 = samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum();
    if power == 0.0 {
        return 0.0;
    }
    let turn = TAU * frequency / f64::from(RATE);
    let (mut last, mut before) = (0.0, 0.0);
    for &sample in samples {
        let next = f64::from(sample) + 2.0 * turn.cos() * last - before;
        (last, before) = (next, last);
    }
    let found = last.powi(2) + before.powi(2) - 2.0 * turn.cos() * last * before;
    2.0 * found / (power * samples.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::{samples, share};

    fn tone(frequency: f64) -> Vec<i16> {
        samples(frequency, 1).take(4_800).collect()
    }

    #[test]
    fn tone_has_all_power_at_its_frequency() {
        assert!(share(&tone(500.0), 500.0) > 0.95);
        assert!(share(&tone(500.0), 1_500.0) < 0.01);
    }

    #[test]
    fn silence_has_no_power_at_any_frequency() {
        assert!(share(&[0; 4_800], 500.0) < 1e-9);
    }
}
