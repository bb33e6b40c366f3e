//! Whether media arrives for a receiver. A remote track is muted while none does (W3C webrtc-pc,
//! 5.6.1).
//!
//! Invariant: each change is reported once.

use std::time::{Duration, Instant};

use crate::wire::request::SourceKind;

/// Video frames arrive many times per second.
const VIDEO_TIMEOUT: Duration = Duration::from_secs(2);
/// A silent sender (DTX) sends every 400 ms, some only every few seconds.
const AUDIO_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Flow {
    timeout: Duration,
    last: Option<Instant>,
}

/// A change to report to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowChange {
    Begins,
    Ends,
}

impl Flow {
    pub(super) fn new(kind: SourceKind) -> Self {
        Self {
            timeout: match kind {
                SourceKind::Audio => AUDIO_TIMEOUT,
                SourceKind::Video => VIDEO_TIMEOUT,
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

    /// The m-line does not receive any more.
    pub(super) fn stop(&mut self) -> Option<FlowChange> {
        self.last.take().map(|_| FlowChange::Ends)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.last.map(|last| last + self.timeout)
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
    fn flow_begins_with_the_first_arrival_and_ends_after_silence() {
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
    fn audio_has_a_longer_timeout() {
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
