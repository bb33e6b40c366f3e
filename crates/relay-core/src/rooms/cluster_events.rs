//! Applies messages from other nodes to the rooms.
//!
//! Invariant: node messages arrive in the order in which Redis decided them. A forwarded message is
//! accepted once, after all earlier ones from the same node to the same member.

use std::time::Instant;

use signal_protocol::{LeaveReason, MemberId, RoomName, ServerMessage};

use super::{
    Membership, Output, Rooms,
    holdback_queue::Origin,
    member::{Member, Presence},
    output::{resend_request, send, tell},
    refusal::receiver_full,
};
use crate::{
    cluster::{Command, ForwardedMessage, NodeMessage, NodeName, Record},
    frame::Frame,
};

impl Rooms {
    /// Handles every node message except join answers, which belong to a waiting socket.
    pub fn handle_node_message(&mut self, now: Instant, message: NodeMessage) -> Vec<Output> {
        match message {
            NodeMessage::Joined { room, member } | NodeMessage::Changed { room, member } => {
                self.upsert(&room, member)
            }
            NodeMessage::Left {
                room,
                id,
                reason,
                replaced_by: None,
            } => self.handle_left(room, id, reason),
            NodeMessage::Left {
                room,
                id,
                replaced_by: Some(by),
                ..
            } => self.handle_replaced(room, id, &by),
            NodeMessage::Moved { room, member } => self.handle_moved(&room, member),
            NodeMessage::HandedOver { room, id, handover } => {
                let mut outputs = Vec::new();
                self.handle_handover(&room, &id, handover, &mut outputs);
                outputs
            }
            NodeMessage::Synced {
                room,
                node,
                members,
            } => self.handle_synced(&room, &node, members),
            NodeMessage::Directed(message) => self.handle_forwarded(message),
            NodeMessage::Misrouted { room, to, number } => {
                self.handle_misrouted(&room, &to, number);
                Vec::new()
            }
            NodeMessage::FlushBarrier { room, to, number } => {
                self.handle_flush_barrier(&room, &to, number)
            }
            NodeMessage::Ack { room, to, number } => {
                if let Some(queue) = self.retransmit_queue(&room, &to) {
                    queue.handle_ack(number);
                }
                Vec::new()
            }
            NodeMessage::ResendRequest { room, to } => self.resend(&room, &to),
            NodeMessage::ReceiverFull { room, from, kind } => {
                let sender = self.presence(&room, &from);
                let Some(Presence::Present(socket)) = sender else {
                    return Vec::new();
                };
                let error = ServerMessage::Error(receiver_full(kind));
                vec![send(*socket, &error)]
            }
            NodeMessage::Snapshot {
                room,
                refused,
                members,
            } => self.handle_snapshot(now, &room, &refused, members),
            NodeMessage::Entered(_) | NodeMessage::Resumed(_) | NodeMessage::Refused(_) => {
                Vec::new()
            }
        }
    }

    pub(super) fn handle_left(
        &mut self,
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
    ) -> Vec<Output> {
        match self.presence(&room, &id) {
            Some(Presence::Remote(_)) => self.remove(&Membership { room, member: id }, reason),
            // Removed by others during a partition. The next sync restores the member.
            Some(Presence::Present(_) | Presence::Lost { .. }) | None => Vec::new(),
        }
    }

    /// Redis removed a lost member whose device joined.
    fn handle_replaced(&mut self, room: RoomName, id: MemberId, by: &MemberId) -> Vec<Output> {
        match self.presence(&room, &id) {
            Some(Presence::Remote(_) | Presence::Lost { .. }) => {
                self.replace(&Membership { room, member: id }, by)
            }
            // It resumed here before the node heard of it: restores it in Redis.
            Some(Presence::Present(_)) => vec![tell(Command::Sync(room))],
            None => Vec::new(),
        }
    }

    fn handle_moved(&mut self, room: &RoomName, record: Record) -> Vec<Output> {
        let id = record.id.clone();
        match self.presence(room, &id) {
            Some(Presence::Present(_) | Presence::Lost { .. }) => {
                return self.hand_over(room, record);
            }
            Some(Presence::Remote(_)) | None => {}
        }
        let mut outputs = self.upsert(room, record);
        outputs.extend(self.resend(room, &id));
        outputs
    }

    fn handle_synced(
        &mut self,
        room: &RoomName,
        node: &NodeName,
        members: Vec<Record>,
    ) -> Vec<Output> {
        let Some(found) = self.rooms.get(room) else {
            return Vec::new();
        };
        // A member that is missing from the list may have moved; another message tells this node.
        let may_miss = self.unsynced.contains(room);
        let gone: Vec<MemberId> = found
            .members()
            .iter()
            .filter(|_| !may_miss)
            .filter(|member| match &member.presence {
                Presence::Remote(queue) => queue.node == *node,
                Presence::Present(_) | Presence::Lost { .. } => false,
            })
            .filter(|member| !members.iter().any(|record| record.id == member.id))
            .map(|member| member.id.clone())
            .collect();
        let mut outputs = Vec::new();
        for member in gone {
            let membership = Membership {
                room: room.clone(),
                member,
            };
            outputs.extend(self.remove(&membership, LeaveReason::Lost));
        }
        for record in members {
            let id = record.id.clone();
            outputs.extend(self.upsert(room, record));
            outputs.extend(self.resend(room, &id));
        }
        outputs
    }

    fn handle_snapshot(
        &mut self,
        now: Instant,
        room: &RoomName,
        refused: &[MemberId],
        members: Vec<Record>,
    ) -> Vec<Output> {
        self.unsynced.remove(room);
        let mut outputs = Vec::new();
        for id in refused {
            if let Some(Presence::Present(socket)) = self.presence(room, id) {
                let socket = *socket;
                self.memberships.remove(&socket);
                outputs.push(Output::Restart(socket));
            }
            let membership = Membership {
                room: room.clone(),
                member: id.clone(),
            };
            outputs.extend(self.remove(&membership, LeaveReason::Lost));
        }
        // Members that another node took over during a partition.
        let me = self.settings.node.as_ref().map(|node| node.name.clone());
        for record in &members {
            let is_local = match self.presence(room, &record.id) {
                Some(Presence::Present(_) | Presence::Lost { .. }) => true,
                Some(Presence::Remote(_)) | None => false,
            };
            if is_local && Some(&record.node) != me.as_ref() {
                outputs.extend(self.hand_over(room, record.clone()));
            }
        }
        let ids: Vec<MemberId> = members.iter().map(|record| record.id.clone()).collect();
        outputs.extend(self.mirror(now, room, members));
        for id in &ids {
            outputs.extend(self.restart_flush_barrier(room, id));
            outputs.extend(self.resend(room, id));
        }
        outputs
    }

    fn handle_forwarded(&mut self, message: ForwardedMessage) -> Vec<Output> {
        let ForwardedMessage {
            room,
            to,
            node,
            number,
            after,
            frame,
        } = message;
        let origin = Origin {
            node,
            number,
            after,
        };
        let mut outputs = Vec::new();
        self.accept_or_hold(&room, &to, origin, Frame::received(frame), &mut outputs);
        outputs
    }

    /// Accepts a message for a local member, or holds it back. Without a local member it is
    /// dropped: Redis reports the misrouting.
    fn accept_or_hold(
        &mut self,
        room: &RoomName,
        to: &MemberId,
        origin: Origin,
        frame: Frame,
        outputs: &mut Vec<Output>,
    ) {
        let limits = self.settings.backlog;
        let found = self.rooms.get_mut(room);
        let member = found.and_then(|room| room.member_mut(to.as_str()));
        let Some(member) = member.filter(|member| member.is_local()) else {
            return;
        };
        match &mut member.holdback {
            Some(holdback) => holdback.push_or_mark_missed(frame, origin, limits),
            None => self.accept(room, to, origin, frame, outputs),
        }
    }

    /// Delivers a message if it is the next one in sequence, and acknowledges it. Requests a resend
    /// after a gap.
    pub(super) fn accept(
        &mut self,
        room: &RoomName,
        to: &MemberId,
        origin: Origin,
        frame: Frame,
        outputs: &mut Vec<Output>,
    ) {
        let found = self.rooms.get_mut(room);
        let Some(member) = found.and_then(|room| room.member_mut(to.as_str())) else {
            return;
        };
        let received = member.received.entry(origin.node.clone()).or_insert(0);
        if origin.number > *received {
            if origin.after > *received {
                outputs.push(resend_request(origin.node, room, to));
                return;
            }
            *received = origin.number;
            self.deliver(room, to, frame, outputs);
        }
        outputs.push(tell(Command::Ack {
            node: origin.node,
            room: room.clone(),
            to: to.clone(),
            number: origin.number,
        }));
    }

    pub(super) fn presence(&mut self, room: &RoomName, id: &MemberId) -> Option<&mut Presence> {
        self.member_mut(room, id).map(|member| &mut member.presence)
    }

    pub(super) fn member_mut(&mut self, room: &RoomName, id: &MemberId) -> Option<&mut Member> {
        self.rooms.get_mut(room)?.member_mut(id.as_str())
    }
}
