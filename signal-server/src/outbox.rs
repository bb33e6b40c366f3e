//! The bounded queue between the relay and one socket's task.
//!
//! Invariant: `try_send` never waits. A queue that would grow past its bound is closed instead,
//! which ends that socket and disturbs no other; what was in it can be taken out once.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use signal_protocol::CloseCode;

use crate::frame::Frame;

/// Emptied queues no larger than this keep their memory: most members are never sent two at once.
const KEPT_CAPACITY: usize = 1;

#[derive(Debug)]
pub(crate) struct Outbox {
    limits: OutboxLimits,
    /// There is nothing to do, and the reader will be woken: it can know without the lock, and asks
    /// several times a message. Changed under the lock.
    idle: AtomicBool,
    /// A std mutex: held for a push or a pop, never across an await.
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct OutboxLimits {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Frame>,
    bytes: usize,
    closed: Option<CloseCode>,
    reader: Option<Waker>,
}

/// How much waits in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// Whom to wake once every lock is free: the woken task takes them at once, perhaps on another
/// thread.
#[derive(Debug, Default)]
#[must_use = "the socket's task sleeps on"]
pub(crate) struct Wake(Option<Waker>);

impl Wake {
    pub(crate) fn wake(self) {
        if let Some(waker) = self.0 {
            waker.wake();
        }
    }
}

/// The frame that found no place.
#[derive(Debug)]
pub(crate) struct NotSent {
    pub(crate) frame: Frame,
    pub(crate) wake: Wake,
}

/// What the socket's task is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Frame(Frame),
    Close(CloseCode),
}

impl Outbox {
    pub(crate) fn new(limits: OutboxLimits) -> Self {
        Self {
            limits,
            idle: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    /// Queues the frame.
    ///
    /// # Errors
    /// Gives the frame back: the queue is closed, perhaps just now because this frame was too
    /// much. A frame is never too much for an empty queue.
    pub(crate) fn try_send(&self, frame: Frame) -> Result<Wake, NotSent> {
        let mut state = self.lock();
        if state.closed.is_some() {
            return Err(NotSent {
                frame,
                wake: Wake::default(),
            });
        }
        let bytes = state.bytes + frame.bytes();
        let full = state.frames.len() >= self.limits.messages || bytes > self.limits.bytes;
        if full && !state.frames.is_empty() {
            state.closed = Some(CloseCode::TooSlow);
            let wake = self.rouse(&mut state);
            return Err(NotSent { frame, wake });
        }
        state.bytes = bytes;
        // By itself it begins with four.
        if state.frames.capacity() == 0 {
            state.frames.reserve_exact(1);
        }
        state.frames.push_back(frame);
        Ok(self.rouse(&mut state))
    }

    /// Ends the socket; the first reason stands. Frames not yet taken stay for `take_unsent`.
    pub(crate) fn close(&self, code: CloseCode) -> Wake {
        let mut state = self.lock();
        state.closed.get_or_insert(code);
        self.rouse(&mut state)
    }

    pub(crate) fn depth(&self) -> Depth {
        let state = self.lock();
        Depth {
            messages: state.frames.len(),
            bytes: state.bytes,
        }
    }

    /// The frames that did not reach the socket, in order. Nothing is sent after this.
    pub(crate) fn take_unsent(&self) -> VecDeque<Frame> {
        let mut state = self.lock();
        state.closed.get_or_insert(CloseCode::GoingAway);
        self.idle.store(false, Ordering::Release);
        state.bytes = 0;
        std::mem::take(&mut state.frames)
    }

    /// The next thing to do, for the one task that serves the socket, which asks from nowhere else.
    /// A closing goes before the frames that still wait.
    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Outgoing> {
        if self.idle.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        let mut state = self.lock();
        if let Some(code) = state.closed {
            return Poll::Ready(Outgoing::Close(code));
        }
        if let Some(frame) = state.frames.pop_front() {
            state.bytes -= frame.bytes();
            return Poll::Ready(Outgoing::Frame(frame));
        }
        if state.frames.capacity() > KEPT_CAPACITY {
            state.frames = VecDeque::new();
        }
        state.wake_me(context);
        self.idle.store(true, Ordering::Release);
        Poll::Pending
    }

    /// Whether the socket is to be closed, for its task while the network takes no frame.
    pub(crate) fn poll_closed(&self, context: &mut Context<'_>) -> Poll<CloseCode> {
        let mut state = self.lock();
        match state.closed {
            Some(code) => Poll::Ready(code),
            None => {
                state.wake_me(context);
                Poll::Pending
            }
        }
    }

    fn rouse(&self, state: &mut State) -> Wake {
        self.idle.store(false, Ordering::Release);
        Wake(state.reader.take())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake_me(&mut self, context: &Context<'_>) {
        match &self.reader {
            Some(waker) if waker.will_wake(context.waker()) => {}
            Some(_) | None => self.reader = Some(context.waker().clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use signal_protocol::{ErrorCode, ErrorMessage, ServerMessage};

    use super::*;

    fn frame(text: &str) -> Frame {
        Frame::encode(&ServerMessage::Error(ErrorMessage::new(
            ErrorCode::BadMessage,
            text,
        )))
    }

    fn outbox(messages: usize, bytes: usize) -> Outbox {
        Outbox::new(OutboxLimits { messages, bytes })
    }

    fn send(outbox: &Outbox, text: &str) -> Result<(), Frame> {
        match outbox.try_send(frame(text)) {
            Ok(wake) => {
                wake.wake();
                Ok(())
            }
            Err(not_sent) => {
                not_sent.wake.wake();
                Err(not_sent.frame)
            }
        }
    }

    fn next(outbox: &Outbox) -> Poll<Outgoing> {
        outbox.poll_next(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn frames_leave_in_the_order_they_came() {
        let outbox = outbox(4, 10_000);
        send(&outbox, "one").unwrap();
        send(&outbox, "two").unwrap();
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("one"))));
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("two"))));
        assert_eq!(next(&outbox), Poll::Pending);
    }

    #[test]
    fn one_message_too_many_closes_it() {
        let outbox = outbox(2, 10_000);
        send(&outbox, "one").unwrap();
        send(&outbox, "two").unwrap();
        assert_eq!(send(&outbox, "three"), Err(frame("three")));
        assert_eq!(
            next(&outbox),
            Poll::Ready(Outgoing::Close(CloseCode::TooSlow))
        );
        assert_eq!(outbox.take_unsent(), [frame("one"), frame("two")]);
        assert_eq!(send(&outbox, "four"), Err(frame("four")));
    }

    #[test]
    fn one_byte_too_many_closes_it() {
        let room = 2 * frame("one").bytes();
        let outbox = outbox(100, room);
        send(&outbox, "one").unwrap();
        send(&outbox, "two").unwrap();
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("one"))));
        assert_eq!(send(&outbox, "four"), Err(frame("four")));
    }

    #[test]
    fn a_frame_larger_than_the_bound_passes_an_empty_queue() {
        let outbox = outbox(1, 1);
        send(&outbox, "one").unwrap();
        assert_eq!(send(&outbox, "two"), Err(frame("two")));
    }

    #[test]
    fn who_found_nothing_to_do_is_woken_and_finds_it() {
        let outbox = outbox(4, 10_000);
        for _ in 0..2 {
            assert_eq!(next(&outbox), Poll::Pending);
            assert_eq!(next(&outbox), Poll::Pending);
            let wake = outbox.try_send(frame("one")).unwrap();
            assert!(wake.0.is_some());
            assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("one"))));
        }
        assert_eq!(next(&outbox), Poll::Pending);
        assert!(outbox.close(CloseCode::TakenOver).0.is_some());
        assert_eq!(
            next(&outbox),
            Poll::Ready(Outgoing::Close(CloseCode::TakenOver))
        );
        let outbox = self::outbox(4, 10_000);
        assert_eq!(next(&outbox), Poll::Pending);
        assert_eq!(outbox.take_unsent(), []);
        assert_eq!(
            next(&outbox),
            Poll::Ready(Outgoing::Close(CloseCode::GoingAway))
        );
    }

    #[test]
    fn the_first_reason_to_close_stands() {
        let outbox = outbox(1, 1);
        outbox.close(CloseCode::TakenOver).wake();
        outbox.close(CloseCode::TooSlow).wake();
        assert_eq!(
            next(&outbox),
            Poll::Ready(Outgoing::Close(CloseCode::TakenOver))
        );
    }
}
