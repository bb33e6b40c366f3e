//! How loud something is played.
//!
//! Invariant: a change is heard without a click: it takes one piece.

use super::{CHANNELS, PIECE_SAMPLES};

#[derive(Debug, Clone, Copy)]
pub(super) struct Volume {
    now: f32,
    wanted: f32,
}

impl Volume {
    pub(super) fn new(wanted: f32) -> Self {
        Self { now: 0.0, wanted }
    }

    pub(super) fn set(&mut self, wanted: f32) {
        self.wanted = wanted;
    }

    /// What is played next begins from silence.
    pub(super) fn restart(&mut self) {
        self.now = 0.0;
    }

    pub(super) fn apply(&mut self, samples: &mut [f32]) {
        for piece in samples.chunks_mut(PIECE_SAMPLES) {
            let (from, to) = (self.now, self.wanted);
            self.now = to;
            let frames = piece.len() / CHANNELS;
            for (index, frame) in piece.chunks_mut(CHANNELS).enumerate() {
                let done = (index + 1) as f32 / frames as f32;
                let gain = from + (to - from) * done;
                frame.iter_mut().for_each(|sample| *sample *= gain);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_takes_one_piece() {
        let mut volume = Volume::new(1.0);
        let mut samples = vec![1.0; 2 * PIECE_SAMPLES];
        volume.apply(&mut samples);
        let rises = |samples: &[f32]| samples.windows(2).all(|pair| pair[0] <= pair[1]);
        assert!(samples[0] < 0.01 && rises(&samples[..PIECE_SAMPLES]));
        assert_eq!(samples[0].to_bits(), samples[1].to_bits(), "both channels");
        assert!(samples[PIECE_SAMPLES..].iter().all(|sample| *sample >= 1.0));
        volume.set(0.0);
        let mut samples = vec![1.0; 2 * PIECE_SAMPLES];
        volume.apply(&mut samples);
        assert!(samples[0] > 0.9);
        assert!(samples[PIECE_SAMPLES..].iter().all(|sample| *sample <= 0.0));
    }
}
