//! Volume of a playback stream.
//!
//! Invariant: a change is ramped over 10 ms, so it makes no click.

use super::{CHANNELS, FRAME_10MS_SAMPLES};

#[derive(Debug, Clone, Copy)]
pub(super) struct Volume {
    current: f32,
    target: f32,
}

impl Volume {
    pub(super) fn new(target: f32) -> Self {
        Self {
            current: 0.0,
            target,
        }
    }

    pub(super) fn set(&mut self, target: f32) {
        self.target = target;
    }

    /// The next audio fades in from silence.
    pub(super) fn restart(&mut self) {
        self.current = 0.0;
    }

    pub(super) fn apply(&mut self, samples: &mut [f32]) {
        for block in samples.chunks_mut(FRAME_10MS_SAMPLES) {
            let (from, to) = (self.current, self.target);
            self.current = to;
            let frames = block.len() / CHANNELS;
            for (index, frame) in block.chunks_mut(CHANNELS).enumerate() {
                let progress = (index + 1) as f32 / frames as f32;
                let gain = from + (to - from) * progress;
                frame.iter_mut().for_each(|sample| *sample *= gain);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volume_change_takes_10_ms() {
        let mut volume = Volume::new(1.0);
        let mut samples = vec![1.0; 2 * FRAME_10MS_SAMPLES];
        volume.apply(&mut samples);
        let rises = |samples: &[f32]| samples.windows(2).all(|pair| pair[0] <= pair[1]);
        assert!(samples[0] < 0.01 && rises(&samples[..FRAME_10MS_SAMPLES]));
        assert_eq!(samples[0].to_bits(), samples[1].to_bits(), "both channels");
        assert!(
            samples[FRAME_10MS_SAMPLES..]
                .iter()
                .all(|sample| *sample >= 1.0)
        );
        volume.set(0.0);
        let mut samples = vec![1.0; 2 * FRAME_10MS_SAMPLES];
        volume.apply(&mut samples);
        assert!(samples[0] > 0.9);
        assert!(
            samples[FRAME_10MS_SAMPLES..]
                .iter()
                .all(|sample| *sample <= 0.0)
        );
    }
}
