//! How much may be relayed: a token bucket of bytes that several tasks share without a lock.
//!
//! Invariant: over any span it lets pass at most the rate times that span, and `BURST` of it more.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// So much of a second may pass at once: key frames are many packets.
const BURST: Duration = Duration::from_millis(500);
const NANOS_A_SECOND: u64 = 1_000_000_000;

/// As the generic cell rate algorithm (ITU-T I.371): the moment until which all is spent.
#[derive(Debug)]
pub(super) struct Bandwidth {
    /// 0 is no limit.
    bits_a_second: u64,
    start: Instant,
    spent_until: AtomicU64,
}

impl Bandwidth {
    /// 0 is no limit.
    pub(super) fn new(bits_a_second: u64, start: Instant) -> Self {
        Self {
            bits_a_second,
            start,
            spent_until: AtomicU64::new(0),
        }
    }

    /// Whether so many bytes may be relayed now; then they count.
    pub(super) fn take(&self, bytes: usize, now: Instant) -> bool {
        if self.bits_a_second == 0 {
            return true;
        }
        let bits = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(8);
        let cost = bits.saturating_mul(NANOS_A_SECOND) / self.bits_a_second;
        let now = nanos(now.saturating_duration_since(self.start));
        let most = now + nanos(BURST);
        self.spent_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |spent| {
                let spent = spent.max(now).saturating_add(cost);
                (spent <= most).then_some(spent)
            })
            .is_ok()
    }
}

fn nanos(span: Duration) -> u64 {
    span.as_nanos().try_into().unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets of 1250 bytes (10 kbit), one each so many microseconds for ten seconds: how many
    /// kbit passed.
    fn check(bits_a_second: u64, every_micros: u64, expect_kbit: u64) {
        let start = Instant::now();
        let bandwidth = Bandwidth::new(bits_a_second, start);
        let passed = (0..10_000_000 / every_micros)
            .filter(|index| {
                let now = start + Duration::from_micros(index * every_micros);
                bandwidth.take(1250, now)
            })
            .count();
        assert_eq!(passed as u64 * 10, expect_kbit);
    }

    #[test]
    fn the_rate_and_half_a_second_of_it_pass() {
        check(1_000_000, 10_000, 10_000);
        check(1_000_000, 1_000, 10_490);
        check(0, 1_000, 100_000);
    }

    #[test]
    fn a_packet_larger_than_the_burst_never_passes() {
        let start = Instant::now();
        let bandwidth = Bandwidth::new(8_000, start);
        assert!(!bandwidth.take(501, start));
        assert!(bandwidth.take(500, start));
    }
}
