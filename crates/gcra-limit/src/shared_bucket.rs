//! A bucket that several tasks share. Its state is one atomic number.
//!
//! Invariant: no lock.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::rate::{Rate, nanos};

/// The tokens that several senders share. A new bucket is full.
///
/// Its time is counted from an epoch of the owner's choice, the same for all who take from it.
#[derive(Debug, Default)]
pub struct SharedBucket {
    /// Nanoseconds after the epoch.
    spent_until: AtomicU64,
}

impl SharedBucket {
    /// Takes `count` tokens, or none, at this time after the epoch. A count above the burst never
    /// passes.
    ///
    /// # Errors
    /// The time until `count` tokens are available.
    pub fn take_many(&self, rate: Rate, count: u64, since_epoch: Duration) -> Result<(), Duration> {
        let now = nanos(since_epoch);
        let charge = |spent: u64| rate.charge(spent.saturating_sub(now), count);
        self.spent_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |spent| {
                Some(now.saturating_add(charge(spent).ok()?))
            })
            .map(|_| ())
            .map_err(|spent| charge(spent).err().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::Bucket;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn tasks_together_pass_the_burst() {
        let rate = Rate::new(10, SECOND, 1000).unwrap();
        let bucket = SharedBucket::default();
        let take = || {
            (0..1000)
                .filter(|_| bucket.take_many(rate, 1, SECOND).is_ok())
                .count()
        };
        let passed: usize = thread::scope(|scope| {
            let tasks = [(); 4].map(|()| scope.spawn(take));
            tasks.map(|task| task.join().unwrap()).iter().sum()
        });
        assert_eq!(passed, 1000);
    }

    proptest! {
        #[test]
        fn shared_bucket_decides_as_a_bucket_does(
            count in 1u32..5000,
            burst in 0u32..50,
            takes in proptest::collection::vec((0u64..50_000, 0u64..60), 1..200),
        ) {
            let epoch = Instant::now();
            let rate = Rate::new(count, SECOND, burst).unwrap();
            let (mut bucket, shared) = (Bucket::default(), SharedBucket::default());
            let mut now = Duration::ZERO;
            for (micros, tokens) in takes {
                now += Duration::from_micros(micros);
                prop_assert_eq!(
                    shared.take_many(rate, tokens, now),
                    bucket.take_many(rate, tokens, epoch + now)
                );
            }
        }
    }
}
