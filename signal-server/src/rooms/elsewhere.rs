//! Rooms that several nodes share: members on other nodes, and how they come and go.
//!
//! Invariant: of members here this node knows the truth, of the others Redis; a room is known here
//! while somebody of this node is in it.

use std::time::Instant;

use signal_protocol::{LeaveReason, MemberId, ResumeToken, RoomJoin, RoomName, ServerMessage};

use super::{
    Credentials, Entrance, Output, Rooms, Seat, SocketId,
    member::{Member, Presence},
    road::Road,
    room::Room,
    tell,
};
use crate::{
    admission::AddressKey,
    backplane::{Command, Handover, How, NodeName, Parcel, Record, RoomRecords, SecretHash},
};

/// Who decides a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// This node: the place is here, or the socket has one.
    Here,
    /// Redis; without it this node can, as nobody of another is in the room.
    OnlyUs,
    /// Redis alone.
    Shared,
}

/// A member of another node that is now one of ours.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) id: MemberId,
    pub(crate) how: How,
    pub(crate) kept: Option<Handover>,
    /// Of the room: a hash, or nothing.
    pub(crate) proof: String,
    /// All of the room, the arrived one as well.
    pub(crate) members: Vec<Record>,
    pub(crate) address: AddressKey,
}

impl Rooms {
    pub(crate) fn entry(&self, socket: SocketId, join: &RoomJoin) -> Entry {
        let room = self.rooms.get(&join.room);
        let has_place = |token| room.is_some_and(|room| room.member_with_token(token).is_some());
        if self.seats.contains_key(&socket) || join.resume.as_ref().is_some_and(has_place) {
            return Entry::Here;
        }
        match room {
            Some(room) if room.members().iter().all(Member::is_here) => Entry::OnlyUs,
            Some(_) | None => Entry::Shared,
        }
    }

    /// There is a connection. If Redis is another than before, or began anew, who is missing
    /// there may only be late until then.
    pub(crate) fn handle_together(&mut self, incomplete_until: Option<Instant>) {
        self.apart = false;
        self.incomplete_until = incomplete_until.or(self.incomplete_until);
        self.unsynced = self.rooms.keys().cloned().collect();
    }

    /// The connection is gone, and these were not said by it.
    pub(crate) fn handle_apart(&mut self, unsaid: impl IntoIterator<Item = Command>) {
        self.apart = true;
        for command in unsaid {
            if let Command::Directed(sending) = command {
                let Parcel {
                    room, to, number, ..
                } = sending.parcel;
                self.handle_astray(&room, &to, number);
            }
        }
    }

    pub(crate) fn names(&self) -> Vec<RoomName> {
        self.rooms.keys().cloned().collect()
    }

    /// The members of this node.
    pub(crate) fn records(&self, name: &RoomName) -> RoomRecords {
        let (Some(room), Some(node)) = (self.rooms.get(name), &self.settings.node) else {
            return RoomRecords::default();
        };
        RoomRecords {
            proof: room.proof().map(str::to_owned),
            members: room
                .members()
                .iter()
                .filter(|member| member.is_here())
                .map(|member| member.record(&node.name))
                .collect(),
        }
    }

    /// Redis let it in. Without a socket nobody waits for the answer any more.
    pub(crate) fn handle_entered(
        &mut self,
        now: Instant,
        socket: Option<SocketId>,
        address: AddressKey,
        join: RoomJoin,
        credentials: Credentials,
        members: Vec<Record>,
    ) -> Vec<Output> {
        let Some(socket) = socket else {
            let (room, id) = (join.room, credentials.id);
            let reason = LeaveReason::Lost;
            return vec![tell(Command::Leave { room, id, reason })];
        };
        let order = members
            .iter()
            .find(|member| member.id == credentials.id)
            .map_or(0, |member| member.order);
        let room = join.room.clone();
        self.rooms
            .entry(room.clone())
            .or_insert_with(|| Room::new(join.proof.clone()));
        let mut outputs = self.mirror(now, &room, members);
        outputs.extend(self.place(socket, address, join, credentials, order));
        outputs
    }

    /// Redis gave it a place when nobody waited for the answer any more.
    pub(crate) fn handle_unwanted(&mut self, room: RoomName, id: MemberId) -> Vec<Output> {
        let member = self.member_mut(&room, &id);
        if member.is_some_and(|member| member.is_here()) {
            return Vec::new();
        }
        let reason = LeaveReason::Lost;
        let mut outputs = self.handle_left(room.clone(), id.clone(), reason);
        outputs.push(tell(Command::Leave { room, id, reason }));
        outputs
    }

    /// Redis gave it the place that it had on another node.
    pub(crate) fn handle_resumed(
        &mut self,
        now: Instant,
        socket: Option<SocketId>,
        join: &RoomJoin,
        token: ResumeToken,
        arrival: Arrival,
    ) -> Vec<Output> {
        let Arrival {
            id,
            how,
            kept,
            proof,
            members,
            address,
        } = arrival;
        let Some(lease) = self.settings.node.as_ref().map(|node| node.lease) else {
            return Vec::new();
        };
        let Some(record) = members.iter().find(|member| member.id == id).cloned() else {
            return Vec::new();
        };
        self.rooms
            .entry(join.room.clone())
            .or_insert_with(|| Room::new(Some(proof).filter(|proof| !proof.is_empty())));
        let mut outputs = self.mirror(now, &join.room, members);
        let Some(room) = self.rooms.get_mut(&join.room) else {
            return outputs;
        };
        let before = room.take(&id);
        let mut member = Member::elsewhere(record);
        member.address = Some(address);
        member.resume = token;
        let until = now + self.settings.grace;
        member.presence = match socket {
            Some(socket) => Presence::Present(socket),
            None => Presence::lost(until),
        };
        for due in member.deadlines() {
            self.deadlines.insert((due, join.room.clone(), id.clone()));
        }
        if let Some(socket) = socket {
            let entrance = Entrance::Resumed;
            let joined = self.settings.joined(&join.room, room, &member, entrance);
            outputs.push(Output::Welcome { to: socket, joined });
            let seat = Seat {
                room: join.room.clone(),
                member: id.clone(),
            };
            self.seats.insert(socket, seat);
        }
        room.insert(member);
        outputs.extend(self.await_past(now + lease, &join.room, &id, how, before));
        if let Some(handover) = kept {
            self.handle_handover(&join.room, &id, handover, &mut outputs);
        }
        outputs
    }

    /// Makes the members on other nodes those that Redis knows.
    pub(super) fn mirror(
        &mut self,
        now: Instant,
        name: &RoomName,
        members: Vec<Record>,
    ) -> Vec<Output> {
        let (Some(room), Some(node)) = (self.rooms.get(name), &self.settings.node) else {
            return Vec::new();
        };
        let me = node.name.clone();
        let missing: Vec<MemberId> = room
            .members()
            .iter()
            .filter(|member| !member.is_here())
            .filter(|member| !members.iter().any(|record| record.id == member.id))
            .map(|member| member.id.clone())
            .collect();
        let mut outputs = Vec::new();
        for id in missing {
            self.handle_missing(now, name, id, &mut outputs);
        }
        for record in members {
            if record.node != me {
                outputs.extend(self.upsert(name, record));
            }
        }
        outputs
    }

    fn handle_missing(
        &mut self,
        now: Instant,
        name: &RoomName,
        id: MemberId,
        outputs: &mut Vec<Output>,
    ) {
        let late = self.incomplete_until.filter(|until| *until > now);
        let Some(until) = late else {
            let seat = Seat {
                room: name.clone(),
                member: id,
            };
            outputs.extend(self.remove(&seat, LeaveReason::Lost));
            return;
        };
        let member = self
            .rooms
            .get_mut(name)
            .and_then(|room| room.member_mut(id.as_str()));
        if let Some(Presence::Elsewhere(road)) = member.map(|member| &mut member.presence)
            && road.missing_until.is_none()
        {
            road.missing_until = Some(until);
            self.deadlines.insert((until, name.clone(), id));
        }
    }

    /// A member on another node as it is now; members here are this node's to know.
    pub(super) fn upsert(&mut self, name: &RoomName, record: Record) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(name) else {
            return Vec::new();
        };
        let id = record.id.clone();
        let Some(member) = room.member_mut(id.as_str()) else {
            let member = Member::elsewhere(record);
            let user = member.participant();
            let outputs = room.broadcast(&id, &ServerMessage::UserJoined { user });
            room.insert(member);
            return outputs;
        };
        let Presence::Elsewhere(road) = &mut member.presence else {
            return Vec::new();
        };
        road.node = record.node;
        if let Some(until) = road.missing_until.take() {
            self.deadlines.remove(&(until, name.clone(), id.clone()));
        }
        let is_broken = record.breaks > member.breaks;
        member.breaks = record.breaks;
        let mut outputs = match record.status {
            Some(status) if member.status.as_ref() != Some(&status) => room.set_status(&id, status),
            Some(_) | None => Vec::new(),
        };
        if is_broken {
            outputs.extend(self.fence(name, &id));
        }
        outputs
    }

    /// Where all of the room is on one node, that node gives the place in its order.
    pub(super) fn next_order(&self, name: &RoomName) -> u64 {
        let room = self
            .rooms
            .get(name)
            .filter(|_| self.settings.node.is_some());
        let last = room.and_then(|room| room.members().last());
        last.map_or(0, |member| member.order + 1)
    }

    pub(super) fn forget_if_left(&mut self, name: &RoomName) {
        if self.rooms.get(name).is_none_or(Room::is_anybody_here) {
            return;
        }
        let Some(room) = self.rooms.remove(name) else {
            return;
        };
        for member in room.members() {
            for until in member.deadlines() {
                self.deadlines
                    .remove(&(until, name.clone(), member.id.clone()));
            }
        }
    }

    /// For the other nodes, if there are any.
    pub(super) fn tell(&self, command: impl FnOnce() -> Command) -> Option<Output> {
        self.settings.node.as_ref().map(|_| tell(command()))
    }

    pub(super) fn tell_update(&self, name: &RoomName, id: &MemberId) -> Option<Output> {
        let node = self.settings.node.as_ref()?;
        let room = self.rooms.get(name)?;
        let member = room.member(id)?;
        Some(tell(Command::Update {
            room: name.clone(),
            member: Box::new(member.record(&node.name)),
        }))
    }
}

impl Member {
    pub(super) fn elsewhere(record: Record) -> Self {
        Self {
            id: record.id,
            email: record.email,
            address: None,
            status: record.status,
            // Its own node alone knows it.
            resume: ResumeToken::new(""),
            presence: Presence::Elsewhere(Box::new(Road::new(record.node))),
            order: record.order,
            breaks: record.breaks,
            heard: std::collections::HashMap::new(),
            awaiting: None,
        }
    }

    fn record(&self, node: &NodeName) -> Record {
        Record {
            id: self.id.clone(),
            node: node.clone(),
            order: self.order,
            email: self.email.clone(),
            status: self.status.clone(),
            token: SecretHash::of(self.resume.as_str()),
            breaks: self.breaks,
        }
    }
}
