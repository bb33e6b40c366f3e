//! Sound: Opus on the way out, Opus and an adaptive jitter buffer on the way in.
//!
//! Invariant: no clock, no task, no socket. The sound card's clock drives a receiver by pulling
//! from it, the capture clock drives an encoder; both say what time it is.

mod capture_clock;
mod decoder;
mod encoder;
mod jitter_buffer;
mod level;

#[cfg(test)]
mod simulation;

pub use encoder::AudioEncoder;
pub use jitter_buffer::{AudioStatistics, JitterBuffer};

/// In Hz, everywhere: of the captured sound, of Opus' RTP clock (RFC 7587, 4.1), of what is played.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples a channel in one piece of captured sound or of sound to play: 10 ms.
pub const FRAME_10MS: usize = 480;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    Mono,
    Stereo,
}

impl Channels {
    /// `None` where sound of so many channels is not carried.
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

/// Seconds of so many samples a channel.
fn seconds(samples: u64) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}
