//! A token bucket stored as one instant: the generic cell rate algorithm (GCRA, ITU-T I.371).
//!
//! Invariant: in any span at most the burst plus the rate times the span passes.

use std::time::{Duration, Instant};

/// Rate and burst of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Time until one token returns.
    every: Duration,
    /// Time until an empty bucket is full.
    full: Duration,
}

impl Allowance {
    /// `count` a `span`, up to `burst` at once. `None` when `count` is 0: no limit.
    pub(super) fn new(count: u32, span: Duration, burst: u32) -> Option<Self> {
        let every = span.checked_div(count)?;
        Some(Self {
            every,
            full: every * burst.max(1),
        })
    }

    /// Multiplies rate and burst.
    pub(super) fn times(self, times: u32) -> Self {
        Self {
            every: self.every / times.max(1),
            full: self.full,
        }
    }
}

/// Tokens are spent until this instant.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bucket {
    spent_until: Option<Instant>,
}

impl Bucket {
    /// Takes one token.
    ///
    /// # Errors
    /// Time until the next token.
    pub(super) fn take(&mut self, allowance: Allowance, now: Instant) -> Result<(), Duration> {
        self.check(allowance, now)?;
        let from = self.spent_until.map_or(now, |spent| spent.max(now));
        self.spent_until = Some(from + allowance.every);
        Ok(())
    }

    /// Takes `count` tokens, or none. A count above the burst never passes.
    ///
    /// # Errors
    /// Time until `count` tokens are available.
    pub(super) fn take_many(
        &mut self,
        allowance: Allowance,
        count: u32,
        now: Instant,
    ) -> Result<(), Duration> {
        let from = self.spent_until.map_or(now, |spent| spent.max(now));
        let spent = from + allowance.every * count;
        let allowed = now + allowance.full;
        if spent > allowed {
            return Err(spent - allowed);
        }
        self.spent_until = Some(spent);
        Ok(())
    }

    /// Returns a token.
    pub(super) fn give_back(&mut self, allowance: Allowance) {
        self.spent_until = self
            .spent_until
            .and_then(|spent| spent.checked_sub(allowance.every));
    }

    /// Whether there is a token, without taking it.
    ///
    /// # Errors
    /// Time until the next token.
    pub(super) fn check(&self, allowance: Allowance, now: Instant) -> Result<(), Duration> {
        let spent = self.spent_until.map_or(now, |spent| spent.max(now)) + allowance.every;
        let allowed = now + allowance.full;
        if spent > allowed {
            return Err(spent - allowed);
        }
        Ok(())
    }

    /// The instant at which the bucket is full. A busier bucket has a later one.
    pub(super) fn spent_until(&self) -> Option<Instant> {
        self.spent_until
    }

    /// Whether the bucket is full.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.spent_until.is_none_or(|spent| spent <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes one token at each of these milliseconds; expects which were refused and the wait.
    fn check(count: u32, burst: u32, at: &[u64], expect_refused: &[(usize, u64)]) {
        let start = Instant::now();
        let allowance = Allowance::new(count, Duration::from_secs(1), burst).unwrap();
        let mut bucket = Bucket::default();
        let mut refused = Vec::new();
        for (index, millis) in at.iter().enumerate() {
            let now = start + Duration::from_millis(*millis);
            if let Err(wait) = bucket.take(allowance, now) {
                refused.push((index, u64::try_from(wait.as_millis()).unwrap()));
            }
        }
        assert_eq!(refused, expect_refused);
    }

    #[test]
    fn the_burst_passes_and_then_the_rate() {
        check(10, 3, &[0, 0, 0], &[]);
        check(10, 3, &[0, 0, 0, 0], &[(3, 100)]);
        check(10, 3, &[0, 0, 0, 50, 100, 100], &[(3, 50), (5, 100)]);
        check(10, 3, &[0, 0, 0, 300, 300, 300, 300], &[(6, 100)]);
        check(10, 1, &[0, 99, 100, 199, 200], &[(1, 1), (3, 1)]);
    }

    #[test]
    fn returned_token_can_be_taken_again_once() {
        let now = Instant::now();
        let allowance = Allowance::new(10, Duration::from_secs(1), 2).unwrap();
        let mut bucket = Bucket::default();
        bucket.take(allowance, now).unwrap();
        bucket.take(allowance, now).unwrap();
        bucket.give_back(allowance);
        assert_eq!(bucket.take(allowance, now), Ok(()));
        assert!(bucket.take(allowance, now).is_err());
        // It had come back by itself already.
        let later = now + Duration::from_secs(1);
        bucket.give_back(allowance);
        bucket.take(allowance, later).unwrap();
        bucket.take(allowance, later).unwrap();
        assert!(bucket.take(allowance, later).is_err());
    }

    #[test]
    fn many_tokens_are_taken_together_or_not_at_all() {
        let now = Instant::now();
        let allowance = Allowance::new(1000, Duration::from_secs(1), 500).unwrap();
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take_many(allowance, 400, now), Ok(()));
        let wait = Duration::from_millis(100);
        assert_eq!(bucket.take_many(allowance, 200, now), Err(wait));
        assert_eq!(bucket.take_many(allowance, 100, now), Ok(()));
        assert_eq!(bucket.take_many(allowance, 100, now + wait), Ok(()));
        assert!(bucket.take_many(allowance, 501, now + 10 * wait).is_err());
    }

    #[test]
    fn a_count_of_zero_is_no_limit() {
        assert_eq!(Allowance::new(0, Duration::from_secs(1), 5), None);
    }
}
