//! What is put in place of sound that is not there, and whether it counts as concealed.
//!
//! Invariant: silence that was not sent (DTX) is no loss. Which of the two it was, the next
//! packet's sequence number says; until then the samples are undecided.

use super::{super::AudioStatistics, MILLISECOND};

/// Nobody waits longer for the packet that decides.
const UNDECIDED: u64 = 500 * MILLISECOND;

#[derive(Debug, Default)]
pub(super) struct Concealment {
    /// Since the last packet, without moving on in media time; in samples.
    waited: u64,
    undecided: u64,
    undecided_silent: u64,
    /// Whether the samples before were concealed too.
    going_on: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loudness {
    Audible,
    Silent,
}

impl Concealment {
    pub(super) fn waited(&self) -> u64 {
        self.waited
    }

    /// Takes from the time waited what a lost packet's gap accounts for.
    pub(super) fn take_waited(&mut self, most: u64) -> u64 {
        let taken = self.waited.min(most);
        self.waited = 0;
        taken
    }

    /// Concealed while nothing was there.
    pub(super) fn handle_wait(
        &mut self,
        samples: u64,
        loudness: Loudness,
        counters: &mut AudioStatistics,
    ) {
        self.waited += samples;
        self.undecided += samples;
        if loudness == Loudness::Silent {
            self.undecided_silent += samples;
        }
        if self.undecided >= UNDECIDED {
            self.handle_lost(counters);
        }
    }

    /// Concealed what is known to be lost.
    pub(super) fn handle_gap(
        &mut self,
        samples: u64,
        loudness: Loudness,
        counters: &mut AudioStatistics,
    ) {
        self.undecided += samples;
        if loudness == Loudness::Silent {
            self.undecided_silent += samples;
        }
        self.handle_lost(counters);
    }

    /// The undecided was loss, or came late.
    pub(super) fn handle_lost(&mut self, counters: &mut AudioStatistics) {
        if self.undecided == 0 {
            return;
        }
        counters.concealed_samples += self.undecided;
        counters.silent_concealed_samples += self.undecided_silent;
        if !self.going_on {
            counters.concealment_events += 1;
        }
        self.going_on = true;
        self.undecided = 0;
        self.undecided_silent = 0;
    }

    /// The undecided was silence.
    pub(super) fn handle_silence(&mut self) {
        *self = Self::default();
    }

    /// Real sound goes out again.
    pub(super) fn handle_sound(&mut self, counters: &mut AudioStatistics) {
        self.handle_lost(counters);
        *self = Self::default();
    }
}
