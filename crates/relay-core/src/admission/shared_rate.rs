//! Limits the messages that all sockets of one address or network send together.
//!
//! Invariant: no lock.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use gcra_limit::{Rate, SharedBucket};
use smallvec::SmallVec;

use super::address::Breadth;

/// An address may send as much as this number of sockets at full rate.
const FULL_RATE_SOCKETS: u32 = 20;

/// Rate and burst, equal for every address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedAllowance {
    /// The epoch of the buckets.
    start: Instant,
    rate: Rate,
}

/// Buckets of the networks of one socket, narrowest first. Empty without limits per address.
pub type SharedBuckets = SmallVec<[(Breadth, Arc<SharedBucket>); 1]>;

impl SharedAllowance {
    /// For sockets with `rate` messages per second and `burst` at once. `None` for a rate of 0: no
    /// limit.
    pub fn new(rate: u32, burst: u32, start: Instant) -> Option<Self> {
        let rate = Rate::new(
            rate.saturating_mul(FULL_RATE_SOCKETS),
            Duration::from_secs(1),
            burst.max(1).saturating_mul(FULL_RATE_SOCKETS),
        )?;
        Some(Self { start, rate })
    }

    /// Takes one token of a network's bucket.
    ///
    /// # Errors
    /// Time until the next token.
    pub fn take(
        self,
        bucket: &SharedBucket,
        breadth: Breadth,
        now: Instant,
    ) -> Result<(), Duration> {
        let since_epoch = now.saturating_duration_since(self.start);
        bucket.take_many(self.rate.times(breadth.times()), 1, since_epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_sends_as_much_as_twenty_sockets() {
        let start = Instant::now();
        let allowance = SharedAllowance::new(50, 200, start).unwrap();
        let bucket = SharedBucket::default();
        let at_once = (0..10_000)
            .take_while(|_| allowance.take(&bucket, Breadth::Host, start).is_ok())
            .count();
        assert_eq!(at_once, 4000);
        let wait = allowance.take(&bucket, Breadth::Host, start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(1));
        assert_eq!(allowance.take(&bucket, Breadth::Host, start + wait), Ok(()));
        let second = (1..=2000)
            .filter(|micros| {
                let now = start + wait + Duration::from_micros(500 * micros);
                allowance.take(&bucket, Breadth::Host, now).is_ok()
            })
            .count();
        assert_eq!(second, 1000);
    }

    #[test]
    fn wider_network_sends_more_but_not_for_each_address() {
        let start = Instant::now();
        let allowance = SharedAllowance::new(50, 200, start).unwrap();
        for (breadth, expect) in [
            (Breadth::Host, 4000),
            (Breadth::Site, 8000),
            (Breadth::Organization, 32_000),
        ] {
            let bucket = SharedBucket::default();
            let at_once = (0..100_000)
                .take_while(|_| allowance.take(&bucket, breadth, start).is_ok())
                .count();
            assert_eq!(at_once, expect, "{breadth:?}");
        }
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        assert_eq!(SharedAllowance::new(0, 200, Instant::now()), None);
    }
}
