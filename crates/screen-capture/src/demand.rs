//! What the receiver wants from the capture thread: a frame, a frame rate, or the end.
//!
//! Invariant: a state, not a queue. A second request for a frame changes nothing.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

const MAX_FRAME_RATE: f64 = 60.0;
const MIN_FRAME_RATE: f64 = 0.2;

#[derive(Debug)]
pub(crate) struct Demand {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    wanted: Wanted,
    interval: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Nothing,
    Frame,
    /// The source has ended: its reason, at once.
    Reason,
    End,
}

/// The receiver is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended;

impl Demand {
    pub(crate) fn new(frame_rate: f64) -> Self {
        Self {
            state: Mutex::new(State {
                wanted: Wanted::Nothing,
                interval: interval(frame_rate),
            }),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn request_frame(&self) {
        let mut state = self.lock();
        if state.wanted == Wanted::Nothing {
            state.wanted = Wanted::Frame;
        }
        self.changed.notify_all();
    }

    pub(crate) fn set_frame_rate(&self, frame_rate: f64) {
        self.lock().interval = interval(frame_rate);
        self.changed.notify_all();
    }

    pub(crate) fn end(&self) {
        self.lock().wanted = Wanted::End;
        self.changed.notify_all();
    }

    /// The source has ended by itself, so the next wait is over at once.
    #[cfg(target_os = "linux")]
    pub(crate) fn source_ended(&self) {
        let mut state = self.lock();
        if state.wanted != Wanted::End {
            state.wanted = Wanted::Reason;
        }
        self.changed.notify_all();
    }

    /// The requested frame is on its way.
    pub(crate) fn frame_given(&self) {
        let mut state = self.lock();
        if state.wanted == Wanted::Frame {
            state.wanted = Wanted::Nothing;
        }
    }

    /// Waits until a frame is requested and the interval since `last` is over, or the source has
    /// ended.
    ///
    /// # Errors
    /// At the end.
    pub(crate) fn wait(&self, last: Instant, now: fn() -> Instant) -> Result<(), Ended> {
        let mut state = self.lock();
        loop {
            match state.wanted {
                Wanted::End => return Err(Ended),
                Wanted::Reason => return Ok(()),
                Wanted::Nothing => {
                    let waited = self.changed.wait(state);
                    state = waited.unwrap_or_else(PoisonError::into_inner);
                }
                Wanted::Frame => {
                    let left = (last + state.interval).saturating_duration_since(now());
                    if left.is_zero() {
                        return Ok(());
                    }
                    let waited = self.changed.wait_timeout(state, left);
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No change of the state panics, so a poisoned lock is still consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Any number is valid: the rate is limited.
fn interval(frame_rate: f64) -> Duration {
    let rate = if frame_rate.is_nan() {
        MAX_FRAME_RATE
    } else {
        frame_rate.clamp(MIN_FRAME_RATE, MAX_FRAME_RATE)
    };
    Duration::from_secs_f64(1.0 / rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    #[expect(clippy::disallowed_methods, reason = "it never waits")]
    fn ended_source_is_noticed_without_a_request() {
        let last = Instant::now();
        let demand = Demand::new(0.2);
        demand.source_ended();
        demand.request_frame();
        assert_eq!(demand.wait(last, Instant::now), Ok(()));
        demand.end();
        demand.source_ended();
        assert_eq!(demand.wait(last, Instant::now), Err(Ended));
    }

    #[test]
    fn any_frame_rate_is_limited() {
        let check = |rate: f64, expect: f64| {
            assert_eq!(interval(rate), Duration::from_secs_f64(expect), "{rate}");
        };
        check(5.0, 0.2);
        check(0.0, 5.0);
        check(-1.0, 5.0);
        check(1_000.0, 1.0 / 60.0);
        check(f64::INFINITY, 1.0 / 60.0);
        check(f64::NAN, 1.0 / 60.0);
    }
}
