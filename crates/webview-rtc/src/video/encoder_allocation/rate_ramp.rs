//! Rate ramp: how fast the bitrate of an encoder follows its target.
//!
//! Invariant: the bitrate falls at once and rises in steps. Small differences change nothing.

use std::time::{Duration, Instant};

const MIN_CHANGE_SHARE: f64 = 0.08;
const RISE_INTERVAL: Duration = Duration::from_millis(250);
/// Upper limit of one step.
const MAX_RISE_RATIO: f64 = 1.3;
/// A small difference is corrected after this.
const SETTLE_TIME: Duration = Duration::from_secs(1);
const MIN_SETTLE_SHARE: f64 = 0.02;

#[derive(Debug, Clone, Copy)]
pub(super) struct RateRamp {
    bitrate: u32,
    target: u32,
    changed_at: Instant,
}

impl RateRamp {
    pub(super) fn starting_at(bitrate: u32, now: Instant) -> Self {
        Self {
            bitrate,
            target: bitrate,
            changed_at: now,
        }
    }

    pub(super) fn bitrate(&self) -> u32 {
        self.bitrate
    }

    /// Moves the bitrate towards the target, as far as it may now.
    pub(super) fn handle_target(&mut self, target: u32, now: Instant) {
        self.target = target;
        let Some(due) = self.poll_timeout() else {
            return;
        };
        if now < due {
            return;
        }
        self.changed_at = now;
        let max = f64::from(self.bitrate) * MAX_RISE_RATIO;
        // One more, because the cast truncates.
        self.bitrate = target.min(max as u32 + 1);
    }

    /// When the bitrate may move on; `None` at the target.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let ratio = f64::from(self.target) / f64::from(self.bitrate.max(1));
        if ratio <= 1.0 - MIN_CHANGE_SHARE {
            return Some(self.changed_at);
        }
        if ratio >= 1.0 + MIN_CHANGE_SHARE {
            return Some(self.changed_at + RISE_INTERVAL);
        }
        if (ratio - 1.0).abs() >= MIN_SETTLE_SHARE {
            return Some(self.changed_at + SETTLE_TIME);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Targets in kbit/s at milliseconds, starting at 1000 kbit/s; expects the bitrates.
    fn check(at: &[(u64, u32)], expect: &[u32]) {
        let start = Instant::now();
        let mut rate_ramp = RateRamp::starting_at(1_000_000, start);
        let got: Vec<_> = at
            .iter()
            .map(|(millis, kilobits)| {
                rate_ramp.handle_target(kilobits * 1000, start + Duration::from_millis(*millis));
                rate_ramp.bitrate() / 1000
            })
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn bitrate_falls_at_once() {
        check(&[(1, 900), (2, 300)], &[900, 300]);
    }

    #[test]
    fn bitrate_rises_in_steps() {
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
    fn small_difference_changes_nothing() {
        check(
            &[(10, 950), (20, 1050), (900, 930), (1100, 1010), (1200, 960)],
            &[1000, 1000, 1000, 1000, 960],
        );
    }
}
