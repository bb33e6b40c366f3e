//! Latency of joins and messages, from the read frame to the frame given to the receiver's socket.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock where a frame reaches its socket"
)]
//!
//! Invariant: excludes the time in a backlog. Measures nothing without scraping.

use std::time::Instant;

use prometheus::{Histogram, HistogramOpts, Registry};
use relay_core::frame::{Frame, Measured};

/// In seconds. The first is longer than the time between two queues.
const LATENCY_BUCKETS_SECONDS: [f64; 14] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    5.0,
];

#[derive(Debug)]
pub(crate) struct Latencies(Option<Histograms>);

#[derive(Debug)]
struct Histograms {
    join: Histogram,
    relay: Histogram,
}

impl Latencies {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        Ok(Self(Some(Histograms {
            join: histogram(
                registry,
                "snug_join_duration_seconds",
                "From a join that was read to its answer given to the socket.",
            )?,
            relay: histogram(
                registry,
                "snug_relay_duration_seconds",
                "From a directed message that was read to the same given to its receiver's socket.",
            )?,
        })))
    }

    pub(super) fn off() -> Self {
        Self(None)
    }

    /// Observes a frame that the network accepts now.
    pub(crate) fn handle_written(&self, frame: &Frame) {
        let Some(histograms) = &self.0 else {
            return;
        };
        let (histogram, since) = match frame.measured() {
            Measured::Join(since) => (&histograms.join, since),
            Measured::Relayed(since) => (&histograms.relay, since),
            Measured::Not => return,
        };
        let took = Instant::now().saturating_duration_since(since);
        histogram.observe(took.as_secs_f64());
    }
}

fn histogram(registry: &Registry, name: &str, help: &str) -> prometheus::Result<Histogram> {
    let opts = HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS_SECONDS.to_vec());
    let histogram = Histogram::with_opts(opts)?;
    registry.register(Box::new(histogram.clone()))?;
    Ok(histogram)
}
