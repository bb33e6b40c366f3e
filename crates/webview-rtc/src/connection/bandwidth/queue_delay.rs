//! Detects a standing queue on the path and limits the bitrate until it has drained.
//!
//! A full queue is invisible to the estimator of str0m: the delay no longer grows and few packets are
//! lost. But every packet waits in it, so audio is late. While round trips stay above the minimum of
//! the last seconds, the limit is below the delivered rate, until the queue is empty. Then the limit
//! grows in small steps. At a rate that filled the path before, one late round trip is enough.
//!
//! Invariant: pure. The limit is at least half of the estimate, because a longer round trip may also
//! mean a longer route.

use std::{
    collections::VecDeque,
    ops::Range,
    time::{Duration, Instant},
};

use super::{Observed, send_rate::SendRate};
use crate::windowed_min::WindowedMin;

/// The minimum round trip is taken over the last one to two of these.
const MIN_WINDOW: Duration = Duration::from_secs(8);
/// Of this many round trips the shortest counts: a frame is a burst of packets, not a queue.
const BURST_ROUND_TRIPS: usize = 3;
/// At the start of a call both computers are busy and answer late: nothing is judged.
const START_INTERVAL: Duration = Duration::from_secs(5);
/// A round trip this much above the minimum is late.
const LATE_THRESHOLD: Duration = Duration::from_millis(60);
/// With round trips less than this above the minimum the queue is empty.
const EMPTY_THRESHOLD: Duration = Duration::from_millis(25);
/// A sender that uses less than this share of its limit did not cause the queue.
const MIN_USED_SHARE: f64 = 0.5;
/// The limit is this share of the delivered rate, so that a standing queue can drain.
const DRAIN_SHARE: f64 = 0.85;
/// Time until a lower limit shows in the round trips.
const REACTION_TIME: Duration = Duration::from_millis(800);
const MIN_SHARE_OF_ESTIMATE: f64 = 0.5;
/// Growth of the limit per observation, of which there are ten a second.
const GROWTH: f64 = 1.0075;
/// Around the rate that filled the path, as shares of it, the limit grows slowly.
const NEAR_FULL: Range<f64> = 0.93..1.1;
const NEAR_FULL_GROWTH: f64 = 1.0015;
/// Above that range the limit grows only while at least this share of it is used: it does not grow
/// while application-limited.
const MIN_USED_SHARE_TO_GROW: f64 = 0.75;
const ABOVE_FULL_GROWTH: f64 = 1.003;
/// An estimate this many times the rate that filled the path means a wider path. A smaller ratio may
/// be a traffic shaper that passes a few packets at once.
const WIDER_PATH_RATIO: f64 = 3.0;
const WIDER_PATH_GROWTH: f64 = 1.03;
/// A limit above this many times both the estimate and the rate that filled the path is removed. Both,
/// because an estimate also falls for a moment.
const REMOVE_LIMIT_RATIO: f64 = 1.6;
/// A new full rate is at least this share of the one before: video that needed little may have left a
/// part of the path unused.
const MIN_SHARE_OF_PREVIOUS: f64 = 0.85;
/// The send rate is a mean over this.
const MEAN_RATE_SPAN: Duration = Duration::from_millis(900);
/// A sudden rise of the send rate shows within this.
const SUDDEN_RATE_SPAN: Duration = Duration::from_millis(300);
/// From this share of the rate that filled the path on, it may be full again.
const FULL_AGAIN_SHARE: f64 = 0.8;

#[derive(Debug, Default)]
pub(super) struct QueueDelay {
    started: Option<Instant>,
    minimum: Option<WindowedMin<Duration>>,
    round_trips: VecDeque<Duration>,
    limit: Option<Limit>,
}

/// In bits a second.
#[derive(Debug, Clone, Copy)]
struct Limit {
    bits: f64,
    /// The rate that filled the path.
    full: f64,
    lowered: Instant,
}

impl QueueDelay {
    pub(super) fn handle_observed(
        &mut self,
        estimate: u64,
        observed: Observed,
        send_rate: &SendRate,
        now: Instant,
    ) {
        let Some(round_trip) = observed.round_trip else {
            return;
        };
        let started = *self.started.get_or_insert(now);
        if self.round_trips.len() == BURST_ROUND_TRIPS {
            self.round_trips.pop_front();
        }
        self.round_trips.push_back(round_trip);
        let minimum = self
            .minimum
            .get_or_insert_with(|| WindowedMin::new(MIN_WINDOW, round_trip, now));
        minimum.update(round_trip, now);
        let minimum = minimum.get();
        let burst_min = self.round_trips.iter().min().copied().unwrap_or_default();
        let is_late = |round_trip: Duration| round_trip.saturating_sub(minimum) > LATE_THRESHOLD;
        let has_started = now.saturating_duration_since(started) >= START_INTERVAL;
        let sent = |span| send_rate.rate(span, |sent| sent.total);
        let rate = sent(MEAN_RATE_SPAN);
        let delivered = rate * (1.0 - observed.loss);
        let full = if is_late(burst_min) {
            Some(delivered.max(self.full_rate() * MIN_SHARE_OF_PREVIOUS))
        } else if is_late(round_trip) && self.was_full_at(sent(SUDDEN_RATE_SPAN)) {
            // It may be a probe, which says nothing about a narrower path.
            Some(delivered.max(self.full_rate()))
        } else {
            None
        };
        if let Some(full) = full.filter(|_| has_started) {
            self.lower(estimate as f64, rate, full, now);
        } else if burst_min.saturating_sub(minimum) < EMPTY_THRESHOLD {
            self.grow(estimate as f64, rate);
        }
    }

    /// The part of the estimate that may be used.
    pub(super) fn limit(&self, estimate: u64) -> u64 {
        self.limit
            .map_or(estimate, |limit| estimate.min(limit.bits as u64))
    }

    /// When a standing queue was last detected.
    pub(super) fn full_at(&self) -> Option<Instant> {
        self.limit.map(|limit| limit.lowered)
    }

    /// The rate that filled the path; 0 while none did.
    fn full_rate(&self) -> f64 {
        self.limit.map_or(0.0, |limit| limit.full)
    }

    /// Whether about this rate filled the path before.
    fn was_full_at(&self, rate: f64) -> bool {
        self.limit
            .is_some_and(|limit| rate >= FULL_AGAIN_SHARE * limit.full)
    }

    fn lower(&mut self, estimate: f64, rate: f64, full: f64, now: Instant) {
        let due = |limit: Limit| now.saturating_duration_since(limit.lowered) >= REACTION_TIME;
        if !self.limit.is_none_or(due) {
            return;
        }
        if rate < MIN_USED_SHARE * self.limit(estimate as u64) as f64 {
            return;
        }
        let bits = (full * DRAIN_SHARE).max(estimate * MIN_SHARE_OF_ESTIMATE);
        self.limit = Some(Limit {
            bits: self.limit.map_or(bits, |before| before.bits.min(bits)),
            full,
            lowered: now,
        });
    }

    fn grow(&mut self, estimate: f64, rate: f64) {
        let Some(limit) = &mut self.limit else {
            return;
        };
        let part = limit.bits / limit.full;
        limit.bits *= if estimate > WIDER_PATH_RATIO * limit.full {
            WIDER_PATH_GROWTH
        } else if NEAR_FULL.contains(&part) {
            NEAR_FULL_GROWTH
        } else if part < NEAR_FULL.start {
            GROWTH
        } else if rate > MIN_USED_SHARE_TO_GROW * limit.bits {
            ABOVE_FULL_GROWTH
        } else {
            1.0
        };
        if limit.bits > REMOVE_LIMIT_RATIO * estimate.max(limit.full) {
            self.limit = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Sent, *};

    const ESTIMATE: u64 = 600_000;

    /// A path with ten observations a second and a send rate in bits per second.
    struct Path {
        queue: QueueDelay,
        send_rate: SendRate,
        now: Instant,
        sent: Sent,
        estimate: u64,
    }

    impl Path {
        fn new() -> Self {
            let mut path = Self {
                queue: QueueDelay::default(),
                send_rate: SendRate::default(),
                now: Instant::now(),
                sent: Sent::default(),
                estimate: ESTIMATE,
            };
            path.observe(500_000, &[20; 10 * 5]);
            path
        }

        fn observe(&mut self, rate: u64, round_trips: &[u64]) {
            for millis in round_trips {
                self.now += Duration::from_millis(100);
                self.sent.total += rate / 8 / 10;
                let observed = Observed {
                    estimate: Some(self.estimate),
                    round_trip: Some(Duration::from_millis(*millis)),
                    loss: 0.0,
                    sent: self.sent,
                };
                self.send_rate.handle_sent(self.sent, self.now);
                self.queue
                    .handle_observed(self.estimate, observed, &self.send_rate, self.now);
            }
        }

        fn limit(&self) -> u64 {
            self.queue.limit(self.estimate)
        }
    }

    #[test]
    fn bursts_and_jitter_are_not_a_queue() {
        let mut path = Path::new();
        path.observe(500_000, &[20, 200, 160, 30, 120, 75, 140, 60, 180, 25]);
        assert_eq!(path.limit(), ESTIMATE);
        path.observe(500_000, &[75; 20]);
        assert_eq!(path.limit(), ESTIMATE);
    }

    #[test]
    fn limit_stays_low_until_the_queue_is_empty() {
        let mut path = Path::new();
        path.observe(500_000, &[60, 90, 120]);
        assert_eq!(path.limit(), ESTIMATE);
        path.observe(500_000, &[150]);
        assert_eq!(path.limit(), 425_000);
        // The queue needs time to drain.
        path.observe(425_000, &[160, 140, 120]);
        assert_eq!(path.limit(), 425_000);
        path.observe(425_000, &[50, 50, 50, 50]);
        assert_eq!(path.limit(), 425_000);
        path.observe(425_000, &[20; 5]);
        let soon = path.limit();
        assert!((435_000..465_000).contains(&soon), "{soon}");
    }

    #[test]
    fn limit_grows_slowly_near_full_and_above_while_used() {
        let mut path = Path::new();
        path.observe(500_000, &[180; 5]);
        path.observe(450_000, &[20; 10 * 8]);
        let near = path.limit();
        assert!((480_000..530_000).contains(&near), "{near}");
        path.observe(200_000, &[20; 10 * 60]);
        let unused = path.limit();
        assert!((545_000..555_000).contains(&unused), "{unused}");
        path.observe(500_000, &[20; 10 * 10]);
        assert_eq!(path.limit(), ESTIMATE);
    }

    #[test]
    fn one_late_round_trip_is_enough_at_a_known_full_rate() {
        let mut path = Path::new();
        path.observe(500_000, &[180; 5]);
        path.observe(200_000, &[20; 10 * 5]);
        let before = path.limit();
        path.observe(200_000, &[150]);
        assert!(path.limit() >= before, "{}", path.limit());
        path.observe(500_000, &[20, 20, 20]);
        path.observe(500_000, &[100]);
        let full = path.limit();
        assert!(full < before * 9 / 10, "{full} of {before}");
    }

    #[test]
    fn falling_estimate_does_not_forget_the_full_rate() {
        let mut path = Path::new();
        path.observe(500_000, &[180; 5]);
        path.estimate = 200_000;
        path.observe(150_000, &[20; 10 * 5]);
        path.estimate = ESTIMATE;
        let remembered = path.limit();
        assert!(remembered < ESTIMATE, "{remembered}");
    }

    #[test]
    fn longer_route_costs_half_and_only_for_a_while() {
        let mut path = Path::new();
        for _ in 0..10 * 7 {
            path.observe(path.limit(), &[150]);
        }
        assert_eq!(path.limit(), ESTIMATE / 2);
        for _ in 0..10 * 60 {
            path.observe(path.limit(), &[150]);
        }
        assert_eq!(path.limit(), ESTIMATE);
    }

    #[test]
    fn application_limited_or_starting_lowers_nothing() {
        let mut path = Path::new();
        path.observe(250_000, &[20; 10]);
        path.observe(250_000, &[200; 10]);
        assert_eq!(path.limit(), ESTIMATE);
        let mut beginning = Path::new();
        beginning.queue = QueueDelay::default();
        beginning.observe(500_000, &[20; 10]);
        beginning.observe(500_000, &[200; 10 * 3]);
        assert_eq!(beginning.limit(), ESTIMATE);
    }
}
