//! Limits the messages that all sockets of one address or network send together.
//!
//! Invariant: no lock. A bucket is one atomic number (GCRA, ITU-T I.371).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use smallvec::SmallVec;

use super::address::Breadth;

/// An address may send as much as this number of sockets at full rate.
const FULL_RATE_SOCKETS: u32 = 20;

/// Rate and burst, equal for every address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedAllowance {
    /// The epoch of the buckets.
    start: Instant,
    /// Nanoseconds until one token returns.
    every: u64,
    /// Nanoseconds until an empty bucket is full.
    full: u64,
}

/// Buckets of the networks of one socket, narrowest first. Empty without limits per address.
pub type SharedBuckets = SmallVec<[(Breadth, Arc<SharedBucket>); 1]>;

/// Tokens are spent until this nanosecond after the epoch.
#[derive(Debug, Default)]
pub struct SharedBucket(AtomicU64);

impl SharedAllowance {
    /// For sockets with `rate` messages per second and `burst` at once. `None` for a rate of 0: no
    /// limit.
    pub fn new(rate: u32, burst: u32, start: Instant) -> Option<Self> {
        let every = Duration::from_secs(1).checked_div(rate.saturating_mul(FULL_RATE_SOCKETS))?;
        let full = every * burst.max(1).saturating_mul(FULL_RATE_SOCKETS);
        Some(Self {
            start,
            every: nanos(every),
            full: nanos(full),
        })
    }
}

impl SharedBucket {
    /// Takes one token.
    ///
    /// # Errors
    /// Time until the next token.
    pub fn take(
        &self,
        allowance: SharedAllowance,
        breadth: Breadth,
        now: Instant,
    ) -> Result<(), Duration> {
        let every = allowance.every / u64::from(breadth.times());
        let now = nanos(now.saturating_duration_since(allowance.start));
        let spend = |spent: u64| spent.max(now).saturating_add(every);
        let most = now.saturating_add(allowance.full);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |spent| {
                Some(spend(spent)).filter(|spent| *spent <= most)
            })
            .map(|_| ())
            .map_err(|spent| Duration::from_nanos(spend(spent) - most))
    }
}

fn nanos(span: Duration) -> u64 {
    span.as_nanos().try_into().unwrap_or(u64::MAX / 4)
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
            .take_while(|_| bucket.take(allowance, Breadth::Host, start).is_ok())
            .count();
        assert_eq!(at_once, 4000);
        let wait = bucket.take(allowance, Breadth::Host, start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(1));
        assert_eq!(bucket.take(allowance, Breadth::Host, start + wait), Ok(()));
        let second = (1..=2000)
            .filter(|micros| {
                let now = start + wait + Duration::from_micros(500 * micros);
                bucket.take(allowance, Breadth::Host, now).is_ok()
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
                .take_while(|_| bucket.take(allowance, breadth, start).is_ok())
                .count();
            assert_eq!(at_once, expect, "{breadth:?}");
        }
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        assert_eq!(SharedAllowance::new(0, 200, Instant::now()), None);
    }
}
