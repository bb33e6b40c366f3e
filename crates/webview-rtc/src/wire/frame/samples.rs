//! Audio samples of a message: one or more audio frames of 10 ms.
//!
//! Invariant: at least one and at most [`MAX_AUDIO_FRAMES`] complete audio frames with one or two
//! channels, each of [`AUDIO_FRAME_SAMPLES`] samples per channel.

use super::FrameError;

/// In Hz.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples per channel in an audio frame of 10 ms.
pub const AUDIO_FRAME_SAMPLES: usize = 480;

/// Audio frames of 10 ms in one message.
pub const MAX_AUDIO_FRAMES: u16 = 16;

const SAMPLE_BYTES: usize = size_of::<f32>();

/// Interleaved 32-bit float samples, without alignment in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Samples<'a> {
    channels: u8,
    bytes: &'a [u8],
}

impl<'a> Samples<'a> {
    /// # Errors
    /// When `bytes` are not complete audio frames of one or two channels.
    pub fn read(channels: u8, bytes: &'a [u8]) -> Result<Self, FrameError> {
        if !matches!(channels, 1 | 2) {
            return Err(FrameError::NotAudioFrames);
        }
        let frame = frame_bytes(channels);
        let max_bytes = frame * usize::from(MAX_AUDIO_FRAMES);
        if bytes.is_empty() || !bytes.len().is_multiple_of(frame) || bytes.len() > max_bytes {
            return Err(FrameError::NotAudioFrames);
        }
        Ok(Self { channels, bytes })
    }

    /// The audio frames in order.
    pub fn frames(&self) -> impl Iterator<Item = Self> {
        let channels = self.channels;
        let frames = self.bytes.chunks_exact(frame_bytes(channels));
        frames.map(move |bytes| Self { channels, bytes })
    }

    #[must_use]
    pub fn channels(&self) -> u8 {
        self.channels
    }

    /// The samples. NaN and infinite samples become silence.
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

fn frame_bytes(channels: u8) -> usize {
    AUDIO_FRAME_SAMPLES * SAMPLE_BYTES * usize::from(channels)
}
