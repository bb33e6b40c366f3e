//! Resolves messages in flight to a failed node.
//!
//! Invariant: a message is either reported to its sender or sent again, never both. It is reported
//! if the failed node may have got it. Redis reports each message that it misrouted, and then
//! returns the flush barrier. The retransmit queue sends nothing until then, which preserves order.

use std::time::Instant;

use signal_protocol::{MemberId, RoomName, ServerMessage};

use super::{
    Output, Rooms,
    holdback_queue::{HoldbackQueue, PreviousNode},
    member::{Member, Presence},
    output::{send, tell, tell_attempt},
    refusal::no_such_user,
    retransmit_queue::{RetransmitQueue, UnackedMessage},
};
use crate::cluster::{BacklogLocation, Command};

impl Rooms {
    /// The node of the member failed: blocks the retransmit queue until Redis returns a flush
    /// barrier.
    pub(super) fn start_flush_barrier(&mut self, room: &RoomName, id: &MemberId) -> Option<Output> {
        let number = self.sent + 1;
        let queue = self.retransmit_queue(room, id)?;
        if queue.is_empty() && !queue.is_blocked() {
            return None;
        }
        queue.block_until(number);
        self.sent = number;
        Some(tell(Command::FlushBarrier {
            room: room.clone(),
            to: id.clone(),
            number,
        }))
    }

    /// Sends the barrier again, because the previous one may be lost with its connection.
    pub(super) fn restart_flush_barrier(
        &mut self,
        room: &RoomName,
        id: &MemberId,
    ) -> Option<Output> {
        let is_blocked = self
            .retransmit_queue(room, id)
            .is_some_and(|queue| queue.is_blocked());
        is_blocked.then(|| self.start_flush_barrier(room, id))?
    }

    pub(super) fn handle_misrouted(&mut self, room: &RoomName, to: &MemberId, number: u64) {
        if let Some(queue) = self.retransmit_queue(room, to) {
            queue.handle_misrouted(number);
        }
    }

    pub(super) fn handle_flush_barrier(
        &mut self,
        room: &RoomName,
        to: &MemberId,
        number: u64,
    ) -> Vec<Output> {
        let Some(queue) = self.retransmit_queue(room, to) else {
            return Vec::new();
        };
        if !queue.unblock(number) {
            return Vec::new();
        }
        let lost = queue.take_sent();
        let mut outputs = self.report_all(room, lost);
        outputs.extend(self.resend(room, to));
        self.release_if_ready(room, to, &mut outputs);
        outputs
    }

    /// Holds back messages for a member that moved to this node; `previous` is what this node knew
    /// of it. Two things come first: the backlog of its previous node, and the messages from this
    /// node that were in flight to that node.
    pub(super) fn start_holdback(
        &mut self,
        until: Instant,
        room: &RoomName,
        id: &MemberId,
        backlog: BacklogLocation,
        previous: Option<Member>,
    ) -> Option<Output> {
        let me = self.settings.node.as_ref()?.name.clone();
        let mut own_queue = match previous.map(|member| member.presence) {
            Some(Presence::Remote(queue)) => queue,
            Some(Presence::Present(_) | Presence::Lost { .. }) | None => {
                Box::new(RetransmitQueue::new(me))
            }
        };
        if let Some(until) = own_queue.missing_until.take() {
            self.deadlines.remove(&(until, room.clone(), id.clone()));
        }
        let (previous_node, is_done) = match backlog {
            BacklogLocation::PreviousNode | BacklogLocation::Redis => {
                (PreviousNode::Pending, false)
            }
            BacklogLocation::Lost => (PreviousNode::Done, own_queue.is_empty()),
        };
        let member = self.member_mut(room, id).filter(|_| !is_done)?;
        member.holdback = Some(Box::new(HoldbackQueue::new(
            until,
            previous_node,
            own_queue,
        )));
        self.deadlines.insert((until, room.clone(), id.clone()));
        match previous_node {
            PreviousNode::Pending => None,
            PreviousNode::Done => self.start_flush_barrier(room, id),
        }
    }

    /// Sends all unacknowledged messages again, unless a flush barrier blocks the queue.
    pub(super) fn resend(&mut self, room: &RoomName, id: &MemberId) -> Vec<Output> {
        let found = self.rooms.get_mut(room);
        let member = found.and_then(|room| room.member_mut(id.as_str()));
        match (member, &self.settings.node) {
            (Some(member), Some(node)) => member
                .send(room, &node.name, RetransmitQueue::send_all)
                .map(tell_attempt)
                .collect(),
            (Some(_) | None, _) => Vec::new(),
        }
    }

    /// Tells the senders that their messages may be lost.
    pub(super) fn report_all(
        &self,
        room: &RoomName,
        lost: impl IntoIterator<Item = UnackedMessage>,
    ) -> Vec<Output> {
        let Some(room) = self.rooms.get(room) else {
            return Vec::new();
        };
        lost.into_iter()
            .filter_map(|message| match room.member(&message.from)?.presence {
                Presence::Present(socket) => {
                    let error = ServerMessage::Error(no_such_user(message.kind));
                    Some(send(socket, &error))
                }
                Presence::Lost { .. } | Presence::Remote(_) => None,
            })
            .collect()
    }

    pub(super) fn retransmit_queue(
        &mut self,
        room: &RoomName,
        id: &MemberId,
    ) -> Option<&mut RetransmitQueue> {
        self.member_mut(room, id)?.retransmit_queue()
    }
}
