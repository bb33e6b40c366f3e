//! A member's place going from one node to another, with what is held for it.
//!
//! Invariant: the new home delivers what the old one held before anything that came later; after a
//! place has gone, the old home takes nothing more for it.

use std::{
    collections::{HashMap, VecDeque},
    time::Instant,
};

use signal_protocol::{LeaveReason, MemberId, RoomName};

use super::{
    Output, Rooms, Seat, SocketId, again,
    awaiting::{Awaiting, Before},
    member::{Member, Presence},
    tell,
};
use crate::{
    backplane::{Command, Handover, NodeName, Record, Taker},
    frame::{Frame, FrameKind},
};

/// A member with a socket here whose place is another node's now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaving {
    pub(crate) old: SocketId,
    room: RoomName,
    id: MemberId,
    heard: HashMap<NodeName, u64>,
    held: Vec<Frame>,
    more: bool,
    taker: Taker,
}

impl Leaving {
    /// With what its socket did not get any more.
    pub(crate) fn into_command(self, unsent: VecDeque<Frame>) -> Command {
        Command::HandOver {
            room: self.room,
            id: self.id,
            handover: handover(unsent.into_iter().chain(self.held), self.heard, self.more),
            taker: self.taker,
        }
    }
}

impl Rooms {
    /// The member is the other node's now: gives it what is held here.
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
        let is_broken = record.breaks > member.breaks;
        let mut there = Member::elsewhere(record);
        there.status = member.status.clone();
        if let (Some(awaiting), Presence::Elsewhere(road)) =
            (&mut member.awaiting, &mut there.presence)
        {
            // What this node's people said goes on along the way that led here.
            let node = road.node.clone();
            std::mem::swap(road, &mut awaiting.own);
            road.node = node;
        }
        let id = there.id.clone();
        room.insert(there);
        let mut outputs = match status {
            Some(status) if member.status.as_ref() != Some(&status) => room.set_status(&id, status),
            Some(_) | None => Vec::new(),
        };
        outputs.extend(self.give(name, member, Taker::Home));
        if is_broken {
            outputs.extend(self.fence(name, &id));
        }
        outputs.extend(self.resend(name, &id));
        outputs.push(Output::Moved(id));
        self.forget_if_left(name);
        outputs
    }

    /// Everything that is held here, for whichever node each member comes back to.
    pub(crate) fn hand_all_over(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (name, mut room) in std::mem::take(&mut self.rooms) {
            for id in room
                .members()
                .iter()
                .map(|member| member.id.clone())
                .collect::<Vec<_>>()
            {
                if let Some(member) = room.take(&id).filter(Member::is_here) {
                    outputs.extend(self.give(&name, member, Taker::Next));
                }
            }
        }
        self.deadlines.clear();
        self.seats.clear();
        outputs
    }

    fn give(&mut self, name: &RoomName, member: Member, taker: Taker) -> Option<Output> {
        let mut held = VecDeque::new();
        let mut more = false;
        if let Some(mut awaiting) = member.awaiting {
            more = awaiting.before == Before::HandsOver;
            // What other nodes sent, they send again.
            held = awaiting.own.take_new();
        }
        let held = held.into_iter().map(|waiting| waiting.frame);
        match member.presence {
            Presence::Present(old) => {
                self.seats.remove(&old);
                Some(Output::HandOver(Box::new(Leaving {
                    old,
                    room: name.clone(),
                    id: member.id,
                    heard: member.heard,
                    held: held.collect(),
                    more,
                    taker,
                })))
            }
            Presence::Lost { backlog, .. } => Some(tell(Command::HandOver {
                room: name.clone(),
                id: member.id,
                handover: handover(backlog.into_frames().chain(held), member.heard, more),
                taker,
            })),
            Presence::Elsewhere(_) => None,
        }
    }

    /// What another node held for a member of this one. If it has moved on, it goes after it.
    pub(super) fn handle_handover(
        &mut self,
        name: &RoomName,
        id: &MemberId,
        handover: Handover,
        outputs: &mut Vec<Output>,
    ) {
        let there = self.rooms.get_mut(name);
        let Some(member) = there.and_then(|room| room.member_mut(id.as_str())) else {
            return;
        };
        if !member.is_here() {
            outputs.push(tell(Command::HandOver {
                room: name.clone(),
                id: id.clone(),
                handover,
                taker: Taker::Home,
            }));
            return;
        }
        for (node, number) in handover.heard {
            let heard = member.heard.entry(node).or_insert(0);
            *heard = number.max(*heard);
        }
        if let Some(awaiting) = &mut member.awaiting
            && !handover.more
        {
            awaiting.before = Before::IsDone;
        }
        for frame in handover.frames {
            self.hand(name, id, Frame::received(frame).taken_on(), outputs);
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
        let awaiting = member.and_then(|member| member.awaiting.as_deref());
        if awaiting.is_some_and(Awaiting::is_ready) {
            self.release(name, id, outputs);
        }
    }

    /// Nobody waits any longer. What was sent to the node before, and may have arrived there, is
    /// then reported.
    fn release(&mut self, name: &RoomName, id: &MemberId, outputs: &mut Vec<Output>) {
        let Some(me) = self.settings.node.as_ref().map(|node| node.name.clone()) else {
            return;
        };
        let Some(member) = self.member_mut(name, id) else {
            return;
        };
        let Some(mut awaiting) = member.awaiting.take() else {
            return;
        };
        // As if they came from another node: each is taken once, wherever else it went.
        let heard = member.heard.entry(me).or_insert(0);
        awaiting.own.handle_heard(*heard);
        *heard = awaiting.own.last().unwrap_or(*heard);
        self.deadlines
            .remove(&(awaiting.until, name.clone(), id.clone()));
        if !awaiting.is_ready() {
            outputs.extend(self.report_all(name, awaiting.own.take_sent()));
        }
        for waiting in awaiting.own.take() {
            self.hand(name, id, waiting.frame, outputs);
        }
        let (held, missed) = awaiting.into_held();
        for held in held {
            self.take(name, id, held.origin, held.frame, outputs);
        }
        for node in missed {
            outputs.push(again(node, name, id));
        }
    }

    /// To a member here, by its socket or into what waits for it.
    pub(super) fn hand(
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
            Some(Presence::Elsewhere(_)) | None => {}
        }
    }

    /// The time has come for something about this member.
    pub(super) fn handle_due(&mut self, now: Instant, seat: &Seat, outputs: &mut Vec<Output>) {
        let there = self.rooms.get_mut(&seat.room);
        let Some(member) = there.and_then(|room| room.member_mut(seat.member.as_str())) else {
            return;
        };
        if member
            .awaiting
            .as_ref()
            .is_some_and(|awaiting| awaiting.until <= now)
        {
            self.release(&seat.room, &seat.member, outputs);
        }
        let given_up = match self.presence(&seat.room, &seat.member) {
            Some(Presence::Lost { until, .. }) => *until <= now,
            Some(Presence::Elsewhere(road)) => road.missing_until.is_some_and(|until| until <= now),
            Some(Presence::Present(_)) | None => false,
        };
        if given_up {
            outputs.extend(self.remove(seat, LeaveReason::Lost));
        }
    }
}

fn handover(
    frames: impl Iterator<Item = Frame>,
    heard: HashMap<NodeName, u64>,
    more: bool,
) -> Handover {
    Handover {
        frames: frames
            .filter(|frame| match frame.kind() {
                FrameKind::Directed => true,
                FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Passing => {
                    false
                }
            })
            .map(|frame| frame.as_str().to_owned())
            .collect(),
        heard,
        more,
    }
}
