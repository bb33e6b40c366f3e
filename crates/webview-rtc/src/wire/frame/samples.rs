//! 10 ms of sound as it lies in a message.
//!
//! Invariant: exactly [`SOUND_FRAMES`] samples for each of one or two channels.

use super::FrameError;

/// In Hz.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples of one channel in 10 ms.
pub const SOUND_FRAMES: usize = 480;

const SAMPLE_BYTES: usize = size_of::<f32>();

/// Interleaved samples of 32-bit floats, which need not be aligned in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Samples<'a> {
    channels: u8,
    bytes: &'a [u8],
}

impl<'a> Samples<'a> {
    /// # Errors
    /// When it is not 10 ms of one or two channels.
    pub fn read(channels: u8, bytes: &'a [u8]) -> Result<Self, FrameError> {
        let wanted = SOUND_FRAMES * SAMPLE_BYTES * usize::from(channels);
        if !matches!(channels, 1 | 2) || bytes.len() != wanted {
            return Err(FrameError::NotTenMilliseconds);
        }
        Ok(Self { channels, bytes })
    }

    #[must_use]
    pub fn channels(&self) -> u8 {
        self.channels
    }

    /// The samples; one that is no number is silence.
    pub fn iter(&self) -> impl Iterator<Item = f32> + 'a {
        let (samples, _) = self.bytes.as_chunks();
        samples.iter().map(|bytes| {
            let sample = f32::from_le_bytes(*bytes);
            if sample.is_finite() { sample } else { 0.0 }
        })
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}
