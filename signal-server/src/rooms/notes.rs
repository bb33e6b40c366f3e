//! What other nodes say, carried out.
//!
//! Invariant: notes come in the order in which Redis decided them. A message is taken once, and
//! only after those that its sender's node sent to the same member before it.

use std::time::Instant;

use signal_protocol::{LeaveReason, MemberId, RoomName, ServerMessage};

use super::{
    Output, Rooms, Seat, again,
    awaiting::Origin,
    member::{Member, Presence},
    receiver_full, send, tell,
};
use crate::{
    backplane::{Command, NodeName, Note, Parcel, Record},
    frame::Frame,
};

impl Rooms {
    /// All but the answers to joins, which their sockets wait for.
    pub(crate) fn handle_note(&mut self, now: Instant, note: Note) -> Vec<Output> {
        match note {
            Note::Joined { room, member } | Note::Changed { room, member } => {
                self.upsert(&room, member)
            }
            Note::Left { room, id, reason } => self.handle_left(room, id, reason),
            Note::Moved { room, member } => self.handle_moved(&room, member),
            Note::HandedOver { room, id, handover } => {
                let mut outputs = Vec::new();
                self.handle_handover(&room, &id, handover, &mut outputs);
                outputs
            }
            Note::Synced {
                room,
                node,
                members,
            } => self.handle_synced(&room, &node, members),
            Note::Directed(parcel) => self.handle_parcel(parcel),
            Note::Astray { room, to, number } => {
                self.handle_astray(&room, &to, number);
                Vec::new()
            }
            Note::Fenced { room, to, number } => self.handle_fenced(&room, &to, number),
            Note::Heard { room, to, number } => {
                if let Some(road) = self.road(&room, &to) {
                    road.handle_heard(number);
                }
                Vec::new()
            }
            Note::Again { room, to } => self.resend(&room, &to),
            Note::NotTaken { room, from, kind } => {
                let sender = self.presence(&room, &from);
                let Some(Presence::Present(socket)) = sender else {
                    return Vec::new();
                };
                let error = ServerMessage::Error(receiver_full(kind));
                vec![send(*socket, &error)]
            }
            Note::Snapshot {
                room,
                refused,
                members,
            } => self.handle_snapshot(now, &room, &refused, members),
            Note::Entered { .. } | Note::Resumed { .. } | Note::Refused { .. } => Vec::new(),
        }
    }

    pub(super) fn handle_left(
        &mut self,
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
    ) -> Vec<Output> {
        match self.presence(&room, &id) {
            Some(Presence::Elsewhere(_)) => self.remove(&Seat { room, member: id }, reason),
            // Given up by others while we were cut off: what we have is told when we sync.
            Some(Presence::Present(_) | Presence::Lost { .. }) | None => Vec::new(),
        }
    }

    fn handle_moved(&mut self, room: &RoomName, record: Record) -> Vec<Output> {
        let id = record.id.clone();
        match self.presence(room, &id) {
            Some(Presence::Present(_) | Presence::Lost { .. }) => {
                return self.hand_over(room, record);
            }
            Some(Presence::Elsewhere(_)) | None => {}
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
        let Some(there) = self.rooms.get(room) else {
            return Vec::new();
        };
        // Who is not there any more may have moved, of which this node will hear.
        let may_miss = self.unsynced.contains(room);
        let gone: Vec<MemberId> = there
            .members()
            .iter()
            .filter(|_| !may_miss)
            .filter(|member| match &member.presence {
                Presence::Elsewhere(road) => road.node == *node,
                Presence::Present(_) | Presence::Lost { .. } => false,
            })
            .filter(|member| !members.iter().any(|record| record.id == member.id))
            .map(|member| member.id.clone())
            .collect();
        let mut outputs = Vec::new();
        for member in gone {
            let seat = Seat {
                room: room.clone(),
                member,
            };
            outputs.extend(self.remove(&seat, LeaveReason::Lost));
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
                self.seats.remove(&socket);
                outputs.push(Output::Restart(socket));
            }
            let seat = Seat {
                room: room.clone(),
                member: id.clone(),
            };
            outputs.extend(self.remove(&seat, LeaveReason::Lost));
        }
        // Taken over by another node while this one was cut off.
        let me = self.settings.node.as_ref().map(|node| node.name.clone());
        for record in &members {
            let is_here = match self.presence(room, &record.id) {
                Some(Presence::Present(_) | Presence::Lost { .. }) => true,
                Some(Presence::Elsewhere(_)) | None => false,
            };
            if is_here && Some(&record.node) != me.as_ref() {
                outputs.extend(self.hand_over(room, record.clone()));
            }
        }
        let ids: Vec<MemberId> = members.iter().map(|record| record.id.clone()).collect();
        outputs.extend(self.mirror(now, room, members));
        for id in &ids {
            outputs.extend(self.fence_anew(room, id));
            outputs.extend(self.resend(room, id));
        }
        outputs
    }

    fn handle_parcel(&mut self, parcel: Parcel) -> Vec<Output> {
        let Parcel {
            room,
            to,
            node,
            number,
            after,
            frame,
        } = parcel;
        let origin = Origin {
            node,
            number,
            after,
        };
        let mut outputs = Vec::new();
        self.take_or_hold(&room, &to, origin, Frame::received(frame), &mut outputs);
        outputs
    }

    /// For a member here. One that has left or moved is not, and the sender's node is told so.
    fn take_or_hold(
        &mut self,
        room: &RoomName,
        to: &MemberId,
        origin: Origin,
        frame: Frame,
        outputs: &mut Vec<Output>,
    ) {
        let limits = self.settings.backlog;
        let there = self.rooms.get_mut(room);
        let member = there.and_then(|room| room.member_mut(to.as_str()));
        let Some(member) = member.filter(|member| member.is_here()) else {
            return;
        };
        match &mut member.awaiting {
            Some(awaiting) => awaiting.hold_or_miss(frame, origin, limits),
            None => self.take(room, to, origin, frame, outputs),
        }
    }

    /// Takes what another node sent, if it is its turn, and tells that node.
    pub(super) fn take(
        &mut self,
        room: &RoomName,
        to: &MemberId,
        origin: Origin,
        frame: Frame,
        outputs: &mut Vec<Output>,
    ) {
        let there = self.rooms.get_mut(room);
        let Some(member) = there.and_then(|room| room.member_mut(to.as_str())) else {
            return;
        };
        let heard = member.heard.entry(origin.node.clone()).or_insert(0);
        if origin.number > *heard {
            if origin.after > *heard {
                outputs.push(again(origin.node, room, to));
                return;
            }
            *heard = origin.number;
            self.hand(room, to, frame, outputs);
        }
        outputs.push(tell(Command::Heard {
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
