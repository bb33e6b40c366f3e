//! Time for which a client may leave a response unread.
//!
//! Invariant: a connection that cannot send ends when its allowance is used up. Reading restores
//! the allowance at [`MIN_BYTES_PER_SECOND`], so reading a byte now and then does not keep the
//! connection open.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell of one connection that reads the clock"
)]

use std::{
    io,
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// Slower than any path on which a call is possible.
const MIN_BYTES_PER_SECOND: u64 = 2 * 1024;

/// Bytes sent on a connection. The stream writes it, the task that owns the stream reads it.
#[derive(Debug, Default)]
pub(crate) struct Output {
    written_bytes: AtomicU64,
    /// The system accepted nothing the last time.
    is_blocked: AtomicBool,
    is_aborted: AtomicBool,
}

impl Output {
    pub(crate) fn handle_write(&self, polled: &Poll<io::Result<usize>>) {
        match polled {
            Poll::Ready(Ok(count)) => {
                self.written_bytes
                    .fetch_add(*count as u64, Ordering::Relaxed);
                self.is_blocked.store(false, Ordering::Relaxed);
            }
            Poll::Ready(Err(_)) => self.is_blocked.store(false, Ordering::Relaxed),
            Poll::Pending => self.is_blocked.store(true, Ordering::Relaxed),
        }
    }

    /// Unsent bytes are discarded when the connection is closed.
    pub(crate) fn abort(&self) {
        self.is_aborted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_aborted(&self) -> bool {
        self.is_aborted.load(Ordering::Relaxed)
    }
}

/// Time for which a connection may still be unable to send.
#[derive(Debug)]
struct SendAllowance {
    full: Duration,
    left: Duration,
    state: State,
    written_bytes: u64,
    /// The time of the last update.
    at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Flowing,
    Blocked,
}

impl SendAllowance {
    fn new(full: Duration, now: Instant) -> Self {
        Self {
            full,
            left: full,
            state: State::Flowing,
            written_bytes: 0,
            at: now,
        }
    }

    /// `state` holds from now on, `written_bytes` is the total so far. Returns when the allowance
    /// is used up, unless something is sent before.
    fn handle(&mut self, now: Instant, written_bytes: u64, state: State) -> Option<Instant> {
        let passed = now.saturating_duration_since(self.at);
        self.left = match self.state {
            State::Blocked => self.left.saturating_sub(passed),
            State::Flowing => self.left + passed,
        };
        let bytes = written_bytes.saturating_sub(self.written_bytes);
        let earned = Duration::from_millis(bytes.saturating_mul(1000) / MIN_BYTES_PER_SECOND);
        self.left = self.left.saturating_add(earned).min(self.full);
        self.written_bytes = written_bytes;
        self.state = state;
        self.at = now;
        match state {
            State::Blocked => Some(now + self.left),
            State::Flowing => None,
        }
    }
}

/// Ends when a connection was unable to send for too long. The same task polls it after the
/// connection, so only its timer has to wake it.
#[derive(Debug)]
pub(crate) struct Stalled<'a> {
    output: &'a Output,
    allowance: SendAllowance,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<'a> Stalled<'a> {
    pub(crate) fn new(output: &'a Output, send_timeout: Duration) -> Self {
        Self {
            output,
            allowance: SendAllowance::new(send_timeout, Instant::now()),
            timer: None,
        }
    }
}

impl Future for Stalled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let state = match self.output.is_blocked.load(Ordering::Relaxed) {
            true => State::Blocked,
            false => State::Flowing,
        };
        let written = self.output.written_bytes.load(Ordering::Relaxed);
        let now = Instant::now();
        let Some(deadline) = self.allowance.handle(now, written, state) else {
            self.timer = None;
            return Poll::Pending;
        };
        // A timer for this moment fires a moment later, and would be set again then.
        if deadline <= now {
            return Poll::Ready(());
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Duration = Duration::from_secs(20);

    /// Updates at each of these seconds, with that many KiB sent in total and the state from then
    /// on. Expects the second at which the last update ends it.
    fn check(looks: &[(u64, u64, State)], expect: Option<u64>) {
        let start = Instant::now();
        let mut allowance = SendAllowance::new(FULL, start);
        let mut deadline = None;
        for (second, kib, state) in looks {
            let now = start + Duration::from_secs(*second);
            deadline = allowance.handle(now, kib * 1024, *state);
        }
        let seconds = deadline.map(|deadline| (deadline - start).as_secs());
        assert_eq!(seconds, expect, "{looks:?}");
    }

    #[test]
    fn slow_reader_is_ended_and_fast_one_is_not() {
        use State::{Blocked, Flowing};
        check(&[(0, 0, Flowing)], None);
        check(&[(3, 0, Blocked)], Some(23));
        check(&[(3, 0, Blocked), (10, 0, Blocked)], Some(23));
        // 40 KiB restore all of it.
        check(&[(0, 0, Blocked), (19, 40, Blocked)], Some(39));
        check(&[(0, 0, Blocked), (19, 400, Blocked)], Some(39));
        // A little restores a little.
        check(&[(0, 0, Blocked), (10, 2, Blocked)], Some(21));
        check(&[(0, 0, Blocked), (10, 2, Flowing)], None);
        // A KiB in ten seconds is not enough.
        let trickle: Vec<_> = (0..4).map(|look| (look * 10, look, Blocked)).collect();
        check(&trickle, Some(30));
        // Without a block, time restores it.
        check(
            &[(0, 0, Blocked), (20, 2, Flowing), (60, 2, Blocked)],
            Some(80),
        );
    }
}
