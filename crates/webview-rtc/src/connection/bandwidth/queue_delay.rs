//! Packets that stand in a queue somewhere on the way.
//!
//! A queue that is full tells the stack nothing: delay no longer grows, and hardly a packet is lost.
//! But all that is sent waits behind it, and sound comes late. So while round trips stay longer than
//! the quickest of the last seconds, less is sent than comes through, until the queue is gone; then
//! again more, little by little. Where the path was full at that rate before, one late answer will do.
//!
//! Invariant: pure. At least half of the estimate is left, as a way may have become longer for good.

use std::{
    collections::VecDeque,
    ops::Range,
    time::{Duration, Instant},
};

use super::{Observed, send_rate::SendRate};
use crate::windowed_min::WindowedMin;

/// What the quickest round trip is sought in: the last one to two of these.
const WINDOW: Duration = Duration::from_secs(8);
/// Observations of which the quickest counts: pictures come in bursts, and those are no queue.
const BURST: usize = 3;
/// While a call begins, both computers are busier than they will be, and answer late.
const BEGINNING: Duration = Duration::from_secs(5);
const STANDING: Duration = Duration::from_millis(60);
const GONE: Duration = Duration::from_millis(25);
/// Who uses less of the estimate than this does not stand in a queue of its own.
const OWN: f64 = 0.5;
/// Of what comes through.
const DRAIN: f64 = 0.85;
/// A queue takes so long to show that less is sent.
const PATIENCE: Duration = Duration::from_millis(800);
const LEAST: f64 = 0.5;
/// From one observation to the next, of which there are ten a second.
const GROWTH: f64 = 1.0075;
/// Of what filled the path; here it grows slowly.
const NEAR: Range<f64> = 0.93..1.1;
const NEAR_GROWTH: f64 = 1.0015;
/// Beyond, it grows only while so much of it is used: what nobody uses nobody knows.
const USED: f64 = 0.75;
const BEYOND_GROWTH: f64 = 1.003;
/// An estimate so far above what filled the path knows of a wider one. Less may be a shaper that lets
/// a few packets pass at once.
const FAR: f64 = 3.0;
const FAR_GROWTH: f64 = 1.03;
/// Of the estimate, or of what filled the path, as an estimate also falls for a moment; a limit beyond
/// is none.
const ENOUGH: f64 = 1.6;
/// A path that was full of pictures that needed little was wider than they.
const AT_ONCE: f64 = 0.85;
/// What is sent is the mean of this.
const MEAN: Duration = Duration::from_millis(900);
/// In which it shows that more is sent of a sudden.
const SOON: Duration = Duration::from_millis(300);
/// Of what filled the path; with so much it may be full again.
const FULL: f64 = 0.8;

#[derive(Debug, Default)]
pub(super) struct QueueDelay {
    began: Option<Instant>,
    quickest: Option<WindowedMin<Duration>>,
    round_trips: VecDeque<Duration>,
    limit: Option<Limit>,
}

/// In bits a second.
#[derive(Debug, Clone, Copy)]
struct Limit {
    bits: f64,
    /// What is known to fill the path.
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
        let began = *self.began.get_or_insert(now);
        if self.round_trips.len() == BURST {
            self.round_trips.pop_front();
        }
        self.round_trips.push_back(round_trip);
        let quickest = self
            .quickest
            .get_or_insert_with(|| WindowedMin::new(WINDOW, round_trip, now));
        quickest.see(round_trip, now);
        let quickest = quickest.get();
        let standing = self.round_trips.iter().min().copied().unwrap_or_default();
        let is_late = |round_trip: Duration| round_trip.saturating_sub(quickest) > STANDING;
        let has_begun = now.saturating_duration_since(began) >= BEGINNING;
        let sent = |span| send_rate.rate(span, |sent| sent.all);
        let rate = sent(MEAN);
        let came = rate * (1.0 - observed.lost);
        let full = if is_late(standing) {
            Some(came.max(self.known() * AT_ONCE))
        } else if is_late(round_trip) && self.was_full_at(sent(SOON)) {
            // It may be what is tried, so nobody learns of less by it.
            Some(came.max(self.known()))
        } else {
            None
        };
        if let Some(full) = full.filter(|_| has_begun) {
            self.lower(estimate as f64, rate, full, now);
        } else if standing.saturating_sub(quickest) < GONE {
            self.grow(estimate as f64, rate);
        }
    }

    /// What of the estimate may be used.
    pub(super) fn limit(&self, estimate: u64) -> u64 {
        self.limit
            .map_or(estimate, |limit| estimate.min(limit.bits as u64))
    }

    /// When a queue was last seen.
    pub(super) fn full_at(&self) -> Option<Instant> {
        self.limit.map(|limit| limit.lowered)
    }

    /// What is known to fill the path; nothing while none did.
    fn known(&self) -> f64 {
        self.limit.map_or(0.0, |limit| limit.full)
    }

    /// Whether nearly so much has filled the path before.
    fn was_full_at(&self, rate: f64) -> bool {
        self.limit.is_some_and(|limit| rate >= FULL * limit.full)
    }

    fn lower(&mut self, estimate: f64, rate: f64, full: f64, now: Instant) {
        let due = |limit: Limit| now.saturating_duration_since(limit.lowered) >= PATIENCE;
        if !self.limit.is_none_or(due) {
            return;
        }
        if rate < OWN * self.limit(estimate as u64) as f64 {
            return;
        }
        let bits = (full * DRAIN).max(estimate * LEAST);
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
        limit.bits *= if estimate > FAR * limit.full {
            FAR_GROWTH
        } else if NEAR.contains(&part) {
            NEAR_GROWTH
        } else if part < NEAR.start {
            GROWTH
        } else if rate > USED * limit.bits {
            BEYOND_GROWTH
        } else {
            1.0
        };
        if limit.bits > ENOUGH * estimate.max(limit.full) {
            self.limit = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Sent, *};

    const ESTIMATE: u64 = 600_000;

    /// Ten observations a second of a path on which so much is sent, in bits a second.
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
                self.sent.all += rate / 8 / 10;
                let observed = Observed {
                    estimate: Some(self.estimate),
                    round_trip: Some(Duration::from_millis(*millis)),
                    lost: 0.0,
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
    fn bursts_and_jitter_are_no_queue() {
        let mut path = Path::new();
        path.observe(500_000, &[20, 200, 160, 30, 120, 75, 140, 60, 180, 25]);
        assert_eq!(path.limit(), ESTIMATE);
        path.observe(500_000, &[75; 20]);
        assert_eq!(path.limit(), ESTIMATE);
    }

    #[test]
    fn less_is_sent_until_the_queue_is_gone() {
        let mut path = Path::new();
        path.observe(500_000, &[60, 90, 120]);
        assert_eq!(path.limit(), ESTIMATE);
        path.observe(500_000, &[150]);
        assert_eq!(path.limit(), 425_000);
        // It needs time to drain.
        path.observe(425_000, &[160, 140, 120]);
        assert_eq!(path.limit(), 425_000);
        path.observe(425_000, &[50, 50, 50, 50]);
        assert_eq!(path.limit(), 425_000);
        path.observe(425_000, &[20; 5]);
        let soon = path.limit();
        assert!((435_000..465_000).contains(&soon), "{soon}");
    }

    #[test]
    fn it_grows_slowly_near_what_filled_the_path_and_beyond_while_it_is_used() {
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
    fn where_it_was_full_before_one_late_answer_is_enough() {
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
    fn an_estimate_that_falls_does_not_forget_what_filled_the_path() {
        let mut path = Path::new();
        path.observe(500_000, &[180; 5]);
        path.estimate = 200_000;
        path.observe(150_000, &[20; 10 * 5]);
        path.estimate = ESTIMATE;
        let remembered = path.limit();
        assert!(remembered < ESTIMATE, "{remembered}");
    }

    #[test]
    fn a_way_that_became_longer_costs_half_and_only_for_a_while() {
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
    fn who_uses_little_or_has_just_begun_lowers_nothing() {
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
