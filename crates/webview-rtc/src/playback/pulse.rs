//! The sound server: PulseAudio, or PipeWire in its place.
//!
//! Invariant: `speakers` decides and has neither clock nor socket; `task` has both.

mod connection;
mod cushion;
mod format;
mod speaker;
mod speakers;
mod task;
mod volume;

pub(super) use task::Task;

use crate::audio::PIECE;

/// Channels of everything that is played.
const CHANNELS: usize = 2;
/// Samples of 10 ms.
const PIECE_SAMPLES: usize = CHANNELS * PIECE;
