//! Outbox: the bounded queue between the relay and the task of one socket.
//!
//! Invariant: `try_send` never waits. A sender uses no more than the free part of the queue, so its
//! frames are refused before they close the socket or exclude another sender. The outbox closes a
//! socket that reads nothing for the stall time while frames are refused, or whose queue is full of
//! the relay's own frames. Unsent frames can be taken once.

mod shares;

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use relay_core::frame::{Frame, FrameKind, QueueShare};
use signal_protocol::CloseCode;

use shares::Shares;

/// An empty queue up to this capacity keeps its memory. Most members never have two frames queued.
const KEPT_CAPACITY_FRAMES: usize = 1;

#[derive(Debug)]
pub(crate) struct Outbox {
    limits: OutboxLimits,
    /// The queue is empty and the reader has a waker, so the reader skips the lock. Written under
    /// the lock.
    idle: AtomicBool,
    /// A std mutex: held for a push or a pop, never across an await.
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct OutboxLimits {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    /// A refused frame closes a socket that has read nothing for this time.
    pub(crate) stall: Duration,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Frame>,
    /// Frames that count against a sender.
    shares: Shares,
    /// All other frames.
    own: Depth,
    /// Number of frames taken so far.
    taken: u64,
    stalled: Option<Stalled>,
    closed: Option<CloseCode>,
    reader: Option<Waker>,
}

/// A frame was refused when this number of frames had been taken.
#[derive(Debug, Clone, Copy)]
struct Stalled {
    taken: u64,
    since: Instant,
}

/// Size of the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// The waker of the socket task. Wake it after every lock is released, because it may take them at
/// once on another thread.
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

/// A frame that was not queued.
#[derive(Debug)]
pub(crate) struct NotSent {
    pub(crate) frame: Frame,
    pub(crate) reason: NotSentReason,
    pub(crate) wake: Wake,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSentReason {
    /// The queue is closed, perhaps by this frame.
    Closed,
    /// The share of the sender is full. The queue is unchanged.
    ShareFull,
}

/// The next action of the socket task.
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
    /// Returns the frame and the reason. An empty queue accepts every frame.
    pub(crate) fn try_send(&self, frame: Frame, now: Instant) -> Result<Wake, NotSent> {
        self.push(frame, |state, frame| {
            match (frame.kind(), frame.queue_share()) {
                (FrameKind::Directed, QueueShare::Sender(_)) => {
                    state.is_stalled(now, self.limits.stall)
                }
                (FrameKind::Directed, QueueShare::Exempt)
                | (
                    FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient,
                    _,
                ) => true,
            }
        })
    }

    /// Queues an answer to the socket itself. A full queue closes the socket.
    pub(crate) fn answer(&self, frame: Frame) -> Wake {
        match self.push(frame, |_, _| true) {
            Ok(wake) => wake,
            Err(not_sent) => not_sent.wake,
        }
    }

    /// `closes` decides whether a frame that does not fit closes the queue.
    fn push(
        &self,
        frame: Frame,
        closes: impl FnOnce(&mut State, &Frame) -> bool,
    ) -> Result<Wake, NotSent> {
        let mut state = self.lock();
        let not_sent = |frame, reason, wake| NotSent {
            frame,
            reason,
            wake,
        };
        if state.closed.is_some() {
            return Err(not_sent(frame, NotSentReason::Closed, Wake::default()));
        }
        match frame.kind() {
            FrameKind::Status => state.supersede_status(&frame, self.limits),
            FrameKind::Left if state.remove_unseen_member(frame.queue_share()) => {
                return Ok(Wake::default());
            }
            FrameKind::Left | FrameKind::Directed | FrameKind::Joined | FrameKind::Transient => {}
        }
        if !state.frames.is_empty() && !state.has_room(&frame, self.limits) {
            if !closes(&mut state, &frame) {
                return Err(not_sent(frame, NotSentReason::ShareFull, Wake::default()));
            }
            state.closed = Some(CloseCode::TooSlow);
            let wake = self.wake_reader(&mut state);
            return Err(not_sent(frame, NotSentReason::Closed, wake));
        }
        state.count(&frame);
        // The default capacity is four.
        if state.frames.capacity() == 0 {
            state.frames.reserve_exact(1);
        }
        state.frames.push_back(frame);
        Ok(self.wake_reader(&mut state))
    }

    /// Closes the socket; the first code stays. Queued frames stay for `take_unsent`.
    pub(crate) fn close(&self, code: CloseCode) -> Wake {
        let mut state = self.lock();
        state.closed.get_or_insert(code);
        self.wake_reader(&mut state)
    }

    pub(crate) fn depth(&self) -> Depth {
        let state = self.lock();
        Depth {
            messages: state.frames.len(),
            bytes: state.own.bytes + state.shares.total().bytes,
        }
    }

    /// Takes the unsent frames, in order, and closes the outbox.
    pub(crate) fn take_unsent(&self) -> VecDeque<Frame> {
        let mut state = self.lock();
        state.closed.get_or_insert(CloseCode::GoingAway);
        self.idle.store(false, Ordering::Release);
        state.own = Depth::default();
        state.shares = Shares::default();
        std::mem::take(&mut state.frames)
    }

    /// The next action. Only the socket task calls this. A close goes before queued frames.
    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Outgoing> {
        if self.idle.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        let mut state = self.lock();
        if let Some(code) = state.closed {
            return Poll::Ready(Outgoing::Close(code));
        }
        if let Some(frame) = state.frames.pop_front() {
            state.taken += 1;
            state.discount(&frame);
            return Poll::Ready(Outgoing::Frame(frame));
        }
        if state.frames.capacity() > KEPT_CAPACITY_FRAMES {
            state.frames = VecDeque::new();
        }
        state.register_reader(context);
        self.idle.store(true, Ordering::Release);
        Poll::Pending
    }

    /// Whether to close the socket. The socket task polls this while the network accepts no frame.
    pub(crate) fn poll_closed(&self, context: &mut Context<'_>) -> Poll<CloseCode> {
        let mut state = self.lock();
        match state.closed {
            Some(code) => Poll::Ready(code),
            None => {
                state.register_reader(context);
                Poll::Pending
            }
        }
    }

    fn wake_reader(&self, state: &mut State) -> Wake {
        self.idle.store(false, Ordering::Release);
        Wake(state.reader.take())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code here panics during a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&self, frame: &Frame, limits: OutboxLimits) -> bool {
        match (frame.kind(), frame.queue_share()) {
            (FrameKind::Directed, QueueShare::Sender(sender)) => {
                self.shares.have_room(sender, frame.bytes(), limits)
            }
            // The backlog of a lost member goes to its new socket in addition to new frames.
            (FrameKind::Directed, QueueShare::Exempt) => {
                let (total, own) = (self.shares.total(), self.own);
                total.messages + own.messages < 2 * limits.messages
                    && total.bytes + own.bytes + frame.bytes() <= 2 * limits.bytes
            }
            (FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient, _) => {
                self.own.messages < limits.messages
                    && self.own.bytes + frame.bytes() <= limits.bytes
            }
        }
    }

    fn count(&mut self, frame: &Frame) {
        match (frame.kind(), frame.queue_share()) {
            (FrameKind::Directed, QueueShare::Sender(sender)) => {
                self.shares.add(sender, frame.bytes())
            }
            (FrameKind::Directed, QueueShare::Exempt)
            | (FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient, _) =>
            {
                self.own.messages += 1;
                self.own.bytes += frame.bytes();
            }
        }
    }

    fn discount(&mut self, frame: &Frame) {
        match (frame.kind(), frame.queue_share()) {
            (FrameKind::Directed, QueueShare::Sender(sender)) => {
                self.shares.remove(sender, frame.bytes());
            }
            (FrameKind::Directed, QueueShare::Exempt)
            | (FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient, _) =>
            {
                self.own.messages -= 1;
                self.own.bytes -= frame.bytes();
            }
        }
    }

    /// Removes the last queued status of the member of this one, so that changing it does not fill
    /// the queue. It stays where a message of the member is queued behind it, since that message may
    /// need it; but no longer when the relay's own frames take up half of the queue.
    fn supersede_status(&mut self, status: &Frame, limits: OutboxLimits) {
        let has_room = self.own.messages < limits.messages / 2
            && self.own.bytes + status.bytes() <= limits.bytes / 2;
        let newest_first = self.frames.iter().enumerate().rev();
        let mut of_member =
            newest_first.filter(|(_, frame)| frame.queue_share() == status.queue_share());
        let place = match of_member.next() {
            Some((place, last)) if last.kind() == FrameKind::Status => Some(place),
            Some(_) if has_room => None,
            Some(_) => of_member
                .find(|(_, frame)| frame.kind() == FrameKind::Status)
                .map(|(place, _)| place),
            None => None,
        };
        if let Some(removed) = place.and_then(|place| self.frames.remove(place)) {
            self.discount(&removed);
        }
    }

    /// Removes all frames of a member that joined and left unseen, so that joins and leaves cannot
    /// fill the queue. Returns whether it did.
    fn remove_unseen_member(&mut self, member: QueueShare) -> bool {
        let has_come =
            |frame: &Frame| frame.kind() == FrameKind::Joined && frame.queue_share() == member;
        if !self.frames.iter().any(has_come) {
            return false;
        }
        let (removed, kept) = std::mem::take(&mut self.frames)
            .into_iter()
            .partition(|frame| frame.queue_share() == member);
        self.frames = kept;
        let removed: VecDeque<Frame> = removed;
        removed.iter().for_each(|frame| self.discount(frame));
        true
    }

    /// Whether no frame was taken since one was refused `stall` ago.
    fn is_stalled(&mut self, now: Instant, stall: Duration) -> bool {
        let taken = self.taken;
        match self.stalled {
            Some(stalled) if stalled.taken == taken => now >= stalled.since + stall,
            Some(_) | None => {
                self.stalled = Some(Stalled { taken, since: now });
                stall.is_zero()
            }
        }
    }

    fn register_reader(&mut self, context: &Context<'_>) {
        match &self.reader {
            Some(waker) if waker.will_wake(context.waker()) => {}
            Some(_) | None => self.reader = Some(context.waker().clone()),
        }
    }
}

#[cfg(test)]
mod tests;
