//! Counters of the TURN server.
//!
//! Invariant: a counter counts one kind of decision, and only grows. Relayed bytes count the
//! payload of each datagram once. Counting takes no lock.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the server has done since its start. Read it at any time from any thread.
#[derive(Debug, Default)]
pub struct Counters {
    /// Relayed to peers.
    pub to_peers: Direction,
    /// Relayed to members.
    pub to_members: Direction,
    /// Answered STUN Binding requests.
    pub bindings: Counter,
    /// Allocations that were opened.
    pub allocations: Counter,
    /// Allocations that are open.
    pub allocations_open: Gauge,
    /// TCP and TLS connections that were accepted.
    pub streams: Counter,
    /// Requests and connections that were refused, by reason.
    pub refused: Refusals,
    /// Datagrams that were not relayed, by reason.
    pub dropped: Drops,
}

/// Relayed traffic in one direction.
// A cache line of its own: each datagram counts, and the other direction counts on other cores.
#[derive(Debug, Default)]
#[repr(align(64))]
pub struct Direction {
    /// Datagrams.
    pub packets: Counter,
    /// Bytes in these datagrams, without headers.
    pub bytes: Counter,
}

/// Requests that got an error or no answer, and connections that were closed.
#[derive(Debug, Default)]
pub struct Refusals {
    /// Neither STUN nor ChannelData, or STUN that no client sends to a server.
    pub malformed: Counter,
    /// Wrong or expired credentials, or of a member that is gone. The first request of a client has
    /// none and is not counted.
    pub credentials: Counter,
    /// The peer policy forbids the peer.
    pub peer: Counter,
    /// The member, or a network of its client, holds as many allocations as it may.
    pub quota: Counter,
    /// No free port or address.
    pub capacity: Counter,
    /// Any other invalid request.
    pub other: Counter,
    /// Connections over the limit.
    pub streams: Counter,
    /// TLS handshakes that failed or timed out.
    pub tls: Counter,
}

/// Datagrams that were not relayed.
#[derive(Debug, Default)]
pub struct Drops {
    /// Over the bandwidth of the member.
    pub member_bandwidth: Counter,
    /// Over the bandwidth of the server.
    pub total_bandwidth: Counter,
    /// No allocation, channel or permission.
    pub not_permitted: Counter,
    /// The peer has not answered a consent check.
    pub no_consent: Counter,
    /// The send buffer of the system or of a slow stream is full.
    pub congestion: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// A number of things that exist now.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Counter {
    /// The number so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn inc(&self) {
        self.inc_by(1);
    }

    pub(crate) fn inc_by(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }
}

impl Gauge {
    /// The number at the moment.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn inc(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Each call belongs to an earlier `inc`.
    pub(crate) fn dec(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
