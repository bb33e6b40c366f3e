//! Exponential reconnect backoff with full jitter: clients of a restarted relay reconnect at
//! different times. Held to `crates/signal-protocol/testdata/client-cases.json`.

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
        between(most, input)
    }

    /// The relay has too much to do, also with this client: as after many tries.
    pub(super) fn overload_delay(&mut self, input: StepInput) -> Duration {
        self.tries = self.tries.saturating_add(1);
        between(MAX_DELAY, input)
    }

    /// A random delay after the relay announced its restart. Not a try.
    pub(super) fn restart_delay(input: StepInput) -> Duration {
        MAX_RESTART_DELAY.mul_f64(input.random)
    }

    pub(super) fn handle_session_ended(&mut self, lasted: Duration) {
        if lasted >= STABLE_AFTER {
            self.tries = 0;
        }
    }
}

fn between(most: Duration, input: StepInput) -> Duration {
    MIN_DELAY + (most - MIN_DELAY).mul_f64(input.random)
}
