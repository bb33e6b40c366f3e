//! Prometheus metrics of one relay.
//!
//! Invariant: each relay has its own registry. A count takes no lock and no memory: it is an atomic
//! addition to a counter that was created at start. Labels have fixed value sets.

mod backplane;
mod gauges;
mod label;
mod labelled;
mod latency;
mod turn;

use std::sync::Arc;

use prometheus::{Encoder, IntCounter, IntGauge, Opts, Registry, TextEncoder};
use signal_protocol::ErrorCode;
use turn_server::Counters;

pub(crate) use backplane::BackplaneCounters;
pub(crate) use gauges::GaugeReadings;
use gauges::Gauges;
pub(crate) use label::{Closed, Left, Limit, MessageType, NotConnected, NotUpgraded, Resume};
use labelled::Labelled;
use latency::Latencies;
use turn::TurnCollector;

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    /// Counted when read, before they are checked.
    pub(crate) messages: Labelled<MessageType>,
    pub(crate) errors: Labelled<ErrorCode>,
    pub(crate) limited: Labelled<Limit>,
    pub(crate) not_connected: Labelled<NotConnected>,
    pub(crate) not_upgraded: Labelled<NotUpgraded>,
    pub(crate) opened: IntCounter,
    pub(crate) closed: Labelled<Closed>,
    pub(crate) members_lost: IntCounter,
    pub(crate) members_gone: Labelled<Left>,
    pub(crate) resumes: Labelled<Resume>,
    pub(crate) latencies: Latencies,
    gauges: Gauges,
}

/// Whether Prometheus scrapes this relay. Without scraping there is no measurement that costs more
/// than a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scraping {
    Enabled,
    Disabled,
}

impl Metrics {
    /// # Errors
    /// A duplicate or invalid metric name: a bug in this program.
    pub(crate) fn new(scraping: Scraping) -> prometheus::Result<Self> {
        let registry = Registry::new();
        build_info(&registry)?;
        Ok(Self {
            messages: Labelled::new(
                &registry,
                "snug_messages_received_total",
                "Messages that clients sent, by their type on the wire.",
            )?,
            errors: Labelled::new(
                &registry,
                "snug_errors_total",
                "Error messages given to clients, on a socket or instead of one.",
            )?,
            limited: Labelled::new(
                &registry,
                "snug_rate_limited_total",
                "Messages not carried out because there were too many, by the limit.",
            )?,
            not_connected: Labelled::new(
                &registry,
                "snug_connections_refused_total",
                "TCP connections that ended before a request came.",
            )?,
            not_upgraded: Labelled::new(
                &registry,
                "snug_upgrades_refused_total",
                "Requests for a WebSocket that got none.",
            )?,
            opened: counter(
                &registry,
                "snug_sockets_opened_total",
                "WebSockets that were opened.",
            )?,
            closed: Labelled::new(
                &registry,
                "snug_sockets_closed_total",
                "WebSockets that ended, by what ended them; gone: the other side did.",
            )?,
            members_lost: counter(
                &registry,
                "snug_members_lost_total",
                "Members whose socket ended without leaving: their place is kept for the grace.",
            )?,
            members_gone: Labelled::new(
                &registry,
                "snug_members_gone_total",
                "Members that are no longer in their room.",
            )?,
            resumes: Labelled::new(
                &registry,
                "snug_resumes_total",
                "Joins that asked for a lost place, by whether it was still there.",
            )?,
            latencies: match scraping {
                Scraping::Enabled => Latencies::new(&registry)?,
                Scraping::Disabled => Latencies::off(),
            },
            gauges: Gauges::new(&registry)?,
            registry,
        })
    }

    /// Shows the counters of the TURN server.
    ///
    /// # Errors
    /// As `new`, also when it is asked for twice.
    pub(crate) fn watch_turn(&self, counters: Arc<Counters>) -> prometheus::Result<()> {
        let collector = TurnCollector::new(counters)?;
        self.registry.register(Box::new(collector))
    }

    /// Registers the counters of a cluster node.
    ///
    /// # Errors
    /// As `new`, also when it is asked for twice.
    pub(crate) fn backplane(&self) -> prometheus::Result<BackplaneCounters> {
        BackplaneCounters::new(&self.registry)
    }

    /// Prometheus' text format 0.0.4.
    pub(crate) fn render(&self, readings: &GaugeReadings) -> prometheus::Result<Vec<u8>> {
        self.gauges.set(readings);
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

fn build_info(registry: &Registry) -> prometheus::Result<()> {
    let opts = Opts::new("snug_build_info", "The version of this relay; always 1.")
        .const_label("version", env!("CARGO_PKG_VERSION"));
    let gauge = IntGauge::with_opts(opts)?;
    gauge.set(1);
    registry.register(Box::new(gauge))
}

fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    let counter = IntCounter::new(name, help)?;
    registry.register(Box::new(counter.clone()))?;
    Ok(counter)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    let gauge = IntGauge::new(name, help)?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}
