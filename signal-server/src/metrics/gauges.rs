//! Gauges: rooms, members, sockets and queues at the time of a scrape.
//!
//! Invariant: read on each scrape, so it costs nothing otherwise and is never stale.

use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};

use super::gauge;
use crate::outbox::Depth;

#[derive(Debug, Default)]
pub(crate) struct GaugeReadings {
    pub(crate) rooms: usize,
    pub(crate) present: usize,
    /// Members within the grace period.
    pub(crate) lost: usize,
    pub(crate) sockets: usize,
    /// Outbox size of every socket.
    pub(crate) queues: Vec<Depth>,
    /// Validity of the certificate, if there is one.
    pub(crate) days_left: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Gauges {
    rooms: IntGauge,
    present: IntGauge,
    lost: IntGauge,
    sockets: IntGauge,
    queued_messages: IntGauge,
    queued_bytes: IntGauge,
    longest_queue: IntGauge,
    /// Has no value without a certificate.
    days_left: IntGaugeVec,
}

impl Gauges {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let family = |name, help, labels: &[&str]| -> prometheus::Result<IntGaugeVec> {
            let family = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(family.clone()))?;
            Ok(family)
        };
        let members = family(
            "snug_members",
            "Members of rooms; lost: their socket is gone and their place is kept.",
            &["state"],
        )?;
        Ok(Self {
            rooms: gauge(registry, "snug_rooms", "Rooms with members.")?,
            present: members.get_metric_with_label_values(&["present"])?,
            lost: members.get_metric_with_label_values(&["lost"])?,
            sockets: gauge(registry, "snug_sockets", "Open WebSockets.")?,
            queued_messages: gauge(
                registry,
                "snug_queued_messages",
                "Messages that wait for their socket, in all.",
            )?,
            queued_bytes: gauge(
                registry,
                "snug_queued_bytes",
                "Bytes of the messages that wait for their socket, in all.",
            )?,
            longest_queue: gauge(
                registry,
                "snug_longest_queue_messages",
                "Messages that wait for the slowest socket.",
            )?,
            days_left: family(
                "snug_certificate_days_left",
                "Whole days for which the shown certificate is still valid.",
                &[],
            )?,
        })
    }

    pub(super) fn set(&self, readings: &GaugeReadings) {
        self.rooms.set(whole(readings.rooms));
        self.present.set(whole(readings.present));
        self.lost.set(whole(readings.lost));
        self.sockets.set(whole(readings.sockets));
        let queues = &readings.queues;
        let messages = queues.iter().map(|depth| depth.messages).sum();
        self.queued_messages.set(whole(messages));
        let bytes = queues.iter().map(|depth| depth.bytes).sum();
        self.queued_bytes.set(whole(bytes));
        let longest = queues.iter().map(|depth| depth.messages).max();
        self.longest_queue.set(whole(longest.unwrap_or(0)));
        if let Some(days) = readings.days_left
            && let Ok(gauge) = self.days_left.get_metric_with_label_values::<&str>(&[])
        {
            gauge.set(days.try_into().unwrap_or(i64::MAX));
        }
    }
}

fn whole(number: usize) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
