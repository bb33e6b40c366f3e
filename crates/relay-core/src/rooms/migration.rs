//! Moves a member and its backlog from one node to another.
//!
//! Invariant: the new owner delivers the backlog before any later message. The old owner accepts no
//! message for the member after the move.

use std::collections::{HashMap, VecDeque};

use signal_protocol::{MemberId, RoomName};

use super::{
    Output, Rooms, SocketId,
    holdback_queue::{HoldbackQueue, PreviousNode},
    member::{Announced, Member, Presence},
    output::{resend_request, tell},
};
use crate::{
    cluster::{Command, Handover, HandoverTarget, NodeName, Record},
    frame::{Frame, FrameKind},
};

/// A member that has a local socket and moves to another node.
#[derive(Debug, PartialEq, Eq)]
pub struct MigratingMember {
    pub old: SocketId,
    room: RoomName,
    id: MemberId,
    received: HashMap<NodeName, u64>,
    held: Vec<Frame>,
    more: bool,
    target: HandoverTarget,
}

impl MigratingMember {
    /// The handover, with the unsent frames of the old socket first.
    pub fn into_command(self, unsent: VecDeque<Frame>) -> Command {
        Command::HandOver {
            room: self.room,
            id: self.id,
            handover: handover(
                unsent.into_iter().chain(self.held),
                self.received,
                self.more,
            ),
            target: self.target,
        }
    }
}

impl Rooms {
    /// The member belongs to the other node now: hands over its backlog.
    pub(super) fn hand_over(&mut self, name: &RoomName, record: Record) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(name) else {
            return Vec::new();
        };
        let Some(mut member) = room.take(&record.id) else {
            return Vec::new();
        };
        for until in member.deadlines() {
            self.deadlines
                .remove(&(until, name.clone(), member.id.clone()));
        }
        let status = record.status.clone();
        let was_taken_over = record.takeover_epoch > member.takeover_epoch;
        let announced = Announced::of(record.lost);
        let mut remote = Member::remote(record);
        remote.status = member.status.clone();
        remote.announced = member.announced;
        if let (Some(holdback), Presence::Remote(queue)) =
            (&mut member.holdback, &mut remote.presence)
        {
            // Messages from this node follow the member in the same queue.
            let node = queue.node.clone();
            std::mem::swap(queue, &mut holdback.own_queue);
            queue.node = node;
        }
        let id = remote.id.clone();
        room.insert(remote);
        let mut outputs = match status {
            Some(status) if member.status.as_ref() != Some(&status) => room.set_status(&id, status),
            Some(_) | None => Vec::new(),
        };
        outputs.extend(room.announce(&id, announced));
        outputs.extend(self.emit_handover(name, member, HandoverTarget::CurrentOwner));
        if was_taken_over {
            outputs.extend(self.start_flush_barrier(name, &id));
        }
        outputs.extend(self.resend(name, &id));
        outputs.push(Output::Moved(id));
        self.forget_if_left(name);
        outputs
    }

    /// Hands over the backlog of every local member to its next node.
    pub fn hand_over_all(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (name, mut room) in std::mem::take(&mut self.rooms) {
            for id in room
                .members()
                .iter()
                .map(|member| member.id.clone())
                .collect::<Vec<_>>()
            {
                if let Some(member) = room.take(&id).filter(Member::is_local) {
                    outputs.extend(self.emit_handover(&name, member, HandoverTarget::NextOwner));
                }
            }
        }
        self.deadlines.clear();
        self.memberships.clear();
        outputs
    }

    fn emit_handover(
        &mut self,
        name: &RoomName,
        member: Member,
        target: HandoverTarget,
    ) -> Option<Output> {
        let mut held = VecDeque::new();
        let mut more = false;
        if let Some(mut holdback) = member.holdback {
            more = holdback.previous_node == PreviousNode::Pending;
            // The other nodes retransmit their messages.
            held = holdback.own_queue.take_new();
        }
        let held = held.into_iter().map(|message| message.frame);
        match member.presence {
            Presence::Present(old) => {
                self.memberships.remove(&old);
                Some(Output::HandOver(Box::new(MigratingMember {
                    old,
                    room: name.clone(),
                    id: member.id,
                    received: member.received,
                    held: held.collect(),
                    more,
                    target,
                })))
            }
            Presence::Lost { backlog, .. } => Some(tell(Command::HandOver {
                room: name.clone(),
                id: member.id,
                handover: handover(backlog.into_frames().chain(held), member.received, more),
                target,
            })),
            Presence::Remote(_) => None,
        }
    }

    /// Applies a handover for a local member. If the member moved on, forwards the handover to its
    /// owner.
    pub(super) fn handle_handover(
        &mut self,
        name: &RoomName,
        id: &MemberId,
        handover: Handover,
        outputs: &mut Vec<Output>,
    ) {
        let found = self.rooms.get_mut(name);
        let Some(member) = found.and_then(|room| room.member_mut(id.as_str())) else {
            return;
        };
        if !member.is_local() {
            outputs.push(tell(Command::HandOver {
                room: name.clone(),
                id: id.clone(),
                handover,
                target: HandoverTarget::CurrentOwner,
            }));
            return;
        }
        for (node, number) in handover.received {
            let received = member.received.entry(node).or_insert(0);
            *received = number.max(*received);
        }
        if let Some(holdback) = &mut member.holdback
            && !handover.more
        {
            holdback.previous_node = PreviousNode::Done;
        }
        for frame in handover.frames {
            self.deliver(name, id, Frame::received(frame).exempt(), outputs);
        }
        self.release_if_ready(name, id, outputs);
    }

    pub(super) fn release_if_ready(
        &mut self,
        name: &RoomName,
        id: &MemberId,
        outputs: &mut Vec<Output>,
    ) {
        let member = self.member_mut(name, id);
        let holdback = member.and_then(|member| member.holdback.as_deref());
        if holdback.is_some_and(HoldbackQueue::is_ready) {
            self.release(name, id, outputs);
        }
    }

    /// Releases the held messages. Messages that the previous node may have got are reported to
    /// their senders.
    pub(super) fn release(&mut self, name: &RoomName, id: &MemberId, outputs: &mut Vec<Output>) {
        let Some(me) = self.settings.node.as_ref().map(|node| node.name.clone()) else {
            return;
        };
        let Some(member) = self.member_mut(name, id) else {
            return;
        };
        let Some(mut holdback) = member.holdback.take() else {
            return;
        };
        // Local messages use the same sequence check as forwarded ones: each is delivered once.
        let received = member.received.entry(me).or_insert(0);
        holdback.own_queue.handle_ack(*received);
        *received = holdback.own_queue.last().unwrap_or(*received);
        self.deadlines
            .remove(&(holdback.until, name.clone(), id.clone()));
        if !holdback.is_ready() {
            outputs.extend(self.report_all(name, holdback.own_queue.take_sent()));
        }
        for message in holdback.own_queue.take() {
            self.deliver(name, id, message.frame, outputs);
        }
        let (held, missed) = holdback.into_held();
        for held in held {
            self.accept(name, id, held.origin, held.frame, outputs);
        }
        for node in missed {
            outputs.push(resend_request(node, name, id));
        }
    }

    /// Delivers to a local member: to its socket or its backlog.
    pub(super) fn deliver(
        &mut self,
        name: &RoomName,
        id: &MemberId,
        frame: Frame,
        outputs: &mut Vec<Output>,
    ) {
        let limits = self.settings.backlog;
        match self.presence(name, id) {
            Some(Presence::Present(to)) => outputs.push(Output::Send { to: *to, frame }),
            Some(Presence::Lost { backlog, .. }) => {
                if backlog.try_push(frame.clone(), limits).is_err() {
                    outputs.extend(self.refuse(name, &frame));
                }
            }
            Some(Presence::Remote(_)) | None => {}
        }
    }
}

fn handover(
    frames: impl Iterator<Item = Frame>,
    received: HashMap<NodeName, u64>,
    more: bool,
) -> Handover {
    Handover {
        frames: frames
            .filter(|frame| match frame.kind() {
                FrameKind::Directed => true,
                FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient => {
                    false
                }
            })
            .map(|frame| frame.as_str().to_owned())
            .collect(),
        received,
        more,
    }
}
