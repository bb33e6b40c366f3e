//! Media time of captured sound: counts samples, and is held to the capture clock.
//!
//! Invariant: it goes on by whole pieces and jumps where the capture had a hole; it never goes
//! back, whatever the capture clock says.

use std::time::Duration;

use super::{FRAME_10MS, SAMPLE_RATE};

/// Capture times farther off than this are a hole; less is the jitter of the capture.
const HOLE: i64 = 2880;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuity {
    Whole,
    Hole,
}

#[derive(Debug)]
pub(super) struct CaptureClock {
    /// Media time of the next piece.
    next: u64,
    /// What the capture clock should say at it, in 1/256 samples, so that drift can be followed.
    expected: i64,
}

impl CaptureClock {
    pub(super) fn starting_at(capture: Duration) -> Self {
        let position = position(capture);
        Self {
            next: position.unsigned_abs(),
            expected: position << 8,
        }
    }

    /// The media time of the piece captured at `capture`.
    pub(super) fn advance(&mut self, capture: Duration) -> (u64, Continuity) {
        let error = position(capture) - (self.expected >> 8);
        let mut continuity = Continuity::Whole;
        if error > HOLE {
            self.next = self.next.saturating_add(error.unsigned_abs());
            self.expected += error << 8;
            continuity = Continuity::Hole;
        } else if error < -i64::from(SAMPLE_RATE) {
            // Another clock; media time goes on as it was.
            self.expected += error << 8;
        } else {
            // The card's clock drifts against the page's: follow within seconds.
            self.expected += error / 2;
        }
        let media_time = self.next;
        self.next = self.next.saturating_add(FRAME_10MS as u64);
        self.expected += (FRAME_10MS as i64) << 8;
        (media_time, continuity)
    }
}

/// In samples. A time beyond a hundred years is no capture time.
fn position(capture: Duration) -> i64 {
    let micros = capture.as_micros().min(1 << 52);
    i64::try_from(micros * 48 / 1000).unwrap_or(0)
}
