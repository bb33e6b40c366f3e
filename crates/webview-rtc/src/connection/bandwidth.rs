//! Available bitrate for new media, retransmissions excluded, in bits per second.
//!
//! str0m reports the mean of its last three seconds of estimates. A path that becomes narrow fills
//! its queue in that time and stays full, so the latest estimate counts too.
//!
//! Invariant: never more than the latest estimate of str0m.

mod probing;
mod queue_delay;
mod send_rate;

use std::time::{Duration, Instant};

use self::{
    probing::{ProbeTarget, Probing},
    queue_delay::QueueDelay,
    send_rate::{RATE_WINDOW, SendRate},
};

/// Retransmissions take at most 1/2 of the path, so that new media is always sent.
const MAX_RETRANSMIT_DIVISOR: u64 = 2;

#[derive(Debug, Default)]
pub(super) struct Bandwidth {
    mean: Option<u64>,
    latest: Option<u64>,
    send_rate: SendRate,
    queue_delay: QueueDelay,
    probing: Probing,
    probe_target: ProbeTarget,
    desired: u64,
    reported: Option<u64>,
}

/// What str0m measured of the path since the last observation. There are ten a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    /// The latest estimate of str0m, in bits per second.
    pub(super) estimate: Option<u64>,
    /// From sending a packet to the feedback that it arrived.
    pub(super) round_trip: Option<Duration>,
    /// Share of packets lost in the last second, 0 to 1.
    pub(super) loss: f64,
    pub(super) sent: Sent,
}

/// RTP bytes sent since the connection began, without headers, as in the estimate of str0m.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent {
    pub(super) total: u64,
    /// Of these, the retransmitted ones.
    pub(super) retransmitted: u64,
}

impl Bandwidth {
    /// The lesser of the mean and the latest estimate; `None` before the first one.
    pub(super) fn estimate(&self) -> Option<u64> {
        let mean = self.mean?;
        Some(self.latest.map_or(mean, |latest| latest.min(mean)))
    }

    /// The value reported last.
    pub(super) fn available(&self) -> Option<u64> {
        self.reported
    }

    /// Sets the bitrate that media would use on an unlimited path, in bits per second.
    pub(super) fn set_desired(&mut self, bits: u64) {
        self.desired = bits;
    }

    /// The desired bitrate to give to str0m, which probes while more is desired than estimated.
    pub(super) fn probe_bitrate(&self) -> u64 {
        match self.probe_target {
            ProbeTarget::Desired => self.desired,
            ProbeTarget::Estimate => self.estimate().unwrap_or(self.desired).min(self.desired),
            ProbeTarget::None => 0,
        }
    }

    /// Returns the available bitrate where it has changed.
    pub(super) fn handle_mean(&mut self, bits: u64) -> Option<u64> {
        self.mean = Some(bits);
        self.poll_change()
    }

    /// Returns the available bitrate where it has changed.
    pub(super) fn handle_observed(&mut self, observed: Observed, now: Instant) -> Option<u64> {
        self.latest = observed.estimate.or(self.latest);
        self.send_rate.handle_sent(observed.sent, now);
        if let Some(estimate) = self.estimate() {
            self.queue_delay
                .handle_observed(estimate, observed, &self.send_rate, now);
            let full_at = self.queue_delay.full_at();
            self.probe_target = self
                .probing
                .handle_observed(estimate, self.desired, full_at, now);
        }
        self.poll_change()
    }

    fn poll_change(&mut self) -> Option<u64> {
        let limited = self.queue_delay.limit(self.estimate()?);
        let retransmitted = self.send_rate.rate(RATE_WINDOW, |sent| sent.retransmitted) as u64;
        let bits = limited - retransmitted.min(limited / MAX_RETRANSMIT_DIVISOR);
        (self.reported.replace(bits) != Some(bits)).then_some(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(estimate: u64, retransmitted: u64) -> Observed {
        Observed {
            estimate: Some(estimate),
            round_trip: None,
            loss: 0.0,
            sent: Sent {
                total: 10 * retransmitted,
                retransmitted,
            },
        }
    }

    #[test]
    fn bitrate_falls_at_once_and_grows_with_the_mean() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::default();
        assert_eq!(bandwidth.handle_observed(observed(900, 0), now), None);
        assert_eq!(bandwidth.handle_mean(1000), Some(900));
        assert_eq!(bandwidth.handle_observed(observed(400, 0), now), Some(400));
        assert_eq!(bandwidth.handle_mean(800), None);
        assert_eq!(bandwidth.handle_mean(500), None);
        assert_eq!(bandwidth.handle_observed(observed(700, 0), now), Some(500));
        assert_eq!(bandwidth.handle_observed(observed(700, 0), now), None);
        assert_eq!(bandwidth.available(), Some(500));
    }

    #[test]
    fn retransmissions_take_half_of_the_bitrate_at_most() {
        let now = Instant::now();
        let later = now + Duration::from_millis(800);
        let mut bandwidth = Bandwidth::default();
        bandwidth.handle_mean(100_000);
        bandwidth.handle_observed(observed(100_000, 0), now);
        let repaired = bandwidth.handle_observed(observed(100_000, 2_000), later);
        assert_eq!(repaired, Some(84_000));
        let flooded = bandwidth.handle_observed(observed(100_000, 90_000), later);
        assert_eq!(flooded, Some(50_000));
        assert_eq!(bandwidth.estimate(), Some(100_000));
    }
}
