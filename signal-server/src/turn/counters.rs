//! What the TURN server has done, counted.
//!
//! Invariant: counts go up only, but for `allocations_open`; whoever reads them takes no lock.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.add(1);
    }

    pub(super) fn one_less(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Payload alone counts as relayed bytes, each datagram once.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) relayed_packets: Counter,
    pub(crate) relayed_bytes: Counter,
    pub(crate) bindings: Counter,
    pub(crate) allocations: Counter,
    /// The only one that also goes down.
    pub(crate) allocations_open: Counter,
    pub(crate) streams: Counter,
    pub(crate) refused: Refusals,
    pub(crate) dropped: Drops,
}

/// Requests that were answered by an error, or not at all.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// Neither STUN nor channel data, or STUN that nobody asks a server for.
    pub(crate) malformed: Counter,
    /// Wrong, expired or of somebody who has left. The first request of every client is one
    /// without credentials and is not counted.
    pub(crate) credentials: Counter,
    pub(crate) peer: Counter,
    pub(crate) quota: Counter,
    /// No port or address was to be had.
    pub(crate) capacity: Counter,
    /// Anything else that a well-behaved client does not ask.
    pub(crate) other: Counter,
    pub(crate) streams: Counter,
}

/// Datagrams that were not relayed.
#[derive(Debug, Default)]
pub(crate) struct Drops {
    pub(crate) member_bandwidth: Counter,
    pub(crate) total_bandwidth: Counter,
    /// Without allocation, channel or permission.
    pub(crate) not_permitted: Counter,
    /// The system or a slow stream took no more.
    pub(crate) congestion: Counter,
}
