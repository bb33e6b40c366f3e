//! What the path carries of what has not been sent before, in bits a second.
//!
//! Invariant: never more than the stack's latest estimate. What the stack tells by itself is a mean
//! of three seconds, in which a path that has become narrow fills, and then stays full.

mod probing;
mod queue_delay;
mod send_rate;

use std::time::{Duration, Instant};

use self::{
    probing::{Probing, Wish},
    queue_delay::QueueDelay,
    send_rate::{SECOND, SendRate},
};

/// What is sent again takes this part of the path at most; there must be something that is new.
const MOST_REPAIRS: u64 = 2;

#[derive(Debug, Default)]
pub(super) struct Bandwidth {
    mean: Option<u64>,
    latest: Option<u64>,
    send_rate: SendRate,
    queue: QueueDelay,
    probing: Probing,
    wish: Wish,
    wanted: u64,
    told: Option<u64>,
}

/// What is known of the last moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    /// The stack's latest estimate, in bits a second.
    pub(super) estimate: Option<u64>,
    /// From a packet's sending to the word that it has come.
    pub(super) round_trip: Option<Duration>,
    /// 0 to 1, in the last second.
    pub(super) lost: f64,
    pub(super) sent: Sent,
}

/// Bytes in packets of RTP since the connection began. Like the stack's estimate, without headers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent {
    pub(super) all: u64,
    /// Those of them that had been sent before.
    pub(super) again: u64,
}

impl Bandwidth {
    /// As the stack estimates it; `None` before the first estimate.
    pub(super) fn estimate(&self) -> Option<u64> {
        let mean = self.mean?;
        Some(self.latest.map_or(mean, |latest| latest.min(mean)))
    }

    pub(super) fn bits(&self) -> Option<u64> {
        self.told
    }

    /// What would be sent if the path had no end, in bits a second.
    pub(super) fn set_wanted(&mut self, bits: u64) {
        self.wanted = bits;
    }

    /// What the stack is to be told that is wanted.
    pub(super) fn wish(&self) -> u64 {
        match self.wish {
            Wish::All => self.wanted,
            Wish::NoMoreThanThereIs => self.estimate().unwrap_or(self.wanted).min(self.wanted),
            Wish::Nothing => 0,
        }
    }

    /// Gives what the path carries, where that has changed.
    pub(super) fn handle_mean(&mut self, bits: u64) -> Option<u64> {
        self.mean = Some(bits);
        self.poll_change()
    }

    /// Gives what the path carries, where that has changed.
    pub(super) fn handle_observed(&mut self, observed: Observed, now: Instant) -> Option<u64> {
        self.latest = observed.estimate.or(self.latest);
        self.send_rate.handle_sent(observed.sent, now);
        if let Some(estimate) = self.estimate() {
            self.queue
                .handle_observed(estimate, observed, &self.send_rate, now);
            let full_at = self.queue.full_at();
            self.wish = self
                .probing
                .handle_observed(estimate, self.wanted, full_at, now);
        }
        self.poll_change()
    }

    fn poll_change(&mut self) -> Option<u64> {
        let carried = self.queue.limit(self.estimate()?);
        let repairs = self.send_rate.rate(SECOND, |sent| sent.again) as u64;
        let bits = carried - repairs.min(carried / MOST_REPAIRS);
        (self.told.replace(bits) != Some(bits)).then_some(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(estimate: u64, again: u64) -> Observed {
        Observed {
            estimate: Some(estimate),
            round_trip: None,
            lost: 0.0,
            sent: Sent {
                all: 10 * again,
                again,
            },
        }
    }

    #[test]
    fn it_falls_at_once_and_grows_with_the_mean() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::default();
        assert_eq!(bandwidth.handle_observed(observed(900, 0), now), None);
        assert_eq!(bandwidth.handle_mean(1000), Some(900));
        assert_eq!(bandwidth.handle_observed(observed(400, 0), now), Some(400));
        assert_eq!(bandwidth.handle_mean(800), None);
        assert_eq!(bandwidth.handle_mean(500), None);
        assert_eq!(bandwidth.handle_observed(observed(700, 0), now), Some(500));
        assert_eq!(bandwidth.handle_observed(observed(700, 0), now), None);
        assert_eq!(bandwidth.bits(), Some(500));
    }

    #[test]
    fn what_is_sent_again_is_taken_off_and_never_all() {
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
