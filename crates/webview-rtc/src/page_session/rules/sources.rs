//! Tells the page whose media its receivers play.
//!
//! Invariant: one event for all receivers, at most every [`INTERVAL`].

use std::time::{Duration, Instant};

use super::Rules;
use crate::wire::event::Event;

const INTERVAL: Duration = Duration::from_millis(100);

impl Rules {
    /// After media was delivered.
    pub(super) fn update_sources(&mut self, now: Instant) {
        let is_recent = |at: Instant| now.saturating_duration_since(at) < INTERVAL;
        if self.sources_told_at.is_some_and(is_recent) {
            return;
        }
        let mut sources = self.audio_receive.take_sources();
        sources.extend(self.video_receive.take_sources());
        if sources.is_empty() {
            return;
        }
        self.sources_told_at = Some(now);
        self.push_event(Event::Sources { sources });
    }
}
