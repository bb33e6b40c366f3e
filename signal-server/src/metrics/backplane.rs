//! Counters of a cluster node.
//!
//! Invariant: registered only with Redis, so that every value has a meaning.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use super::{counter, gauge};

#[derive(Debug, Clone)]
pub(crate) struct BackplaneCounters {
    pub(crate) connected: IntGauge,
    pub(crate) reconnects: IntCounter,
    pub(crate) nodes: IntGauge,
    /// Messages from local to remote members, and the reverse.
    pub(crate) sent: IntCounter,
    pub(crate) received: IntCounter,
    pub(crate) joins_refused: IntCounter,
}

impl BackplaneCounters {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let messages = IntCounterVec::new(
            Opts::new(
                "snug_node_messages_total",
                "Messages between members on different nodes, as they went out and came in; sent \
                 counts again what is sent again.",
            ),
            &["direction"],
        )?;
        registry.register(Box::new(messages.clone()))?;
        Ok(Self {
            connected: gauge(
                registry,
                "snug_redis_connected",
                "1 while Redis is there, 0 while it is not.",
            )?,
            reconnects: counter(
                registry,
                "snug_redis_reconnects_total",
                "Connections to Redis that were made after one was lost.",
            )?,
            nodes: gauge(
                registry,
                "snug_nodes",
                "Nodes that are there, this one among them, as Redis last said.",
            )?,
            sent: messages.get_metric_with_label_values(&["sent"])?,
            received: messages.get_metric_with_label_values(&["received"])?,
            joins_refused: counter(
                registry,
                "snug_redis_joins_refused_total",
                "Joins refused because Redis was away.",
            )?,
        })
    }
}
