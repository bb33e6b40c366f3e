//! Exponential reconnect backoff with full jitter: clients of a restarted relay reconnect at
//! different times.

use std::time::Duration;

use super::step_input::StepInput;

const MIN_DELAY: Duration = Duration::from_millis(500);
const MAX_DELAY: Duration = Duration::from_secs(15);
/// A session of at least this length resets the backoff.
const STABLE_AFTER: Duration = Duration::from_secs(10);
/// Upper bound of the random delay after a relay restart.
const MAX_RESTART_DELAY: Duration = Duration::from_secs(3);

/// The backoff state: attempts since the last stable session.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// Between 0.5 s and 1, 2, 4, 8, 15 s.
    pub(super) fn next_delay(&mut self, input: StepInput) -> Duration {
        let most = MIN_DELAY
            .saturating_mul(2_u32.saturating_pow(self.tries.saturating_add(1)))
            .min(MAX_DELAY);
        self.tries = self.tries.saturating_add(1);
        MIN_DELAY + (most - MIN_DELAY).mul_f64(input.random)
    }

    /// A random delay after the relay announced its restart.
    pub(super) fn restart_delay(input: StepInput) -> Duration {
        MAX_RESTART_DELAY.mul_f64(input.random)
    }

    pub(super) fn handle_session_ended(&mut self, lasted: Duration) {
        if lasted >= STABLE_AFTER {
            self.tries = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn delays_grow_to_fifteen_seconds_and_reset_when_stable() {
        let input = |random| StepInput {
            now: Instant::now(),
            random,
        };
        let mut backoff = Backoff::default();
        let longest: Vec<f64> = (0..7)
            .map(|_| backoff.next_delay(input(1.0)).as_secs_f64())
            .collect();
        assert_eq!(longest, [1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]);
        assert_eq!(backoff.next_delay(input(0.0)), MIN_DELAY);

        backoff.handle_session_ended(Duration::from_secs(9));
        assert_eq!(backoff.next_delay(input(1.0)), MAX_DELAY);
        backoff.handle_session_ended(STABLE_AFTER);
        assert_eq!(backoff.next_delay(input(1.0)), Duration::from_secs(1));
    }
}
