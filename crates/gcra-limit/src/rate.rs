//! A rate with its burst, and the algorithm itself.
//!
//! Invariant: a backlog never grows above the time of the burst, so in any span at most the burst
//! plus the rate times the span passes, but for a nanosecond of rounding each time.

use std::time::Duration;

/// 146 years: no wait ends after that.
const MAX_NANOS: u64 = u64::MAX / 4;

/// How many tokens pass on average, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// This many tokens return...
    count: u64,
    /// ...in this many nanoseconds.
    span: u64,
    /// Nanoseconds until an empty bucket is full.
    full: u64,
}

impl Rate {
    /// `count` tokens per `span`, and up to `burst` at once, at least one. `None` when `count` is 0:
    /// no limit.
    #[must_use]
    pub const fn new(count: u32, span: Duration, burst: u32) -> Option<Self> {
        if count == 0 {
            return None;
        }
        let rate = Self {
            count: count as u64,
            span: nanos(span),
            full: 0,
        };
        let burst = if burst == 0 { 1 } else { burst };
        Some(rate.with_burst(burst as u64))
    }

    /// `count` tokens per second, and at once as many as in the time `burst`. `None` when `count` is
    /// 0: no limit.
    #[must_use]
    pub const fn per_second(count: u64, burst: Duration) -> Option<Self> {
        if count == 0 {
            return None;
        }
        Some(Self {
            count,
            span: nanos(Duration::from_secs(1)),
            full: nanos(burst),
        })
    }

    /// One token per `interval`, and up to `burst` at once, at least one.
    #[must_use]
    pub const fn one_per(interval: Duration, burst: u32) -> Self {
        let burst = if burst == 0 { 1 } else { burst };
        let rate = Self {
            count: 1,
            span: nanos(interval),
            full: 0,
        };
        rate.with_burst(burst as u64)
    }

    /// Multiplies rate and burst.
    #[must_use]
    pub const fn times(self, times: u32) -> Self {
        let times = if times == 0 { 1 } else { times };
        Self {
            count: self.count.saturating_mul(times as u64),
            ..self
        }
    }

    /// Adds the time of `count` tokens to a backlog: the time until the bucket is full again.
    ///
    /// # Errors
    /// The time until `count` tokens are available.
    pub(crate) const fn charge(self, backlog: u64, count: u64) -> Result<u64, Duration> {
        let charged = backlog.saturating_add(self.cost(count));
        if charged > self.full {
            return Err(Duration::from_nanos(charged - self.full));
        }
        Ok(charged)
    }

    /// Nanoseconds until `count` tokens have returned. Not 0 for a token: nothing passes for free.
    pub(crate) const fn cost(self, count: u64) -> u64 {
        let cost = (count as u128).saturating_mul(self.span as u128) / self.count as u128;
        if cost > MAX_NANOS as u128 {
            MAX_NANOS
        } else if cost == 0 && count > 0 {
            1
        } else {
            cost as u64
        }
    }

    const fn with_burst(self, burst: u64) -> Self {
        // Each token of the burst is taken by itself, each rounded in the same way.
        let full = self.cost(1).saturating_mul(burst);
        let together = self.cost(burst);
        let full = if full > together { full } else { together };
        Self {
            full: if full > MAX_NANOS { MAX_NANOS } else { full },
            ..self
        }
    }
}

pub(crate) const fn nanos(span: Duration) -> u64 {
    let nanos = span.as_nanos();
    if nanos > MAX_NANOS as u128 {
        MAX_NANOS
    } else {
        nanos as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn count_of_zero_is_no_limit() {
        assert_eq!(Rate::new(0, SECOND, 5), None);
        assert_eq!(Rate::per_second(0, SECOND), None);
    }

    #[test]
    fn burst_of_zero_is_a_burst_of_one() {
        assert_eq!(Rate::new(10, SECOND, 0), Rate::new(10, SECOND, 1));
        assert_eq!(Rate::one_per(SECOND, 0), Rate::one_per(SECOND, 1));
    }

    #[test]
    fn multiple_has_the_rate_and_the_burst_several_times() {
        let rate = Rate::new(10, SECOND, 5).unwrap();
        assert_eq!(rate.times(3).cost(30), rate.cost(10));
        assert_eq!(rate.times(3).charge(0, 15), rate.charge(0, 5));
        assert!(rate.times(3).charge(0, 16).is_err());
        assert_eq!(rate.times(0), rate);
    }

    #[test]
    fn cost_is_rounded_for_all_tokens_together() {
        // A bit takes a third of a nanosecond.
        let rate = Rate::per_second(3_000_000_000, SECOND).unwrap();
        assert_eq!(rate.cost(12_000), 4_000);
        assert_eq!(rate.cost(1), 1);
        assert_eq!(rate.cost(0), 0);
    }

    #[test]
    fn burst_passes_at_once_where_an_interval_is_rounded() {
        for count in [3, 7, 50, 1_000_000_007, u32::MAX] {
            for burst in [1, 3, 1000, u32::MAX] {
                let rate = Rate::new(count, SECOND, burst).unwrap();
                assert!(
                    rate.charge(0, burst.into()).is_ok(),
                    "{count} a second, {burst} at once"
                );
            }
        }
    }

    #[test]
    fn largest_values_pass_once_and_do_not_panic() {
        let slow = Rate::new(1, Duration::MAX, u32::MAX).unwrap();
        assert!(slow.charge(0, 1).is_ok());
        assert!(slow.charge(1, 1).is_err());
        assert!(slow.charge(u64::MAX, u64::MAX).is_err());
        let quick = Rate::one_per(Duration::ZERO, 1).times(u32::MAX);
        assert!(quick.charge(0, 1).is_ok());
        assert!(quick.charge(1, 1).is_err());
    }
}
