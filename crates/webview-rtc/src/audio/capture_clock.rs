//! Media time of captured audio: counts samples and follows the capture clock.
//!
//! Invariant: media time advances by whole frames, jumps forward at a capture gap, and never goes
//! back, even if the capture clock does.

use std::time::Duration;

use super::{FRAME_10MS, SAMPLE_RATE};

/// A larger difference of capture times is a gap; a smaller one is jitter of the capture.
const MIN_GAP_SAMPLES: i64 = 2880;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuity {
    Continuous,
    Gap,
}

#[derive(Debug)]
pub(super) struct CaptureClock {
    /// Media time of the next frame.
    next_media_time: u64,
    /// Expected capture time of the next frame, in 1/256 samples. The fraction follows clock drift.
    expected_capture: i64,
}

impl CaptureClock {
    pub(super) fn starting_at(capture: Duration) -> Self {
        let position = position(capture);
        Self {
            next_media_time: position.unsigned_abs(),
            expected_capture: position << 8,
        }
    }

    /// Media time of the frame captured at `capture`, and whether it follows the frame before.
    pub(super) fn advance(&mut self, capture: Duration) -> (u64, Continuity) {
        let error = position(capture) - (self.expected_capture >> 8);
        let mut continuity = Continuity::Continuous;
        if error > MIN_GAP_SAMPLES {
            self.next_media_time = self.next_media_time.saturating_add(error.unsigned_abs());
            self.expected_capture += error << 8;
            continuity = Continuity::Gap;
        } else if error < -i64::from(SAMPLE_RATE) {
            // A different clock: media time continues without a jump.
            self.expected_capture += error << 8;
        } else {
            // The sound card clock drifts against the page clock. Follows it within seconds.
            self.expected_capture += error / 2;
        }
        let media_time = self.next_media_time;
        self.next_media_time = self.next_media_time.saturating_add(FRAME_10MS as u64);
        self.expected_capture += (FRAME_10MS as i64) << 8;
        (media_time, continuity)
    }
}

/// In samples. Times beyond a hundred years are not capture times.
fn position(capture: Duration) -> i64 {
    let micros = capture.as_micros().min(1 << 52);
    i64::try_from(micros * 48 / 1000).unwrap_or(0)
}
