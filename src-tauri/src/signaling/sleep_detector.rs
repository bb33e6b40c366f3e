//! Detects that the computer slept: the wall clock advanced further than the program ran.
//!
//! Invariant: two readings decide. A wall clock set forward counts as sleep and costs one reconnect
//! with resume.

use std::time::{Duration, Instant, SystemTime};

/// Time between two checks.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// Minimum difference between wall time and run time that counts as sleep.
const MIN_SLEEP: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct SleepDetector {
    monotonic: Instant,
    wall: SystemTime,
}

impl SleepDetector {
    pub(super) const fn new(monotonic: Instant, wall: SystemTime) -> Self {
        Self { monotonic, wall }
    }

    /// Whether the computer slept since the last check. On systems whose monotonic clock counts
    /// sleep (Windows), a late check counts as sleep.
    pub(super) fn handle_check(&mut self, monotonic: Instant, wall: SystemTime) -> bool {
        let ran = monotonic.saturating_duration_since(self.monotonic);
        // A clock set back is no sleep.
        let passed = wall.duration_since(self.wall).unwrap_or_default();
        *self = Self::new(monotonic, wall);
        passed.saturating_sub(ran) > MIN_SLEEP || ran > CHECK_INTERVAL + MIN_SLEEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_a_jump_of_either_clock() {
        let check = |ran: u64, passed: i64, slept: bool| {
            let (monotonic, wall) = (Instant::now(), SystemTime::now());
            let mut sleep_detector = SleepDetector::new(monotonic, wall);
            let distance = Duration::from_secs(passed.unsigned_abs());
            let later = if passed < 0 {
                wall - distance
            } else {
                wall + distance
            };
            let result = sleep_detector.handle_check(monotonic + Duration::from_secs(ran), later);
            assert_eq!(result, slept, "ran {ran} s, wall clock {passed} s");
        };
        check(5, 5, false);
        check(5, 9, false);
        check(5, 3600, true);
        check(3600, 3600, true);
        check(5, -3600, false);
        check(9, 9, false);
    }
}
