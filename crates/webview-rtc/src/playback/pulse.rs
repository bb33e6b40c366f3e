//! The sound server: PulseAudio, or PipeWire in its place.
//!
//! Invariant: `speakers` decides and has neither clock nor socket; `task` has both.

mod buffer_target;
mod connection;
mod format;
mod playback_stream;
mod playback_streams;
mod task;
mod volume;

pub(super) use task::Task;

use crate::audio::FRAME_10MS;

/// Channels of everything that is played.
const CHANNELS: usize = 2;
/// Samples of 10 ms.
const PIECE_SAMPLES: usize = CHANNELS * FRAME_10MS;
