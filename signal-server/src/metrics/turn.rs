//! Metrics of the TURN server, read from its own counters at each scrape.
//!
//! Invariant: a scrape changes nothing, so scrapes at the same time do not disturb each other.

use std::sync::Arc;

use prometheus::{
    IntCounter, IntCounterVec, IntGauge, Opts,
    core::{Collector, Desc},
    proto::MetricFamily,
};
use turn_server::{Counter, Counters};

#[derive(Debug)]
pub(super) struct TurnCollector {
    counters: Arc<Counters>,
    descriptions: Vec<Desc>,
}

/// A label's value, and the counter that it stands for.
type Labelled<'a> = (&'static str, &'a Counter);

impl TurnCollector {
    /// # Errors
    /// An invalid metric name: a bug in this program.
    pub(super) fn new(counters: Arc<Counters>) -> prometheus::Result<Self> {
        let metrics = read(&counters)?;
        let descriptions = metrics.iter().flat_map(|metric| metric.desc()).cloned();
        Ok(Self {
            descriptions: descriptions.collect(),
            counters,
        })
    }
}

impl Collector for TurnCollector {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // Cannot fail: the same names were accepted at the start.
        let metrics = read(&self.counters).unwrap_or_default();
        metrics.iter().flat_map(|metric| metric.collect()).collect()
    }
}

fn read(counters: &Counters) -> prometheus::Result<Vec<Box<dyn Collector>>> {
    let Counters {
        to_peers,
        to_members,
        bindings,
        allocations,
        allocations_open,
        streams,
        refused,
        dropped,
    } = counters;
    Ok(vec![
        by_label(
            "snug_turn_relayed_packets_total",
            "Datagrams that were relayed, by where they went.",
            "to",
            &[("peer", &to_peers.packets), ("member", &to_members.packets)],
        )?,
        by_label(
            "snug_turn_relayed_bytes_total",
            "Bytes in those datagrams.",
            "to",
            &[("peer", &to_peers.bytes), ("member", &to_members.bytes)],
        )?,
        by_label(
            "snug_turn_refused_total",
            "Requests and connections that the TURN server refused.",
            "reason",
            &[
                ("malformed", &refused.malformed),
                ("credentials", &refused.credentials),
                ("peer", &refused.peer),
                ("quota", &refused.quota),
                ("capacity", &refused.capacity),
                ("other", &refused.other),
                ("connections", &refused.streams),
                ("tls", &refused.tls),
            ],
        )?,
        by_label(
            "snug_turn_dropped_packets_total",
            "Datagrams that were not relayed.",
            "reason",
            &[
                ("member-bandwidth", &dropped.member_bandwidth),
                ("total-bandwidth", &dropped.total_bandwidth),
                ("not-permitted", &dropped.not_permitted),
                ("no-consent", &dropped.no_consent),
                ("congestion", &dropped.congestion),
            ],
        )?,
        counter(
            "snug_stun_bindings_total",
            "STUN requests that asked for the sender's own address.",
            bindings,
        )?,
        counter(
            "snug_turn_allocations_opened_total",
            "TURN allocations that were made.",
            allocations,
        )?,
        counter(
            "snug_turn_connections_opened_total",
            "TCP and TLS connections that the TURN server took.",
            streams,
        )?,
        gauge(
            "snug_turn_allocations",
            "TURN allocations that are open.",
            allocations_open.get(),
        )?,
    ])
}

fn by_label(
    name: &str,
    help: &str,
    label: &str,
    values: &[Labelled<'_>],
) -> prometheus::Result<Box<dyn Collector>> {
    let family = IntCounterVec::new(Opts::new(name, help), &[label])?;
    for (value, counter) in values {
        family
            .get_metric_with_label_values(&[value])?
            .inc_by(counter.get());
    }
    Ok(Box::new(family))
}

fn counter(name: &str, help: &str, counter: &Counter) -> prometheus::Result<Box<dyn Collector>> {
    let metric = IntCounter::new(name, help)?;
    metric.inc_by(counter.get());
    Ok(Box::new(metric))
}

fn gauge(name: &str, help: &str, value: u64) -> prometheus::Result<Box<dyn Collector>> {
    let metric = IntGauge::new(name, help)?;
    metric.set(i64::try_from(value).unwrap_or(i64::MAX));
    Ok(Box::new(metric))
}
