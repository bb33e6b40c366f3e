//! Sound as it lies in a message: one piece of 10 ms or more.
//!
//! Invariant: at least one and at most [`MAX_PIECES`] whole pieces, each of [`SOUND_FRAMES`] samples
//! for each of one or two channels.

use super::FrameError;

/// In Hz.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples of one channel in 10 ms.
pub const SOUND_FRAMES: usize = 480;

/// Pieces of one message.
pub const MAX_PIECES: u16 = 16;

const SAMPLE_BYTES: usize = size_of::<f32>();

/// Interleaved samples of 32-bit floats, which need not be aligned in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Samples<'a> {
    channels: u8,
    bytes: &'a [u8],
}

impl<'a> Samples<'a> {
    /// # Errors
    /// When it is not whole pieces of one or two channels.
    pub fn read(channels: u8, bytes: &'a [u8]) -> Result<Self, FrameError> {
        if !matches!(channels, 1 | 2) {
            return Err(FrameError::NotPieces);
        }
        let piece = piece_bytes(channels);
        let longest = piece * usize::from(MAX_PIECES);
        if bytes.is_empty() || !bytes.len().is_multiple_of(piece) || bytes.len() > longest {
            return Err(FrameError::NotPieces);
        }
        Ok(Self { channels, bytes })
    }

    /// Each piece by itself, in order.
    pub fn pieces(&self) -> impl Iterator<Item = Self> {
        let channels = self.channels;
        let pieces = self.bytes.chunks_exact(piece_bytes(channels));
        pieces.map(move |bytes| Self { channels, bytes })
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

fn piece_bytes(channels: u8) -> usize {
    SOUND_FRAMES * SAMPLE_BYTES * usize::from(channels)
}
