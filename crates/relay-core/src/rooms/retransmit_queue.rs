//! Retransmit queue: unacknowledged messages to a member on another node.
//!
//! Invariant: a message stays in the queue, in order and within bounds, until the owner node
//! acknowledges it. It can be sent again after a lost connection, or reported to its sender. A
//! blocked queue sends nothing.

use std::{collections::VecDeque, time::Instant};

use signal_protocol::{DirectedKind, MemberId, RoomName};

use super::backlog::BacklogLimits;
use crate::{
    cluster::{ForwardAttempt, ForwardedMessage, NodeName},
    frame::Frame,
};

#[derive(Debug, Clone)]
pub(super) struct RetransmitQueue {
    pub(super) node: NodeName,
    /// Redis does not know the member. It is lost unless its node reports it by then.
    pub(super) missing_until: Option<Instant>,
    /// Blocked until the flush barrier of this number returns.
    blocked_until: Option<u64>,
    unacked: VecDeque<UnackedMessage>,
    bytes: usize,
}

#[derive(Debug, Clone)]
pub(super) struct UnackedMessage {
    pub(super) number: u64,
    pub(super) from: MemberId,
    pub(super) kind: DirectedKind,
    pub(super) frame: Frame,
    /// Attempts that may have reached the owner node: sent and not reported as misrouted.
    attempts: u32,
}

/// Addresses of a queue, written into each forwarded message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route<'a> {
    pub(super) room: &'a RoomName,
    pub(super) to: &'a MemberId,
    pub(super) me: &'a NodeName,
    pub(super) takeover_epoch: u32,
}

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueFull {
    /// For all senders.
    All,
    /// For this sender, whose share is half of the queue.
    Sender,
}

impl UnackedMessage {
    pub(super) fn new(number: u64, from: MemberId, kind: DirectedKind, frame: Frame) -> Self {
        Self {
            number,
            from,
            kind,
            frame,
            attempts: 0,
        }
    }

    fn was_sent(&self) -> bool {
        self.attempts > 0
    }
}

impl RetransmitQueue {
    pub(super) fn new(node: NodeName) -> Self {
        Self {
            node,
            missing_until: None,
            blocked_until: None,
            unacked: VecDeque::new(),
            bytes: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.unacked.is_empty()
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.unacked.back().map(|last| last.number)
    }

    pub(super) fn try_push(
        &mut self,
        message: UnackedMessage,
        limits: BacklogLimits,
    ) -> Result<(), QueueFull> {
        let bytes = self.bytes + message.frame.bytes();
        if self.unacked.len() >= limits.messages || bytes > limits.bytes {
            return Err(QueueFull::All);
        }
        // The share of a sender counts only when the queue is half full.
        let is_crowded = self.unacked.len() >= limits.messages / 2 || bytes > limits.bytes / 2;
        if is_crowded && self.is_sender_full(&message, limits) {
            return Err(QueueFull::Sender);
        }
        self.bytes = bytes;
        self.unacked.push_back(message);
        Ok(())
    }

    fn is_sender_full(&self, next: &UnackedMessage, limits: BacklogLimits) -> bool {
        let own = self.unacked.iter().filter(|own| own.from == next.from);
        let (messages, bytes) = own.fold((0, next.frame.bytes()), |(messages, bytes), own| {
            (messages + 1, bytes + own.frame.bytes())
        });
        messages > 0 && (messages >= limits.messages / 2 || bytes > limits.bytes / 2)
    }

    /// Sends the messages at the end that were not sent yet.
    pub(super) fn send_new(&mut self, route: Route<'_>) -> Vec<ForwardAttempt> {
        let unacked = self.unacked.iter().rev();
        let new = unacked.take_while(|message| !message.was_sent()).count();
        self.send_from(self.unacked.len() - new, route)
    }

    /// Sends all messages again.
    pub(super) fn send_all(&mut self, route: Route<'_>) -> Vec<ForwardAttempt> {
        self.send_from(0, route)
    }

    pub(super) fn handle_ack(&mut self, number: u64) {
        while let Some(first) = self.unacked.front()
            && first.number <= number
        {
            self.bytes -= first.frame.bytes();
            self.unacked.pop_front();
        }
    }

    /// An attempt reached no node.
    pub(super) fn handle_misrouted(&mut self, number: u64) {
        let index = self
            .unacked
            .binary_search_by_key(&number, |message| message.number);
        if let Some(message) = index.ok().and_then(|index| self.unacked.get_mut(index)) {
            message.attempts = message.attempts.saturating_sub(1);
        }
    }

    pub(super) fn block_until(&mut self, barrier: u64) {
        self.blocked_until = Some(barrier);
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.blocked_until.is_some()
    }

    /// Returns whether the queue was blocked by this barrier.
    pub(super) fn unblock(&mut self, barrier: u64) -> bool {
        let is_due = self.blocked_until == Some(barrier);
        if is_due {
            self.blocked_until = None;
        }
        is_due
    }

    /// Takes the messages that the owner node may have got.
    pub(super) fn take_sent(&mut self) -> VecDeque<UnackedMessage> {
        let (sent, new) = self.take().into_iter().partition(UnackedMessage::was_sent);
        self.bytes = VecDeque::iter(&new)
            .map(|message| message.frame.bytes())
            .sum();
        self.unacked = new;
        sent
    }

    /// Takes the messages that were never sent, and drops the others.
    pub(super) fn take_new(&mut self) -> VecDeque<UnackedMessage> {
        self.take_sent();
        self.take()
    }

    pub(super) fn take(&mut self) -> VecDeque<UnackedMessage> {
        self.bytes = 0;
        std::mem::take(&mut self.unacked)
    }

    fn send_from(&mut self, first: usize, route: Route<'_>) -> Vec<ForwardAttempt> {
        if self.is_blocked() {
            return Vec::new();
        }
        let before = first.checked_sub(1).and_then(|last| self.unacked.get(last));
        let mut after = before.map_or(0, |last| last.number);
        let owner_node = &self.node;
        self.unacked
            .iter_mut()
            .skip(first)
            .map(|message| {
                message.attempts += 1;
                ForwardAttempt {
                    message: ForwardedMessage {
                        room: route.room.clone(),
                        to: route.to.clone(),
                        node: route.me.clone(),
                        number: message.number,
                        after: std::mem::replace(&mut after, message.number),
                        frame: message.frame.as_str().to_owned(),
                    },
                    owner_node: owner_node.clone(),
                    takeover_epoch: route.takeover_epoch,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BacklogLimits = BacklogLimits {
        messages: 6,
        bytes: 1000,
    };

    fn queue() -> RetransmitQueue {
        RetransmitQueue::new(NodeName::new("m"))
    }

    fn push(queue: &mut RetransmitQueue, number: u64) -> Result<(), QueueFull> {
        push_from(queue, "ann", number)
    }

    fn push_from(queue: &mut RetransmitQueue, from: &str, number: u64) -> Result<(), QueueFull> {
        let frame = Frame::received(number.to_string());
        let from = MemberId::new(from);
        let message = UnackedMessage::new(number, from, DirectedKind::PeerCandidate, frame);
        queue.try_push(message, LIMITS)
    }

    /// The sent messages, as (predecessor, number).
    fn sent(send: impl FnOnce(Route<'_>) -> Vec<ForwardAttempt>) -> Vec<(u64, u64)> {
        let route = Route {
            room: &RoomName::parse("r").unwrap(),
            to: &MemberId::new("bob"),
            me: &NodeName::new("n"),
            takeover_epoch: 0,
        };
        let attempts = send(route).into_iter().map(|attempt| attempt.message);
        attempts
            .map(|message| (message.after, message.number))
            .collect()
    }

    fn numbers(message: &VecDeque<UnackedMessage>) -> Vec<u64> {
        message.iter().map(|message| message.number).collect()
    }

    #[test]
    fn unacked_messages_are_resent_in_order() {
        let mut queue = queue();
        for (number, after) in [(4, 0), (7, 4), (8, 7)] {
            push(&mut queue, number).unwrap();
            assert_eq!(sent(|route| queue.send_new(route)), [(after, number)]);
        }
        assert_eq!(push(&mut queue, 9), Err(QueueFull::Sender));
        queue.handle_ack(4);
        assert_eq!(sent(|route| queue.send_all(route)), [(0, 7), (7, 8)]);
        queue.handle_ack(8);
        push(&mut queue, 10).unwrap();
        assert_eq!(sent(|route| queue.send_new(route)), [(0, 10)]);
        assert_eq!(sent(|route| queue.send_new(route)), []);
    }

    #[test]
    fn blocked_queue_sends_nothing_and_misrouted_is_resent() {
        // A flush barrier blocks the queue. A misrouted message is sent again; others are reported.
        let mut queue = queue();
        for number in [1, 2] {
            push(&mut queue, number).unwrap();
            assert_eq!(sent(|route| queue.send_new(route)).len(), 1);
        }
        queue.block_until(3);
        push(&mut queue, 4).unwrap();
        assert_eq!(sent(|route| queue.send_new(route)), []);
        assert_eq!(sent(|route| queue.send_all(route)), []);
        queue.handle_misrouted(2);
        assert!(!queue.unblock(1), "an older fence");
        assert!(queue.unblock(3));
        assert_eq!(numbers(&queue.take_sent()), [1]);
        assert_eq!(sent(|route| queue.send_all(route)), [(0, 2), (2, 4)]);
    }

    #[test]
    fn message_sent_twice_and_misrouted_once_is_in_doubt() {
        let mut queue = queue();
        push(&mut queue, 1).unwrap();
        assert_eq!(sent(|route| queue.send_new(route)).len(), 1);
        assert_eq!(sent(|route| queue.send_all(route)).len(), 1);
        queue.handle_misrouted(1);
        assert_eq!(numbers(&queue.take_sent()), [1]);
        assert!(queue.is_empty() && queue.bytes == 0);
    }

    #[test]
    fn one_sender_fills_at_most_half_of_a_queue() {
        let mut queue = queue();
        for number in 1..=3 {
            push_from(&mut queue, "ann", number).unwrap();
        }
        assert_eq!(push_from(&mut queue, "ann", 4), Err(QueueFull::Sender));
        for number in 4..=6 {
            push_from(&mut queue, "ben", number).unwrap();
        }
        assert_eq!(push_from(&mut queue, "cat", 7), Err(QueueFull::All));
        queue.handle_ack(1);
        assert_eq!(push_from(&mut queue, "ben", 7), Err(QueueFull::Sender));
        assert_eq!(push_from(&mut queue, "cat", 7), Ok(()));
    }
}
