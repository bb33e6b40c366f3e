//! Observes the pulls of the playout device: frames per batch, and pauses.
//!
//! Invariant: a batch must be buffered before the device pulls it, so it is part of the delay.

use std::time::{Duration, Instant};

use super::super::FRAME_10MS;

/// After a pause this long playout restarts.
const PAUSE_THRESHOLD: Duration = Duration::from_millis(300);
/// Pulls within this are one batch.
const BATCH_INTERVAL: Duration = Duration::from_millis(3);
const MAX_BATCH_FRAMES: u64 = 20;
/// Weight of a batch in the mean, per frame in it. The largest batch weighs less than one.
const BATCH_WEIGHT: f64 = 1.0 / 64.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pull {
    Steady,
    AfterPause,
}

#[derive(Debug)]
struct PullTimes {
    last: Instant,
    batch_start: Instant,
}

#[derive(Debug)]
pub(super) struct PlayoutClock {
    times: Option<PullTimes>,
    batch: u64,
    /// Smoothed batch size, in frames. Not the maximum: after a stall the device pulls one large
    /// batch, which is ready by then.
    mean_batch: f64,
}

impl Default for PlayoutClock {
    fn default() -> Self {
        Self {
            times: None,
            batch: 0,
            mean_batch: 1.0,
        }
    }
}

impl PlayoutClock {
    pub(super) fn handle_pull(&mut self, now: Instant) -> Pull {
        let Some(times) = &mut self.times else {
            self.batch = 1;
            self.times = Some(PullTimes {
                last: now,
                batch_start: now,
            });
            return Pull::Steady;
        };
        let since = |then: Instant| now.saturating_duration_since(then);
        let is_paused = since(times.last) > PAUSE_THRESHOLD;
        times.last = now;
        if since(times.batch_start) < BATCH_INTERVAL {
            self.batch = (self.batch + 1).min(MAX_BATCH_FRAMES);
        } else {
            times.batch_start = now;
            let batch = self.batch as f64;
            self.mean_batch += (batch - self.mean_batch) * batch * BATCH_WEIGHT;
            self.batch = 1;
        }
        if is_paused {
            Pull::AfterPause
        } else {
            Pull::Steady
        }
    }

    /// Delay that the batches need, in samples: half a batch, because packets arrive at any time
    /// during it, and half a frame.
    pub(super) fn batch_delay(&self) -> u64 {
        ((self.mean_batch + 1.0) * FRAME_10MS as f64 / 2.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pulls batches of `batch` frames, in ms `from..until`.
    fn play(playout_clock: &mut PlayoutClock, start: Instant, batch: u64, from: u64, until: u64) {
        for index in 0..(until - from) / 10 {
            let at = from + index / batch * batch * 10;
            playout_clock.handle_pull(start + Duration::from_millis(at));
        }
    }

    /// Expects the delay in milliseconds.
    fn check(playout_clock: &PlayoutClock, expect: u64) {
        assert_eq!((playout_clock.batch_delay() + 24) / 48, expect);
    }

    #[test]
    fn larger_batches_need_more_delay() {
        let start = Instant::now();
        let mut playout_clock = PlayoutClock::default();
        play(&mut playout_clock, start, 1, 0, 1000);
        check(&playout_clock, 10);
        play(&mut playout_clock, start, 4, 1000, 5000);
        check(&playout_clock, 25);
        play(&mut playout_clock, start, 1, 5000, 10_000);
        check(&playout_clock, 10);
    }

    #[test]
    fn single_stall_adds_little_delay() {
        let start = Instant::now();
        let mut playout_clock = PlayoutClock::default();
        play(&mut playout_clock, start, 2, 0, 4000);
        check(&playout_clock, 15);
        play(&mut playout_clock, start, 12, 4000, 4120);
        play(&mut playout_clock, start, 2, 4120, 4140);
        assert!(
            playout_clock.batch_delay() < 25 * 48,
            "{}",
            playout_clock.batch_delay()
        );
        play(&mut playout_clock, start, 2, 4140, 8000);
        check(&playout_clock, 15);
    }

    #[test]
    fn pause_is_reported_once() {
        let start = Instant::now();
        let mut playout_clock = PlayoutClock::default();
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(playout_clock.handle_pull(at(0)), Pull::Steady);
        assert_eq!(playout_clock.handle_pull(at(290)), Pull::Steady);
        assert_eq!(playout_clock.handle_pull(at(3000)), Pull::AfterPause);
        assert_eq!(playout_clock.handle_pull(at(3010)), Pull::Steady);
    }
}
