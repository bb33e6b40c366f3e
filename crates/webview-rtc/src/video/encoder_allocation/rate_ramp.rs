//! How fast an encoder's bitrate follows what its members can take.
//!
//! Invariant: it falls at once and rises step by step; what hardly differs is no change.

use std::time::{Duration, Instant};

const CHANGE: f64 = 0.08;
const RISE_EVERY: Duration = Duration::from_millis(250);
/// By so much at most, every time.
const RISE: f64 = 1.3;
/// A small difference is made good after this.
const SETTLE: Duration = Duration::from_secs(1);
const HARDLY: f64 = 0.02;

#[derive(Debug, Clone, Copy)]
pub(super) struct RateRamp {
    bitrate: u32,
    wanted: u32,
    changed: Instant,
}

impl RateRamp {
    pub(super) fn starting_at(bitrate: u32, now: Instant) -> Self {
        Self {
            bitrate,
            wanted: bitrate,
            changed: now,
        }
    }

    pub(super) fn bitrate(&self) -> u32 {
        self.bitrate
    }

    /// Moves towards `wanted` as far as it may now.
    pub(super) fn handle_wish(&mut self, wanted: u32, now: Instant) {
        self.wanted = wanted;
        let Some(due) = self.poll_timeout() else {
            return;
        };
        if now < due {
            return;
        }
        self.changed = now;
        let most = f64::from(self.bitrate) * RISE;
        // The most is a little more than a `u32` was.
        self.bitrate = wanted.min(most as u32 + 1);
    }

    /// When it may move on; `None` where it is right.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let ratio = f64::from(self.wanted) / f64::from(self.bitrate.max(1));
        if ratio <= 1.0 - CHANGE {
            return Some(self.changed);
        }
        if ratio >= 1.0 + CHANGE {
            return Some(self.changed + RISE_EVERY);
        }
        if (ratio - 1.0).abs() >= HARDLY {
            return Some(self.changed + SETTLE);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wishes in kbit/s at milliseconds, beginning with 1000 kbit/s; expects what runs.
    fn check(at: &[(u64, u32)], expect: &[u32]) {
        let start = Instant::now();
        let mut pace = RateRamp::starting_at(1_000_000, start);
        let got: Vec<_> = at
            .iter()
            .map(|(millis, kilobits)| {
                pace.handle_wish(kilobits * 1000, start + Duration::from_millis(*millis));
                pace.bitrate() / 1000
            })
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn it_falls_at_once() {
        check(&[(1, 900), (2, 300)], &[900, 300]);
    }

    #[test]
    fn it_rises_step_by_step() {
        check(
            &[
                (100, 2000),
                (250, 2000),
                (300, 2000),
                (500, 2000),
                (750, 2000),
            ],
            &[1000, 1300, 1300, 1690, 2000],
        );
    }

    #[test]
    fn a_wobble_is_no_change() {
        check(
            &[(10, 950), (20, 1050), (900, 930), (1100, 1010), (1200, 960)],
            &[1000, 1000, 1000, 1000, 960],
        );
    }
}
