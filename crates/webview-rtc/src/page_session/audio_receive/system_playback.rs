//! Copies for the page of the audio frames that the system plays.
//!
//! Invariant: the queue is bounded. The clocks of page and system differ, so a page that is late
//! loses the oldest frames.

use std::{collections::VecDeque, time::Duration};

use super::audio_frame::AudioFrame;

const MAX_QUEUED_FRAMES: usize = 8;

#[derive(Debug, Default)]
pub(super) struct SystemPlayback {
    /// Delay until the audio is audible.
    pub(super) latency: Duration,
    /// Played by the system and not yet given to the page.
    frames: VecDeque<AudioFrame>,
}

impl SystemPlayback {
    pub(super) fn push(&mut self, frames: Vec<AudioFrame>) {
        self.frames.extend(frames);
        let excess = self.frames.len().saturating_sub(MAX_QUEUED_FRAMES);
        self.frames.drain(..excess);
    }

    /// Takes up to this number of frames for the page.
    pub(super) fn take(&mut self, frames: u16) -> Vec<AudioFrame> {
        let count = usize::from(frames).min(self.frames.len());
        self.frames.drain(..count).collect()
    }
}
