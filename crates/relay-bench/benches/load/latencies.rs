//! Latencies. All of them are kept, so every percentile is exact.

use std::{fmt, time::Duration};

#[derive(Debug, Default)]
pub(crate) struct Latencies {
    micros: Vec<u32>,
}

impl Latencies {
    pub(crate) fn add(&mut self, took: Duration) {
        self.micros
            .push(took.as_micros().try_into().unwrap_or(u32::MAX));
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.micros.extend(other.micros);
    }

    pub(crate) fn count(&self) -> usize {
        self.micros.len()
    }

    fn at(sorted: &[u32], share: f64) -> f64 {
        let place = (sorted.len() as f64 * share) as usize;
        let place = place.min(sorted.len().saturating_sub(1));
        f64::from(sorted.get(place).copied().unwrap_or(0)) / 1000.0
    }
}

/// In milliseconds.
impl fmt::Display for Latencies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let at = |share| Self::at(&sorted, share);
        write!(
            formatter,
            "p50 {:.2}, p99 {:.2}, p99.9 {:.2}, longest {:.1} ms",
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0)
        )
    }
}
