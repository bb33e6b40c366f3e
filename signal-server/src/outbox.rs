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

use signal_protocol::CloseCode;

use crate::frame::{Frame, FrameKind, QueueShare};
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
        let is_of_member = |frame: &Frame| frame.queue_share() == status.queue_share();
        let Some(last) = self.frames.iter().rposition(&is_of_member) else {
            return;
        };
        let is_status = |frame: &Frame| frame.kind() == FrameKind::Status && is_of_member(frame);
        let has_room = self.own.messages < limits.messages / 2
            && self.own.bytes + status.bytes() <= limits.bytes / 2;
        if has_room && self.frames.get(last).is_some_and(|frame| !is_status(frame)) {
            return;
        }
        let place = self.frames.iter().rposition(is_status);
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
mod tests {
    use signal_protocol::{
        Delivered, DeliveredKind, Email, ErrorCode, ErrorMessage, LeaveReason, MemberId,
        Participant, Payload, ServerMessage, Status,
    };

    use super::*;

    fn frame(text: &str) -> Frame {
        Frame::encode(&ServerMessage::Error(ErrorMessage::new(
            ErrorCode::BadMessage,
            text,
        )))
    }

    const STALL: Duration = Duration::from_secs(10);

    fn outbox(messages: usize, bytes: usize) -> Outbox {
        Outbox::new(OutboxLimits {
            messages,
            bytes,
            stall: STALL,
        })
    }

    fn directed(from: &str, bytes: usize) -> Frame {
        Frame::encode(&ServerMessage::Delivered(Delivered {
            kind: DeliveredKind::PeerCandidate,
            from: MemberId::new(from),
            payload: Payload::from_text(&"x".repeat(bytes)),
        }))
    }

    fn send(outbox: &Outbox, text: &str) -> Result<(), Frame> {
        match outbox.try_send(frame(text), Instant::now()) {
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
    fn idle_reader_is_woken_for_a_frame() {
        let outbox = outbox(4, 10_000);
        for _ in 0..2 {
            assert_eq!(next(&outbox), Poll::Pending);
            assert_eq!(next(&outbox), Poll::Pending);
            let wake = outbox.try_send(frame("one"), Instant::now()).unwrap();
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

    /// Sends as many as are taken; answers how many, and why no more.
    fn flood(outbox: &Outbox, from: &str, bytes: usize, now: Instant) -> (usize, NotSentReason) {
        for sent in 0.. {
            match outbox.try_send(directed(from, bytes), now) {
                Ok(wake) => wake.wake(),
                Err(not_sent) => {
                    not_sent.wake.wake();
                    return (sent, not_sent.reason);
                }
            }
        }
        unreachable!("nothing bounds the queue")
    }

    #[test]
    fn flood_of_senders_leaves_room_for_another() {
        let now = Instant::now();
        for (bytes, senders) in [(10, 1), (10, 11), (60_000, 1), (60_000, 11), (3_000, 63)] {
            let outbox = outbox(256, 1024 * 1024);
            for sender in 0..senders {
                let (_, reason) = flood(&outbox, &format!("m{sender}"), bytes, now);
                assert_eq!(reason, NotSentReason::ShareFull);
            }
            let honest = outbox.try_send(directed("ann", 1000), now);
            assert!(honest.is_ok(), "{senders} senders of {bytes} bytes");
            assert!(outbox.depth().bytes <= 1024 * 1024);
        }
    }

    #[test]
    fn sender_may_go_on_once_its_frames_were_read() {
        let now = Instant::now();
        let outbox = outbox(8, 1024 * 1024);
        assert_eq!(
            flood(&outbox, "ann", 10, now),
            (3, NotSentReason::ShareFull)
        );
        assert_eq!(
            flood(&outbox, "ben", 10, now),
            (2, NotSentReason::ShareFull)
        );
        for _ in 0..2 {
            assert!(next(&outbox).is_ready());
        }
        assert_eq!(
            flood(&outbox, "ann", 10, now),
            (1, NotSentReason::ShareFull)
        );
        while next(&outbox).is_ready() {}
        assert_eq!(
            flood(&outbox, "ann", 10, now),
            (3, NotSentReason::ShareFull)
        );
    }

    #[test]
    fn reader_that_takes_anything_is_never_closed_by_a_sender() {
        let start = Instant::now();
        let outbox = outbox(8, 1024 * 1024);
        for second in 0..100 {
            let now = start + Duration::from_secs(second);
            let (_, reason) = flood(&outbox, "ann", 10, now);
            assert_eq!(reason, NotSentReason::ShareFull, "after {second} s");
            if second % 9 == 8 {
                assert!(next(&outbox).is_ready());
            }
        }
    }

    #[test]
    fn reader_that_takes_nothing_is_closed_after_a_while() {
        let start = Instant::now();
        let outbox = outbox(8, 1024 * 1024);
        let at = |seconds| start + Duration::from_secs(seconds);
        for second in 0..10 {
            assert_eq!(
                flood(&outbox, "ann", 10, at(second)).1,
                NotSentReason::ShareFull
            );
        }
        assert_eq!(
            flood(&outbox, "ben", 10, at(10)),
            (2, NotSentReason::Closed)
        );
        assert_eq!(
            flood(&outbox, "ben", 10, at(11)),
            (0, NotSentReason::Closed)
        );
        let close = Outgoing::Close(CloseCode::TooSlow);
        assert_eq!(next(&outbox), Poll::Ready(close));
    }

    fn status(from: &str, number: usize) -> Frame {
        Frame::encode(&ServerMessage::UserStatus {
            from: MemberId::new(from),
            status: Status::parse(&number.to_string()).unwrap(),
        })
    }

    #[test]
    fn newer_status_replaces_the_older_one() {
        let now = Instant::now();
        let outbox = outbox(4, 1024 * 1024);
        for number in 0..1000 {
            for from in ["ann", "ben"] {
                outbox.try_send(status(from, number), now).unwrap().wake();
            }
        }
        outbox.try_send(frame("kept"), now).unwrap().wake();
        let expect = [status("ann", 999), status("ben", 999), frame("kept")];
        for expect in expect {
            assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(expect)));
        }
        assert_eq!(outbox.depth(), Depth::default());
    }

    #[test]
    fn queued_status_stays_before_the_message_that_needs_it() {
        let now = Instant::now();
        let outbox = outbox(64, 1024 * 1024);
        let send = |frame| outbox.try_send(frame, now).unwrap().wake();
        let mut expect = vec![];
        for number in 0..10 {
            expect.extend([status("ann", number), directed("ann", 10 + number)]);
        }
        expect.iter().cloned().for_each(send);
        for expect in expect {
            assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(expect)));
        }
    }

    /// Beyond half of the queue order gives way, and the reader is not closed.
    #[test]
    fn statuses_between_messages_fill_no_queue() {
        let now = Instant::now();
        let outbox = outbox(64, 1024 * 1024);
        for number in 0..1000 {
            outbox.try_send(status("ann", number), now).unwrap().wake();
            // Over its share the sender is told.
            let _ = outbox.try_send(directed("ann", 10), now);
        }
        outbox.try_send(frame("kept"), now).unwrap().wake();
        let mut last = None;
        while let Poll::Ready(Outgoing::Frame(frame)) = next(&outbox) {
            last = Some(frame)
                .filter(|frame| frame.kind() == FrameKind::Status)
                .or(last);
        }
        assert_eq!(last, Some(status("ann", 999)));
    }

    #[test]
    fn member_that_joins_and_leaves_unseen_is_removed() {
        let now = Instant::now();
        let outbox = outbox(4, 1024 * 1024);
        let joined = |id: &str| {
            Frame::encode(&ServerMessage::UserJoined {
                user: Participant {
                    id: MemberId::new(id),
                    email: Email::parse("eve").unwrap(),
                    status: None,
                },
            })
        };
        let left = |id: &str| {
            Frame::encode(&ServerMessage::UserLeft {
                id: MemberId::new(id),
                reason: LeaveReason::Left,
            })
        };
        let send = |frame| outbox.try_send(frame, now).unwrap().wake();
        send(left("ann"));
        for number in 0..1000 {
            let id = format!("m{number}");
            send(joined(&id));
            send(directed(&id, 10));
            send(left(&id));
        }
        send(joined("ben"));
        for expect in [left("ann"), joined("ben")] {
            assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(expect)));
        }
        assert_eq!(outbox.depth(), Depth::default());
        // Who has been heard of is told to have left.
        send(left("ben"));
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(left("ben"))));
    }
}
