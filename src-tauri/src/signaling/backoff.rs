//! How long to wait before the next try: full jitter, so that many clients of a restarted relay do
//! not come back at once.

use std::time::Duration;

use super::moment::Moment;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(15);
/// A visit that lasted this long was a success; the next loss starts over.
const STEADY: Duration = Duration::from_secs(10);
/// The relay said that it restarts: everybody comes back within this.
const RESTART: Duration = Duration::from_secs(3);

/// The tries since the last steady visit.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// Between 0.5 s and 1, 2, 4, 8, 15 s.
    pub(super) fn next_delay(&mut self, moment: Moment) -> Duration {
        let most = SHORTEST
            .saturating_mul(2_u32.saturating_pow(self.tries.saturating_add(1)))
            .min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        SHORTEST + (most - SHORTEST).mul_f64(moment.random)
    }

    /// The relay announced its restart.
    pub(super) fn restart_delay(moment: Moment) -> Duration {
        RESTART.mul_f64(moment.random)
    }

    pub(super) fn handle_visit_ended(&mut self, lasted: Duration) {
        if lasted >= STEADY {
            self.tries = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn delays_grow_to_fifteen_seconds_and_start_over_after_a_steady_visit() {
        let moment = |random| Moment {
            now: Instant::now(),
            random,
        };
        let mut backoff = Backoff::default();
        let longest: Vec<f64> = (0..7)
            .map(|_| backoff.next_delay(moment(1.0)).as_secs_f64())
            .collect();
        assert_eq!(longest, [1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]);
        assert_eq!(backoff.next_delay(moment(0.0)), SHORTEST);

        backoff.handle_visit_ended(Duration::from_secs(9));
        assert_eq!(backoff.next_delay(moment(1.0)), LONGEST);
        backoff.handle_visit_ended(STEADY);
        assert_eq!(backoff.next_delay(moment(1.0)), Duration::from_secs(1));
    }
}
