//! Rate limiter: the generic cell rate algorithm (ITU-T I.371).
//!
//! Invariant: over any interval at most the burst plus the rate times the interval pass.

use std::time::{Duration, Instant};

/// A rate and its burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Interval of one event at the sustained rate.
    pub interval: Duration,
    pub burst: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    rate: Rate,
    /// Theoretical arrival time of the next event.
    spent_until: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    Refuse,
}

impl Allowance {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            spent_until: None,
        }
    }

    pub(crate) fn take(&mut self, now: Instant) -> Verdict {
        let from = self.spent_until.map_or(now, |spent| spent.max(now));
        let spent = from + self.rate.interval;
        if spent > now + self.rate.interval * self.rate.burst.max(1) {
            return Verdict::Refuse;
        }
        self.spent_until = Some(spent);
        Verdict::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten per second with a burst of three; one event at each of these milliseconds.
    fn check(at: &[u64], expect_refused: &[usize]) {
        let start = Instant::now();
        let mut allowance = Allowance::new(Rate {
            interval: Duration::from_millis(100),
            burst: 3,
        });
        let mut refused = Vec::new();
        for (index, millis) in at.iter().enumerate() {
            if allowance.take(start + Duration::from_millis(*millis)) == Verdict::Refuse {
                refused.push(index);
            }
        }
        assert_eq!(refused, expect_refused, "{at:?}");
    }

    #[test]
    fn burst_passes_and_then_the_rate() {
        check(&[0, 0, 0], &[]);
        check(&[0, 0, 0, 0], &[3]);
        check(&[0, 0, 0, 50, 100, 100], &[3, 5]);
        check(&[0, 0, 0, 300, 300, 300, 300], &[6]);
    }
}
