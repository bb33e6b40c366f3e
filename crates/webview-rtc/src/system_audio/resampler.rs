//! Reads samples a little faster or slower than they were recorded, by cubic interpolation (Catmull
//! and Rom).
//!
//! Invariant: at a rate of exactly 1 on a whole position, samples pass unchanged.

/// Channels of the audio.
pub(super) const CHANNELS: usize = 2;

/// One sample of each channel.
pub(super) type Frame = [f32; CHANNELS];

/// Frames around a position: the one before it, the one at it, and the two after it.
pub(super) fn between([before, at, next, after]: [Frame; 4], fraction: f32) -> Frame {
    std::array::from_fn(|channel| {
        let (y0, y1, y2, y3) = (before[channel], at[channel], next[channel], after[channel]);
        let linear = 0.5 * (y2 - y0);
        let square = y0 - 2.5 * y1 + 2.0 * y2 - 0.5 * y3;
        let cubic = 0.5 * (y3 - y0) + 1.5 * (y1 - y2);
        ((cubic * fraction + square) * fraction + linear) * fraction + y1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_position_passes_the_sample() {
        let frames = [[0.1, -0.1], [0.7, -0.3], [0.2, 0.9], [0.4, 0.4]];
        assert_eq!(between(frames, 0.0), frames[1]);
    }

    #[test]
    fn tone_between_samples_is_that_tone() {
        let tone = |position: f32| (position * std::f32::consts::TAU * 1_000.0 / 48_000.0).sin();
        for start in 0_u8..48 {
            let start = f32::from(start);
            let frames = [-1.0, 0.0, 1.0, 2.0].map(|offset| [tone(start + offset); CHANNELS]);
            for fraction in [0.25, 0.5, 0.75] {
                let [left, right] = between(frames, fraction);
                assert!((left - tone(start + fraction)).abs() < 0.001);
                assert!((right - left).abs() < f32::EPSILON);
            }
        }
    }
}
