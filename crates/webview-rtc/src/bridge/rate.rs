//! How often something may happen: the generic cell rate algorithm (ITU-T I.371).
//!
//! Invariant: over any span it lets pass at most the burst and the rate times that span.

use std::time::{Duration, Instant};

/// A rate with what may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Time in which one comes back.
    pub every: Duration,
    pub burst: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    rate: Rate,
    /// How far into the future it is spent.
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
        let spent = from + self.rate.every;
        if spent > now + self.rate.every * self.rate.burst.max(1) {
            return Verdict::Refuse;
        }
        self.spent_until = Some(spent);
        Verdict::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten a second, three at once; asked at each of these milliseconds.
    fn check(at: &[u64], expect_refused: &[usize]) {
        let start = Instant::now();
        let mut allowance = Allowance::new(Rate {
            every: Duration::from_millis(100),
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
    fn the_burst_passes_and_then_the_rate() {
        check(&[0, 0, 0], &[]);
        check(&[0, 0, 0, 0], &[3]);
        check(&[0, 0, 0, 50, 100, 100], &[3, 5]);
        check(&[0, 0, 0, 300, 300, 300, 300], &[6]);
    }
}
