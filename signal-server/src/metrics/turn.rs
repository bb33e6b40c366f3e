//! Counters of the TURN server.
//!
//! Invariant: a counter counts one kind of decision. Relayed bytes count the payload of each
//! datagram once.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use super::{counter, gauge};

#[derive(Debug)]
pub(crate) struct TurnCounters {
    pub(crate) to_peers: Direction,
    pub(crate) to_members: Direction,
    pub(crate) bindings: IntCounter,
    pub(crate) allocations: IntCounter,
    pub(crate) allocations_open: IntGauge,
    pub(crate) streams: IntCounter,
    pub(crate) refused: Refusals,
    pub(crate) dropped: Drops,
}

/// Relayed traffic in one direction.
#[derive(Debug)]
pub(crate) struct Direction {
    pub(crate) packets: IntCounter,
    pub(crate) bytes: IntCounter,
}

/// Requests that got an error or no answer.
#[derive(Debug)]
pub(crate) struct Refusals {
    /// Neither STUN nor channel data, or STUN that no client sends to a server.
    pub(crate) malformed: IntCounter,
    /// Wrong or expired credentials, or of a member that left. The first request of a client has
    /// none and is not counted.
    pub(crate) credentials: IntCounter,
    pub(crate) peer: IntCounter,
    pub(crate) quota: IntCounter,
    /// No free port or address.
    pub(crate) capacity: IntCounter,
    /// Any other invalid request.
    pub(crate) other: IntCounter,
    pub(crate) streams: IntCounter,
    /// TLS handshake failed or timed out.
    pub(crate) tls: IntCounter,
}

/// Dropped datagrams.
#[derive(Debug)]
pub(crate) struct Drops {
    pub(crate) member_bandwidth: IntCounter,
    pub(crate) total_bandwidth: IntCounter,
    /// No allocation, channel or permission.
    pub(crate) not_permitted: IntCounter,
    /// The peer has not answered a consent check.
    pub(crate) no_consent: IntCounter,
    /// The send buffer of the system or of a slow stream is full.
    pub(crate) congestion: IntCounter,
}

impl TurnCounters {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let family = |name, help, label| -> prometheus::Result<IntCounterVec> {
            let family = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(family.clone()))?;
            Ok(family)
        };
        let packets = family(
            "snug_turn_relayed_packets_total",
            "Datagrams that were relayed, by where they went.",
            "to",
        )?;
        let bytes = family(
            "snug_turn_relayed_bytes_total",
            "Bytes in those datagrams.",
            "to",
        )?;
        let relayed = |to| -> prometheus::Result<Direction> {
            Ok(Direction {
                packets: packets.get_metric_with_label_values(&[to])?,
                bytes: bytes.get_metric_with_label_values(&[to])?,
            })
        };
        let refused = family(
            "snug_turn_refused_total",
            "Requests and connections that the TURN server refused.",
            "reason",
        )?;
        let refused = |reason| refused.get_metric_with_label_values(&[reason]);
        let dropped = family(
            "snug_turn_dropped_packets_total",
            "Datagrams that were not relayed.",
            "reason",
        )?;
        let dropped = |reason| dropped.get_metric_with_label_values(&[reason]);
        Ok(Self {
            to_peers: relayed("peer")?,
            to_members: relayed("member")?,
            bindings: counter(
                registry,
                "snug_stun_bindings_total",
                "STUN requests that asked for the sender's own address.",
            )?,
            allocations: counter(
                registry,
                "snug_turn_allocations_opened_total",
                "TURN allocations that were made.",
            )?,
            allocations_open: gauge(
                registry,
                "snug_turn_allocations",
                "TURN allocations that are open.",
            )?,
            streams: counter(
                registry,
                "snug_turn_connections_opened_total",
                "TCP and TLS connections that the TURN server took.",
            )?,
            refused: Refusals {
                malformed: refused("malformed")?,
                credentials: refused("credentials")?,
                peer: refused("peer")?,
                quota: refused("quota")?,
                capacity: refused("capacity")?,
                other: refused("other")?,
                streams: refused("connections")?,
                tls: refused("tls")?,
            },
            dropped: Drops {
                member_bandwidth: dropped("member-bandwidth")?,
                total_bandwidth: dropped("total-bandwidth")?,
                not_permitted: dropped("not-permitted")?,
                no_consent: dropped("no-consent")?,
                congestion: dropped("congestion")?,
            },
        })
    }

    /// For tests; served nowhere.
    #[cfg(any(test, fuzzing))]
    #[allow(clippy::unwrap_used, reason = "names that are never registered twice")]
    pub(crate) fn unseen() -> Self {
        Self::new(&Registry::new()).unwrap()
    }
}
