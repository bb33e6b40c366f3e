//! Notices that the computer slept: the wall clock went on while the program did not.
//!
//! Invariant: decides from two readings alone. A wall clock set forward looks like sleep and costs
//! one reconnect with resume, nothing more.

use std::time::{Duration, Instant, SystemTime};

/// Between two looks.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Wall time that passed beyond what the program saw pass.
const SLEPT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Watchdog {
    monotonic: Instant,
    wall: SystemTime,
}

impl Watchdog {
    pub(super) const fn new(monotonic: Instant, wall: SystemTime) -> Self {
        Self { monotonic, wall }
    }

    /// Whether the computer slept since the last look. On systems whose monotonic clock counts
    /// sleep (Windows) the late look itself tells.
    pub(super) fn handle_look(&mut self, monotonic: Instant, wall: SystemTime) -> bool {
        let ran = monotonic.saturating_duration_since(self.monotonic);
        // A clock that was set back is no sleep.
        let passed = wall.duration_since(self.wall).unwrap_or_default();
        *self = Self::new(monotonic, wall);
        passed.saturating_sub(ran) > SLEPT || ran > LOOK_EVERY + SLEPT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_shows_as_a_jump_of_either_clock() {
        let check = |ran: u64, passed: i64, slept: bool| {
            let (monotonic, wall) = (Instant::now(), SystemTime::now());
            let mut watchdog = Watchdog::new(monotonic, wall);
            let distance = Duration::from_secs(passed.unsigned_abs());
            let later = if passed < 0 {
                wall - distance
            } else {
                wall + distance
            };
            let result = watchdog.handle_look(monotonic + Duration::from_secs(ran), later);
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
