//! A bucket of one owner. Its state is the instant at which it is full again.

use std::time::{Duration, Instant};

use crate::rate::{Rate, nanos};

/// The tokens of one sender. A new bucket is full.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bucket {
    spent_until: Option<Instant>,
}

impl Bucket {
    /// Takes one token.
    ///
    /// # Errors
    /// The time until the next token.
    pub fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        self.take_many(rate, 1, now)
    }

    /// Takes `count` tokens, or none. A count above the burst never passes.
    ///
    /// # Errors
    /// The time until `count` tokens are available.
    pub fn take_many(&mut self, rate: Rate, count: u64, now: Instant) -> Result<(), Duration> {
        let backlog = rate.charge(self.backlog(now), count)?;
        // Where the clock cannot say so late a time, the bucket counts as full.
        self.spent_until = now.checked_add(Duration::from_nanos(backlog));
        Ok(())
    }

    /// Returns a token. No effect on a full bucket.
    pub fn give_back(&mut self, rate: Rate) {
        self.spent_until = self
            .spent_until
            .and_then(|spent| spent.checked_sub(Duration::from_nanos(rate.cost(1))));
    }

    /// Whether there is a token, without taking it.
    ///
    /// # Errors
    /// The time until the next token.
    pub fn check(&self, rate: Rate, now: Instant) -> Result<(), Duration> {
        rate.charge(self.backlog(now), 1).map(|_| ())
    }

    /// The instant at which the bucket is full; `None` if it always was. The more tokens are taken,
    /// the later it is.
    #[must_use]
    pub fn spent_until(&self) -> Option<Instant> {
        self.spent_until
    }

    /// Whether the bucket is full.
    #[must_use]
    pub fn is_full(&self, now: Instant) -> bool {
        self.backlog(now) == 0
    }

    fn backlog(&self, now: Instant) -> u64 {
        self.spent_until
            .map_or(0, |spent| nanos(spent.saturating_duration_since(now)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Takes one token at each of these milliseconds. Expects the refused ones and their wait.
    fn check(count: u32, burst: u32, at: &[u64], expect_refused: &[(usize, u64)]) {
        let start = Instant::now();
        let rate = Rate::new(count, SECOND, burst).unwrap();
        let mut bucket = Bucket::default();
        let mut refused = Vec::new();
        for (index, millis) in at.iter().enumerate() {
            let now = start + Duration::from_millis(*millis);
            if let Err(wait) = bucket.take(rate, now) {
                refused.push((index, u64::try_from(wait.as_millis()).unwrap()));
            }
        }
        assert_eq!(refused, expect_refused, "{at:?}");
    }

    #[test]
    fn burst_passes_and_then_the_rate() {
        check(10, 3, &[0, 0, 0], &[]);
        check(10, 3, &[0, 0, 0, 0], &[(3, 100)]);
        check(10, 3, &[0, 0, 0, 50, 100, 100], &[(3, 50), (5, 100)]);
        check(10, 3, &[0, 0, 0, 300, 300, 300, 300], &[(6, 100)]);
        check(10, 1, &[0, 99, 100, 199, 200], &[(1, 1), (3, 1)]);
    }

    #[test]
    fn earlier_time_than_before_passes_no_more() {
        check(10, 1, &[200, 100, 0, 300], &[(1, 200), (2, 300)]);
    }

    #[test]
    fn returned_token_can_be_taken_again_once() {
        let now = Instant::now();
        let rate = Rate::new(10, SECOND, 2).unwrap();
        let mut bucket = Bucket::default();
        bucket.take(rate, now).unwrap();
        bucket.take(rate, now).unwrap();
        bucket.give_back(rate);
        assert_eq!(bucket.take(rate, now), Ok(()));
        assert!(bucket.take(rate, now).is_err());
        // It had come back by itself already.
        let later = now + SECOND;
        bucket.give_back(rate);
        bucket.take(rate, later).unwrap();
        bucket.take(rate, later).unwrap();
        assert!(bucket.take(rate, later).is_err());
    }

    #[test]
    fn many_tokens_are_taken_together_or_not_at_all() {
        let now = Instant::now();
        let rate = Rate::new(1000, SECOND, 500).unwrap();
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take_many(rate, 400, now), Ok(()));
        let wait = Duration::from_millis(100);
        assert_eq!(bucket.take_many(rate, 200, now), Err(wait));
        assert_eq!(bucket.take_many(rate, 100, now), Ok(()));
        assert_eq!(bucket.take_many(rate, 100, now + wait), Ok(()));
        assert!(bucket.take_many(rate, 501, now + 10 * wait).is_err());
    }

    #[test]
    fn check_takes_nothing() {
        let now = Instant::now();
        let rate = Rate::new(10, SECOND, 1).unwrap();
        let mut bucket = Bucket::default();
        assert_eq!(bucket.check(rate, now), Ok(()));
        assert!(bucket.is_full(now));
        bucket.take(rate, now).unwrap();
        let wait = Duration::from_millis(100);
        assert_eq!(bucket.check(rate, now), Err(wait));
        assert_eq!(bucket.spent_until(), Some(now + wait));
        assert!(!bucket.is_full(now));
        assert!(bucket.is_full(now + wait));
    }

    proptest! {
        #[test]
        fn any_span_passes_the_burst_and_the_rate_at_most(
            count in 1u32..5000,
            burst in 0u32..50,
            takes in proptest::collection::vec((0u64..5_000_000, 1u64..20), 1..200),
        ) {
            let start = Instant::now();
            let rate = Rate::new(count, SECOND, burst).unwrap();
            let mut bucket = Bucket::default();
            let mut now = start;
            let mut passed = Vec::new();
            for (micros, tokens) in takes {
                now += Duration::from_micros(micros) / 100;
                let wait = bucket.take_many(rate, tokens, now).err();
                if let Some(wait) = wait {
                    let mut later = bucket;
                    let fits = tokens <= u64::from(burst.max(1));
                    prop_assert_eq!(later.take_many(rate, tokens, now + wait).is_ok(), fits);
                } else {
                    passed.push((now, tokens));
                }
            }
            for (index, (first, _)) in passed.iter().enumerate() {
                let mut sum = 0;
                for (rounded, (last, tokens)) in passed[index..].iter().enumerate() {
                    sum += tokens;
                    let span = (*last - *first) + Duration::from_nanos(rounded as u64 + 1);
                    let most = f64::from(burst.max(1)) + f64::from(count) * span.as_secs_f64();
                    prop_assert!(sum as f64 <= most + 1e-6, "{} over {:?}", sum, span);
                }
            }
        }
    }
}
