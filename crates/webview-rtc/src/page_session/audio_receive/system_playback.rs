//! A receiver's sound that the system's loudspeakers have: the page gets what they were given.
//!
//! Invariant: the page's clock is another than theirs; a page that is backlog loses the oldest.

use std::{collections::VecDeque, time::Duration};

use super::audio_frame::AudioFrame;

const MAX_COPIES: usize = 8;

#[derive(Debug, Default)]
pub(super) struct SystemPlayback {
    /// From here until it is heard.
    pub(super) latency: Duration,
    /// Given to them and not yet to the page.
    copies: VecDeque<AudioFrame>,
}

impl SystemPlayback {
    pub(super) fn keep(&mut self, pieces: Vec<AudioFrame>) {
        self.copies.extend(pieces);
        let most = self.copies.len().saturating_sub(MAX_COPIES);
        self.copies.drain(..most);
    }

    /// So many for the page, as far as there are.
    pub(super) fn take(&mut self, pieces: u16) -> Vec<AudioFrame> {
        let there = usize::from(pieces).min(self.copies.len());
        self.copies.drain(..there).collect()
    }
}
