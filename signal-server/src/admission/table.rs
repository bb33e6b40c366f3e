//! A bucket for each of many keys that strangers choose.
//!
//! Invariant: bounded. Full buckets are forgotten, and where even the others are too many, those
//! go that have given out least: whoever has so many addresses is held back by none of this.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use super::bucket::{Allowance, Bucket};

/// Below this many nobody looks for ones to forget.
const FEW: usize = 1024;
/// About a megabyte.
const MOST: usize = 16 * 1024;

/// What a bucket is kept for.
pub(super) trait Key: Hash + Eq + Clone {
    /// How many times the table's allowance it has.
    fn times(&self) -> u32;
}

#[derive(Debug)]
pub(super) struct Table<K> {
    /// `None` is no limit.
    allowance: Option<Allowance>,
    buckets: HashMap<K, Bucket>,
    sweep_at: usize,
}

impl<K: Key> Table<K> {
    pub(super) fn new(allowance: Option<Allowance>) -> Self {
        Self {
            allowance,
            buckets: HashMap::new(),
            sweep_at: FEW,
        }
    }

    /// Whether there is a token, without taking it.
    ///
    /// # Errors
    /// How long until there is one again.
    pub(super) fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        match (self.allowance, self.buckets.get(key)) {
            (Some(allowance), Some(bucket)) => bucket.check(allowance.times(key.times()), now),
            (Some(_) | None, _) => Ok(()),
        }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// How long until there is one again.
    pub(super) fn take(&mut self, key: K, now: Instant) -> Result<(), Duration> {
        let Some(allowance) = self.allowance else {
            return Ok(());
        };
        if self.buckets.len() >= self.sweep_at {
            self.sweep(now);
        }
        let allowance = allowance.times(key.times());
        self.buckets.entry(key).or_default().take(allowance, now)
    }

    /// One that was taken and not needed.
    pub(super) fn give_back(&mut self, key: &K) {
        if let (Some(allowance), Some(bucket)) = (self.allowance, self.buckets.get_mut(key)) {
            bucket.give_back(allowance.times(key.times()));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.len()
    }

    fn sweep(&mut self, now: Instant) {
        self.buckets.retain(|_, bucket| !bucket.is_full(now));
        if self.buckets.len() > MOST / 2 {
            self.forget_half();
        }
        self.sweep_at = (self.buckets.len() * 2).clamp(FEW, MOST);
    }

    fn forget_half(&mut self) {
        let mut spent: Vec<Option<Instant>> =
            self.buckets.values().map(Bucket::spent_until).collect();
        let middle = spent.len() / 2;
        let (_, least, _) = spent.select_nth_unstable(middle);
        let least = *least;
        let mut left = middle;
        self.buckets.retain(|_, bucket| {
            // Of those that have given out the same, no more go than must.
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
        Table::new(Allowance::new(a_minute, Duration::from_secs(60), a_minute))
    }

    #[test]
    fn keys_are_held_back_each_by_itself() {
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
    fn keys_that_have_everything_back_are_forgotten() {
        let start = Instant::now();
        let mut table = table(10);
        for key in 0..100_000 {
            let now = start + Duration::from_secs(key.into());
            assert_eq!(table.take(key, now), Ok(()));
        }
        assert!(table.len() <= FEW, "{}", table.len());
    }

    #[test]
    fn a_million_keys_at_once_are_no_more_than_most_and_the_worst_is_not_forgotten() {
        let now = Instant::now();
        let mut table = table(10);
        for _ in 0..10 {
            table.take(u32::MAX, now).unwrap();
        }
        for key in 0..1_000_000 {
            assert_eq!(table.take(key, now), Ok(()));
            assert!(table.len() <= MOST);
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
