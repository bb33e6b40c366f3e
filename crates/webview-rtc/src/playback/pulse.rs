//! Playback through the sound server: PulseAudio or PipeWire.
//!
//! Invariant: `playback_streams` decides and has neither clock nor socket; `task` has both.

mod buffer_target;
mod format;
mod playback_stream;
mod playback_streams;
mod task;
mod volume;

pub(super) use task::Task;

use crate::audio::FRAME_10MS;

/// Channels of the played audio.
const CHANNELS: usize = 2;
/// Samples of both channels in 10 ms.
const FRAME_10MS_SAMPLES: usize = CHANNELS * FRAME_10MS;
