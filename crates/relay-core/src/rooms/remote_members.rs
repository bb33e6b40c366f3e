//! Members on other nodes: joins, moves and losses in shared rooms.
//!
//! Invariant: this node is the authority for local members, Redis for remote ones. A node knows a
//! room only while it has a local member in it.

use std::time::Instant;

use signal_protocol::{LeaveReason, MemberId, ResumeToken, RoomJoin, RoomName, ServerMessage};

use super::{
    Credentials, Membership, Output, Rooms, SocketId,
    backlog::Backlog,
    joining::Entrance,
    member::{Announced, Member, Presence},
    output::tell,
    retransmit_queue::RetransmitQueue,
    room::Room,
};
use crate::{
    admission::AddressKey,
    cluster::{
        BacklogLocation, Command, ForwardedMessage, Handover, JoinResumed, NodeName, Record,
        RecordedLoss, RoomRecords, SecretHash,
    },
};

/// The authority that decides a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinAuthority {
    /// This node: the socket is a member already, or the token belongs to a local member.
    Local,
    /// Redis; during a partition this node, because the room has local members only.
    LocalFallback,
    /// Redis only.
    Shared,
}

/// A remote member that becomes local.
#[derive(Debug)]
pub struct IncomingMember {
    id: MemberId,
    backlog: BacklogLocation,
    kept: Option<Handover>,
    /// Passcode proof of the room, hashed, or empty.
    proof: String,
    /// All members of the room, the new one included.
    members: Vec<Record>,
    address: AddressKey,
}

impl IncomingMember {
    pub fn new(resumed: JoinResumed, address: AddressKey) -> Self {
        Self {
            id: resumed.id,
            backlog: resumed.backlog,
            kept: resumed.kept,
            proof: resumed.proof,
            members: resumed.members,
            address,
        }
    }
}

impl Rooms {
    pub fn join_authority(&self, socket: SocketId, join: &RoomJoin) -> JoinAuthority {
        let room = self.rooms.get(&join.room);
        let has_place = |token| room.is_some_and(|room| room.member_with_token(token).is_some());
        if self.memberships.contains_key(&socket) || join.resume.as_ref().is_some_and(has_place) {
            return JoinAuthority::Local;
        }
        match room {
            Some(room) if room.members().iter().all(Member::is_local) => {
                JoinAuthority::LocalFallback
            }
            Some(_) | None => JoinAuthority::Shared,
        }
    }

    /// Redis is connected. Until `incomplete_until` a restarted Redis may not know all members, so
    /// missing ones are not removed.
    pub fn handle_connected(&mut self, incomplete_until: Option<Instant>) {
        self.is_partitioned = false;
        self.incomplete_until = incomplete_until.or(self.incomplete_until);
        self.unsynced = self.rooms.keys().cloned().collect();
    }

    /// Redis is disconnected, and these commands were not sent.
    pub fn handle_partitioned(&mut self, unsent: impl IntoIterator<Item = Command>) {
        self.is_partitioned = true;
        for command in unsent {
            if let Command::Directed(attempt) = command {
                let ForwardedMessage {
                    room, to, number, ..
                } = attempt.message;
                self.handle_misrouted(&room, &to, number);
            }
        }
    }

    pub fn names(&self) -> Vec<RoomName> {
        self.rooms.keys().cloned().collect()
    }

    /// The local members of a room.
    pub fn records(&self, name: &RoomName) -> RoomRecords {
        let (Some(room), Some(node)) = (self.rooms.get(name), &self.settings.node) else {
            return RoomRecords::default();
        };
        RoomRecords {
            proof: room.proof().map(str::to_owned),
            members: room
                .members()
                .iter()
                .filter(|member| member.is_local())
                .map(|member| member.record(&node.name))
                .collect(),
        }
    }

    /// Redis accepted the join. Without a socket the member leaves again.
    pub fn handle_entered(
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
        outputs.extend(self.insert_member(socket, address, join, credentials, order));
        outputs
    }

    /// Redis accepted a join that was refused to the client meanwhile. Takes it back.
    pub fn handle_abandoned_join(&mut self, room: RoomName, id: MemberId) -> Vec<Output> {
        let member = self.member_mut(&room, &id);
        if member.is_some_and(|member| member.is_local()) {
            return Vec::new();
        }
        let reason = LeaveReason::Lost;
        let mut outputs = self.handle_left(room.clone(), id.clone(), reason);
        outputs.push(tell(Command::Leave { room, id, reason }));
        outputs
    }

    /// Redis moved the member from another node to this one.
    pub fn handle_resumed(
        &mut self,
        now: Instant,
        socket: Option<SocketId>,
        join: &RoomJoin,
        token: ResumeToken,
        incoming: IncomingMember,
    ) -> Vec<Output> {
        let IncomingMember {
            id,
            backlog,
            kept,
            proof,
            members,
            address,
        } = incoming;
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
        let mut member = Member::remote(record);
        member.address = Some(address);
        member.resume = token;
        if let Some(before) = &before {
            member.announced = before.announced;
        }
        member.presence = match socket {
            Some(socket) => Presence::Present(socket),
            None => Presence::Lost {
                times: self.settings.loss_times(now, self.settings.grace),
                backlog: Backlog::default(),
            },
        };
        for due in member.deadlines() {
            self.deadlines.insert((due, join.room.clone(), id.clone()));
        }
        if let Some(socket) = socket {
            let entrance = Entrance::Resumed;
            let joined = self.settings.joined(&join.room, room, &member, entrance);
            outputs.push(Output::Welcome { to: socket, joined });
            let membership = Membership {
                room: join.room.clone(),
                member: id.clone(),
            };
            self.memberships.insert(socket, membership);
        }
        room.insert(member);
        match socket {
            Some(_) => outputs.extend(room.announce(&id, Announced::Present)),
            None => outputs.extend(self.tell_update(&join.room, &id)),
        }
        outputs.extend(self.start_holdback(now + lease, &join.room, &id, backlog, before));
        if let Some(handover) = kept {
            self.handle_handover(&join.room, &id, handover, &mut outputs);
        }
        outputs
    }

    /// Makes the remote members of a room equal to those in Redis.
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
            .filter(|member| !member.is_local())
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
            let membership = Membership {
                room: name.clone(),
                member: id,
            };
            outputs.extend(self.remove(&membership, LeaveReason::Lost));
            return;
        };
        let member = self
            .rooms
            .get_mut(name)
            .and_then(|room| room.member_mut(id.as_str()));
        if let Some(Presence::Remote(queue)) = member.map(|member| &mut member.presence)
            && queue.missing_until.is_none()
        {
            queue.missing_until = Some(until);
            self.deadlines.insert((until, name.clone(), id));
        }
    }

    /// Adds or updates a remote member. Ignores local members.
    pub(super) fn upsert(&mut self, name: &RoomName, record: Record) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(name) else {
            return Vec::new();
        };
        let id = record.id.clone();
        let announced = Announced::of(record.lost);
        let Some(member) = room.member_mut(id.as_str()) else {
            let member = Member::remote(record);
            let user = member.participant();
            let outputs = room.broadcast(&id, &ServerMessage::UserJoined { user });
            room.insert(member);
            return outputs;
        };
        let Presence::Remote(queue) = &mut member.presence else {
            return Vec::new();
        };
        queue.node = record.node;
        if let Some(until) = queue.missing_until.take() {
            self.deadlines.remove(&(until, name.clone(), id.clone()));
        }
        let was_taken_over = record.takeover_epoch > member.takeover_epoch;
        member.takeover_epoch = record.takeover_epoch;
        let mut outputs = match record.status {
            Some(status) if member.status.as_ref() != Some(&status) => room.set_status(&id, status),
            Some(_) | None => Vec::new(),
        };
        outputs.extend(room.announce(&id, announced));
        if was_taken_over {
            outputs.extend(self.start_flush_barrier(name, &id));
        }
        outputs
    }

    /// The order of the next local member, for a room on this node only.
    pub(super) fn next_order(&self, name: &RoomName) -> u64 {
        let room = self
            .rooms
            .get(name)
            .filter(|_| self.settings.node.is_some());
        let last = room.and_then(|room| room.members().last());
        last.map_or(0, |member| member.order + 1)
    }

    pub(super) fn forget_if_left(&mut self, name: &RoomName) {
        if self.rooms.get(name).is_none_or(Room::has_local_members) {
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

    /// A command to Redis, in a cluster.
    pub(super) fn tell(&self, command: impl FnOnce() -> Command) -> Option<Output> {
        self.settings.node.as_ref().map(|_| tell(command()))
    }

    /// Tells Redis the state of a local member.
    pub(super) fn tell_update(&self, name: &RoomName, id: &MemberId) -> Option<Output> {
        let member = self.rooms.get(name)?.member(id)?;
        self.tell_update_after(name, id, &member.resume)
    }

    /// The same after its token has changed from this one.
    pub(super) fn tell_update_after(
        &self,
        name: &RoomName,
        id: &MemberId,
        token_before: &ResumeToken,
    ) -> Option<Output> {
        let node = self.settings.node.as_ref()?;
        let member = self.rooms.get(name)?.member(id)?;
        Some(tell(Command::Update {
            room: name.clone(),
            member: Box::new(member.record(&node.name)),
            token_before: SecretHash::of(token_before.as_str()),
        }))
    }
}

impl Member {
    pub(super) fn remote(record: Record) -> Self {
        Self {
            id: record.id,
            email: record.email,
            address: None,
            status: record.status,
            // Only its owner node knows the token.
            resume: ResumeToken::new(""),
            device: record.device,
            presence: Presence::Remote(Box::new(RetransmitQueue::new(record.node))),
            announced: Announced::of(record.lost),
            order: record.order,
            takeover_epoch: record.takeover_epoch,
            received: std::collections::HashMap::new(),
            holdback: None,
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
            takeover_epoch: self.takeover_epoch,
            device: self.device.clone(),
            lost: match (&self.presence, self.announced) {
                (Presence::Present(_), _) | (Presence::Remote(_), Announced::Present) => None,
                (Presence::Lost { .. }, Announced::Present) => Some(RecordedLoss::Unannounced),
                (Presence::Lost { .. } | Presence::Remote(_), Announced::Lost) => {
                    Some(RecordedLoss::Announced)
                }
            },
        }
    }
}
