//! Bandwidth limit: a token bucket of bits that several tasks share without a lock.
//!
//! Invariant: pure. Over any period, at most the rate times the period plus `BURST` passes.

use std::time::{Duration, Instant};

use gcra_limit::{Rate, SharedBucket};

/// Burst size as time at the full rate. A key frame is many packets.
const BURST: Duration = Duration::from_millis(500);

/// What one member, or all together, may still relay.
#[derive(Debug)]
pub(crate) struct Bandwidth {
    /// In bits. `None` is no limit.
    rate: Option<Rate>,
    /// Time 0 of the bucket.
    start: Instant,
    bucket: SharedBucket,
}

impl Bandwidth {
    /// 0 means no limit.
    pub(crate) fn new(bits_per_second: u64, start: Instant) -> Self {
        Self {
            rate: Rate::per_second(bits_per_second, BURST),
            start,
            bucket: SharedBucket::default(),
        }
    }

    /// Whether `bytes` may be relayed now. If so, they count against the limit.
    pub(crate) fn take(&self, bytes: usize, now: Instant) -> bool {
        let Some(rate) = self.rate else {
            return true;
        };
        let bits = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(8);
        let since_start = now.saturating_duration_since(self.start);
        self.bucket.take_many(rate, bits, since_start).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends a packet of 1250 bytes (10 kbit) every `every_micros` for ten seconds. Expects the
    /// kbit that pass.
    fn check(bits_per_second: u64, every_micros: u64, expect_kbit: u64) {
        let start = Instant::now();
        let bandwidth = Bandwidth::new(bits_per_second, start);
        let passed = (0..10_000_000 / every_micros)
            .filter(|index| {
                let now = start + Duration::from_micros(index * every_micros);
                bandwidth.take(1250, now)
            })
            .count();
        assert_eq!(passed as u64 * 10, expect_kbit);
    }

    #[test]
    fn rate_and_burst_pass() {
        check(1_000_000, 10_000, 10_000);
        check(1_000_000, 1_000, 10_490);
        check(0, 1_000, 100_000);
    }

    #[test]
    fn packet_larger_than_the_burst_never_passes() {
        let start = Instant::now();
        let bandwidth = Bandwidth::new(8_000, start);
        assert!(!bandwidth.take(501, start));
        assert!(bandwidth.take(500, start));
    }
}
