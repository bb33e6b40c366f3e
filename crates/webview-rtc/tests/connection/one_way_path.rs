//! One direction of a path: delay, jitter, loss and a bottleneck.
//!
//! Invariant: equal seeds and equal packets give equal results.

use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub(crate) struct OneWayPath {
    pub(crate) delay: Duration,
    /// Limit of the random extra delay. More than the interval of two packets reorders them.
    pub(crate) jitter: Duration,
    /// Share of dropped packets, 0 to 1.
    pub(crate) loss: f64,
    pub(crate) bottleneck: Option<Bottleneck>,
    random: Random,
}

#[derive(Debug, Clone)]
pub(crate) struct Bottleneck {
    /// In bits per second.
    pub(crate) rate: u64,
    /// A packet that would wait longer is dropped.
    pub(crate) queue: Duration,
    /// Bytes that a traffic shaper lets pass at once after a pause.
    pub(crate) burst: u64,
    free_at: Option<Instant>,
}

impl Bottleneck {
    pub(crate) fn new(rate: u64) -> Self {
        Self {
            rate,
            queue: Duration::from_millis(300),
            burst: 0,
            free_at: None,
        }
    }

    fn time_of(&self, bytes: u64) -> Duration {
        Duration::from_nanos(bytes * 8 * 1_000_000_000 / self.rate)
    }
}

impl OneWayPath {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            delay: Duration::from_millis(20),
            jitter: Duration::ZERO,
            loss: 0.0,
            bottleneck: None,
            random: Random(seed),
        }
    }

    /// Arrival time of a packet of `bytes`; `None` if it is dropped.
    pub(crate) fn pass(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        if self.random.next() < self.loss {
            return None;
        }
        let mut leaves = now;
        if let Some(bottleneck) = &mut self.bottleneck {
            let saved = now.checked_sub(bottleneck.time_of(bottleneck.burst));
            let free_at = bottleneck.free_at.max(saved).unwrap_or(now);
            if free_at.saturating_duration_since(now) > bottleneck.queue {
                return None;
            }
            // With the headers of UDP and IP.
            let passed = free_at + bottleneck.time_of(bytes as u64 + 28);
            bottleneck.free_at = Some(passed);
            leaves = passed.max(now);
        }
        Some(leaves + self.delay + self.jitter.mul_f64(self.random.next()))
    }
}

/// SplitMix64.
#[derive(Debug, Clone)]
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        f64::from(u32::try_from(mixed >> 32).unwrap()) / f64::from(u32::MAX)
    }
}
