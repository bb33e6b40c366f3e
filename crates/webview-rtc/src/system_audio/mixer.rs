//! Mixes the audio of all recorded programs.
//!
//! Invariant: what a server sends is bounded and finite when it leaves here, within -1 and 1.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    drift_buffer::DriftBuffer,
    resampler::{CHANNELS, Frame},
};
use crate::audio::FRAME_10MS;

const SAMPLE_BYTES: usize = size_of::<f32>();

/// Keyed by the channel of the record stream.
#[derive(Debug, Default)]
pub(super) struct Mixer {
    programs: BTreeMap<u32, DriftBuffer>,
}

impl Mixer {
    pub(super) fn add(&mut self, channel: u32) {
        self.programs.insert(channel, DriftBuffer::default());
    }

    pub(super) fn remove(&mut self, channel: u32) {
        self.programs.remove(&channel);
    }

    pub(super) fn clear(&mut self) {
        self.programs.clear();
    }

    /// Little-endian f32, two channels, interleaved.
    pub(super) fn handle_audio(&mut self, channel: u32, bytes: &[u8]) {
        if let Some(program) = self.programs.get_mut(&channel) {
            let frames = bytes.chunks_exact(CHANNELS * SAMPLE_BYTES);
            program.write(frames.map(frame));
        }
    }

    /// The next frames of 10 ms, interleaved.
    pub(super) fn mix(&mut self, frames: usize) -> Vec<f32> {
        let mut mixed = vec![0.0; frames * CHANNELS * FRAME_10MS];
        for block in mixed.chunks_mut(CHANNELS * FRAME_10MS) {
            for program in self.programs.values_mut() {
                program.add_to(block);
            }
            // As the sound card does.
            block
                .iter_mut()
                .for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        }
        mixed
    }
}

fn frame(bytes: &[u8]) -> Frame {
    let mut frame = [0.0; CHANNELS];
    for (sample, bytes) in frame.iter_mut().zip(bytes.as_chunks::<SAMPLE_BYTES>().0) {
        let read = f32::from_le_bytes(*bytes);
        if read.is_finite() {
            *sample = read.clamp(-1.0, 1.0);
        }
    }
    frame
}

/// A mixer that a task fills and its receiver reads. The std mutex is locked for one message or one
/// mix, never across an await.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedMixer(Arc<Mutex<Mixer>>);

impl SharedMixer {
    pub(super) fn lock(&self) -> MutexGuard<'_, Mixer> {
        // A panic leaves samples in it, whatever they are.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(mixer: &mut Mixer, channel: u32, sample: f32) {
        let bytes: Vec<u8> = sample.to_le_bytes().repeat(CHANNELS * 15 * FRAME_10MS);
        mixer.handle_audio(channel, &bytes);
    }

    /// The last sample of 30 ms.
    fn last(mixer: &mut Mixer) -> f32 {
        *mixer.mix(3).last().unwrap()
    }

    #[test]
    fn programs_add_up_to_full_scale() {
        let mut mixer = Mixer::default();
        assert!(last(&mut mixer).abs() < f32::EPSILON, "nothing plays");
        for (channel, sample, expect) in [(1, 0.5, 0.5), (2, 0.25, 0.75), (3, 0.5, 1.0)] {
            mixer.add(channel);
            write(&mut mixer, channel, sample);
            let mixed = last(&mut mixer);
            assert!((mixed - expect).abs() < 0.001, "{channel}: {mixed}");
        }
        mixer.remove(1);
        mixer.remove(3);
        assert!((last(&mut mixer) - 0.25).abs() < 0.001);
    }

    #[test]
    fn numbers_that_are_none_are_silence() {
        let mut mixer = Mixer::default();
        mixer.add(1);
        for sample in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            write(&mut mixer, 1, sample);
            assert!(mixer.mix(5).iter().all(|sample| *sample == 0.0));
        }
        mixer.handle_audio(1, &[1, 2, 3]);
        mixer.handle_audio(9, &[0; 64]);
        assert!(mixer.mix(16).iter().all(|sample| sample.is_finite()));
    }
}
