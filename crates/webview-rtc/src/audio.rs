//! Audio: Opus and G.711 encoders for capture, an adaptive jitter buffer with their decoders for
//! playout.
//!
//! Invariant: no clock, no task, no socket. The playout clock pulls from a jitter buffer; the
//! capture clock drives an encoder. Time is an argument of both.

mod capture_clock;
mod decoder;
mod encoder;
mod g711;
mod jitter_buffer;
mod level;

#[cfg(test)]
mod simulation;

use crate::audio_codec::MEDIA_TIME_RATE_HZ;

pub use crate::audio_codec::AudioCodec;
pub use encoder::AudioEncoder;
pub(crate) use g711::{G711Encoder, Law};
pub use jitter_buffer::{AudioStatistics, JitterBuffer};
pub(crate) use level::linear_level;

/// In Hz, of capture and of playout.
pub const SAMPLE_RATE: u32 = MEDIA_TIME_RATE_HZ;

/// Samples per channel in one 10 ms frame, the unit of capture and playout.
pub const FRAME_10MS: usize = 480;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    Mono,
    Stereo,
}

impl Channels {
    /// `None` for a channel count other than 1 and 2.
    #[must_use]
    pub const fn from_count(count: u8) -> Option<Self> {
        match count {
            1 => Some(Self::Mono),
            2 => Some(Self::Stereo),
            _ => None,
        }
    }

    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }

    const fn codec(self) -> ropus::Channels {
        match self {
            Self::Mono => ropus::Channels::Mono,
            Self::Stereo => ropus::Channels::Stereo,
        }
    }
}

/// Duration in seconds of a number of samples per channel.
fn seconds(samples: u64) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}
