//! Target length of the buffer in the sound server: grows after an underflow, shrinks while a part
//! of it stays unused.
//!
//! Invariant: between [`MIN_LENGTH`] and [`MAX_LENGTH`].

use std::time::{Duration, Instant};

const MIN_LENGTH: Duration = Duration::from_millis(40);
const MAX_LENGTH: Duration = Duration::from_millis(200);
const GROWTH_STEP: Duration = Duration::from_millis(20);
/// Unused length that is kept as a reserve.
const UNUSED_RESERVE: Duration = Duration::from_millis(20);
/// The unused length is measured over this. At the start of a call the computer is busy; a length
/// that was needed then shrinks sooner.
const SHRINK_INTERVAL: Duration = Duration::from_secs(5);
const START_SHRINK_INTERVAL: Duration = Duration::from_secs(1);
const START_PHASE: Duration = Duration::from_secs(15);
/// Underflows within this count as one.
const UNDERFLOW_INTERVAL: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct BufferTarget {
    length: Duration,
    /// Minimum fill level since `window_start`.
    min_level: Duration,
    window_start: Instant,
    started_at: Instant,
    last_underflow: Option<Instant>,
}

impl BufferTarget {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            length: MIN_LENGTH,
            min_level: MIN_LENGTH,
            window_start: now,
            started_at: now,
            last_underflow: None,
        }
    }

    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// The server requests this much: the rest of the buffer is its fill level.
    pub(super) fn handle_request(&mut self, requested: Duration) {
        self.min_level = self.min_level.min(self.length.saturating_sub(requested));
    }

    /// Handles an underflow. Returns the new length where it changes.
    pub(super) fn handle_underflow(&mut self, now: Instant) -> Option<Duration> {
        let is_repeated = self
            .last_underflow
            .is_some_and(|last| now.saturating_duration_since(last) < UNDERFLOW_INTERVAL);
        self.last_underflow = Some(now);
        if is_repeated {
            return None;
        }
        self.change(now, (self.length + GROWTH_STEP).min(MAX_LENGTH))
    }

    /// Called about once per second. Returns the new length where it changes.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Duration> {
        let is_starting = now.saturating_duration_since(self.started_at) < START_PHASE;
        let interval = if is_starting {
            START_SHRINK_INTERVAL
        } else {
            SHRINK_INTERVAL
        };
        if now.saturating_duration_since(self.window_start) < interval {
            return None;
        }
        let surplus = self.min_level.saturating_sub(UNUSED_RESERVE);
        self.change(now, self.length.saturating_sub(surplus).max(MIN_LENGTH))
    }

    fn change(&mut self, now: Instant, length: Duration) -> Option<Duration> {
        let is_changed = self.length != length;
        self.length = length;
        self.min_level = length;
        self.window_start = now;
        is_changed.then_some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Step {
        Request(u64),
        Underflow,
        Timeout,
    }

    /// Times and lengths in milliseconds.
    fn check(steps: &[(u64, Step, Option<u64>)]) {
        let start = Instant::now();
        let mut buffer_target = BufferTarget::new(start);
        for (index, (at, step, expect)) in steps.iter().enumerate() {
            let now = start + Duration::from_millis(*at);
            let length = match step {
                Step::Request(requested) => {
                    buffer_target.handle_request(Duration::from_millis(*requested));
                    None
                }
                Step::Underflow => buffer_target.handle_underflow(now),
                Step::Timeout => buffer_target.handle_timeout(now),
            };
            assert_eq!(length, expect.map(Duration::from_millis), "step {index}");
        }
    }

    #[test]
    fn buffer_grows_after_an_underflow() {
        use Step::{Timeout, Underflow};
        check(&[
            (0, Timeout, None),
            (500, Underflow, Some(60)),
            (550, Underflow, None),
            (1_000, Underflow, Some(80)),
            (1_900, Timeout, None),
        ]);
    }

    #[test]
    fn unused_length_shrinks_soon_at_first_and_slower_later() {
        use Step::{Request, Timeout, Underflow};
        check(&[
            (100, Underflow, Some(60)),
            (300, Underflow, Some(80)),
            (500, Underflow, Some(100)),
            (700, Request(10), None),
            (900, Request(50), None),
            (1_000, Request(20), None),
            // 50 ms stayed unused, 20 of them are the reserve.
            (1_500, Timeout, Some(70)),
            (2_000, Request(45), None),
            (2_500, Timeout, Some(65)),
            (3_000, Request(60), None),
            (3_500, Timeout, None),
            (20_000, Request(10), None),
            (20_000, Timeout, Some(40)),
            (22_000, Underflow, Some(60)),
            (23_000, Request(10), None),
            (26_900, Timeout, None),
            (27_000, Timeout, Some(40)),
        ]);
    }

    #[test]
    fn buffer_length_is_bounded() {
        let start = Instant::now();
        let mut buffer_target = BufferTarget::new(start);
        for index in 0..100 {
            buffer_target.handle_underflow(start + index * SHRINK_INTERVAL);
        }
        assert_eq!(buffer_target.length(), MAX_LENGTH);
    }
}
