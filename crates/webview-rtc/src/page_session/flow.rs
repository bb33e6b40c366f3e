//! Whether anything arrives for a receiver (W3C webrtc-pc, 5.6.1: a remote track is muted while
//! nothing does).
//!
//! Invariant: it says each change once.

use std::time::{Duration, Instant};

use crate::wire::request::SourceKind;

/// Pictures come many times a second.
const VIDEO_SILENCE: Duration = Duration::from_secs(2);
/// A sender that is silent (DTX) still sends every 400 ms; some send only every few seconds.
const AUDIO_SILENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Flow {
    silence: Duration,
    last: Option<Instant>,
}

/// A change to tell the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowChange {
    Begins,
    Ends,
}

impl Flow {
    pub(super) fn new(kind: SourceKind) -> Self {
        Self {
            silence: match kind {
                SourceKind::Audio => AUDIO_SILENCE,
                SourceKind::Video => VIDEO_SILENCE,
            },
            last: None,
        }
    }

    pub(super) fn is_flowing(&self) -> bool {
        self.last.is_some()
    }

    pub(super) fn handle_arrival(&mut self, now: Instant) -> Option<FlowChange> {
        self.last
            .replace(now)
            .is_none()
            .then_some(FlowChange::Begins)
    }

    /// The line does not receive any more.
    pub(super) fn stop(&mut self) -> Option<FlowChange> {
        self.last.take().map(|_| FlowChange::Ends)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.last.map(|last| last + self.silence)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<FlowChange> {
        if self.poll_timeout()? > now {
            return None;
        }
        self.stop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Step {
        Arrival,
        Stop,
        Timeout,
    }

    fn check(kind: SourceKind, steps: &[(u64, Step, Option<FlowChange>)]) {
        let start = Instant::now();
        let mut flow = Flow::new(kind);
        for (index, (millis, step, expect)) in steps.iter().enumerate() {
            let now = start + Duration::from_millis(*millis);
            let change = match step {
                Step::Arrival => flow.handle_arrival(now),
                Step::Stop => flow.stop(),
                Step::Timeout => flow.handle_timeout(now),
            };
            assert_eq!(change, *expect, "step {index}");
        }
    }

    #[test]
    fn it_begins_with_the_first_arrival_and_ends_with_silence() {
        use FlowChange::{Begins, Ends};
        use Step::{Arrival, Stop, Timeout};
        check(
            SourceKind::Video,
            &[
                (0, Timeout, None),
                (0, Arrival, Some(Begins)),
                (1_000, Arrival, None),
                (2_999, Timeout, None),
                (3_000, Timeout, Some(Ends)),
                (9_000, Timeout, None),
                (9_500, Arrival, Some(Begins)),
                (9_600, Stop, Some(Ends)),
                (9_700, Stop, None),
            ],
        );
    }

    #[test]
    fn sound_may_be_silent_longer() {
        use FlowChange::{Begins, Ends};
        use Step::{Arrival, Timeout};
        check(
            SourceKind::Audio,
            &[
                (0, Arrival, Some(Begins)),
                (4_999, Timeout, None),
                (5_000, Timeout, Some(Ends)),
            ],
        );
    }
}
