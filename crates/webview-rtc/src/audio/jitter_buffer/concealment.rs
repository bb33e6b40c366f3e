//! Counts concealed samples: audio that was lost, late or not sent.
//!
//! Invariant: silence that was not sent (DTX) is not concealment. The sequence number of the next
//! packet tells loss from silence; until then the samples are undecided.

use super::{super::AudioStatistics, SAMPLES_PER_MS};

/// After this many undecided samples they count as lost.
const MAX_UNDECIDED_SAMPLES: u64 = 500 * SAMPLES_PER_MS;

#[derive(Debug, Default)]
pub(super) struct Concealment {
    /// Samples played since the last packet without an advance in media time.
    waited: u64,
    undecided: u64,
    undecided_silent: u64,
    /// Whether the previous samples were concealed too: one event, not two.
    is_ongoing: bool,
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

    /// Takes the part of the waited samples that belongs to the gap of a lost packet.
    pub(super) fn take_waited(&mut self, max: u64) -> u64 {
        let taken = self.waited.min(max);
        self.waited = 0;
        taken
    }

    /// Concealed while no packet was available.
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
        if self.undecided >= MAX_UNDECIDED_SAMPLES {
            self.handle_lost(counters);
        }
    }

    /// Concealed a packet that is known to be lost.
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

    /// The undecided samples were lost or late.
    pub(super) fn handle_lost(&mut self, counters: &mut AudioStatistics) {
        if self.undecided == 0 {
            return;
        }
        counters.concealed_samples += self.undecided;
        counters.silent_concealed_samples += self.undecided_silent;
        if !self.is_ongoing {
            counters.concealment_events += 1;
        }
        self.is_ongoing = true;
        self.undecided = 0;
        self.undecided_silent = 0;
    }

    /// The undecided samples were silence.
    pub(super) fn handle_silence(&mut self) {
        *self = Self::default();
    }

    /// Decoded audio plays again.
    pub(super) fn handle_decoded(&mut self, counters: &mut AudioStatistics) {
        self.handle_lost(counters);
        *self = Self::default();
    }
}
