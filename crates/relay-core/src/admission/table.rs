//! Token buckets for keys that clients choose.
//!
//! Invariant: bounded. A sweep drops full buckets. If too many remain, it drops those with the
//! fewest tokens spent; a client with that many addresses evades this limit.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use gcra_limit::{Bucket, Rate};

/// Below this size there is no sweep.
const MIN_SWEEP_BUCKETS: usize = 1024;
/// About 1 MB.
const MAX_BUCKETS: usize = 16 * 1024;

/// The key of a bucket.
pub(super) trait Key: Hash + Eq + Clone {
    /// Multiple of the rate of the table.
    fn times(&self) -> u32;
}

#[derive(Debug)]
pub(super) struct Table<K> {
    /// `None` is no limit.
    rate: Option<Rate>,
    buckets: HashMap<K, Bucket>,
    sweep_at: usize,
}

impl<K: Key> Table<K> {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        Self {
            rate,
            buckets: HashMap::new(),
            sweep_at: MIN_SWEEP_BUCKETS,
        }
    }

    /// Whether there is a token, without taking it.
    ///
    /// # Errors
    /// Time until the next token.
    pub(super) fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        match (self.rate, self.buckets.get(key)) {
            (Some(rate), Some(bucket)) => bucket.check(rate.times(key.times()), now),
            (Some(_) | None, _) => Ok(()),
        }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// Time until the next token.
    pub(super) fn take(&mut self, key: K, now: Instant) -> Result<(), Duration> {
        let Some(rate) = self.rate else {
            return Ok(());
        };
        if self.buckets.len() >= self.sweep_at {
            self.sweep(now);
        }
        let rate = rate.times(key.times());
        self.buckets.entry(key).or_default().take(rate, now)
    }

    /// Returns a token.
    pub(super) fn give_back(&mut self, key: &K) {
        if let (Some(rate), Some(bucket)) = (self.rate, self.buckets.get_mut(key)) {
            bucket.give_back(rate.times(key.times()));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.len()
    }

    fn sweep(&mut self, now: Instant) {
        self.buckets.retain(|_, bucket| !bucket.is_full(now));
        if self.buckets.len() > MAX_BUCKETS / 2 {
            self.forget_half();
        }
        self.sweep_at = (self.buckets.len() * 2).clamp(MIN_SWEEP_BUCKETS, MAX_BUCKETS);
    }

    fn forget_half(&mut self) {
        let mut spent: Vec<Option<Instant>> =
            self.buckets.values().map(Bucket::spent_until).collect();
        let middle = spent.len() / 2;
        let (_, least, _) = spent.select_nth_unstable(middle);
        let least = *least;
        let mut left = middle;
        self.buckets.retain(|_, bucket| {
            // Among equal buckets, drops only as many as needed.
            let goes = bucket.spent_until() <= least && left > 0;
            left -= usize::from(goes);
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Key for u32 {
        fn times(&self) -> u32 {
            1
        }
    }

    fn table(a_minute: u32) -> Table<u32> {
        Table::new(Rate::new(a_minute, Duration::from_secs(60), a_minute))
    }

    #[test]
    fn each_key_has_its_own_limit() {
        let now = Instant::now();
        let mut table = table(2);
        assert_eq!(table.take(1, now), Ok(()));
        assert_eq!(table.take(1, now), Ok(()));
        let wait = Duration::from_secs(30);
        assert_eq!(table.take(1, now), Err(wait));
        assert_eq!(table.check(&1, now), Err(wait));
        assert_eq!(table.check(&2, now), Ok(()));
        assert_eq!(table.take(1, now + wait), Ok(()));
    }

    #[test]
    fn full_buckets_are_dropped() {
        let start = Instant::now();
        let mut table = table(10);
        for key in 0..100_000 {
            let now = start + Duration::from_secs(key.into());
            assert_eq!(table.take(key, now), Ok(()));
        }
        assert!(table.len() <= MIN_SWEEP_BUCKETS, "{}", table.len());
    }

    #[test]
    fn million_keys_stay_bounded_and_busiest_is_kept() {
        // The table never exceeds its maximum and does not drop the key with the most tokens spent.
        let now = Instant::now();
        let mut table = table(10);
        for _ in 0..10 {
            table.take(u32::MAX, now).unwrap();
        }
        for key in 0..1_000_000 {
            assert_eq!(table.take(key, now), Ok(()));
            assert!(table.len() <= MAX_BUCKETS);
        }
        assert!(table.check(&u32::MAX, now).is_err());
    }

    #[test]
    fn no_allowance_is_no_limit_and_nothing_kept() {
        let now = Instant::now();
        let mut table = table(0);
        for _ in 0..1000 {
            assert_eq!(table.take(1, now), Ok(()));
        }
        assert_eq!(table.len(), 0);
    }
}
