//! Joins of local sockets: a new member, or the resume of one.
//!
//! Invariant: a refused join changes nothing. A resume token is used once. A join replaces lost
//! members of its own device, and never one with a socket.

use std::collections::HashMap;

use signal_protocol::{
    ErrorMessage, MemberId, ResumeToken, RoomJoin, RoomJoined, RoomLimits, RoomName, ServerMessage,
};

use super::{
    Membership, Output, RoomSettings, Rooms, SocketId,
    member::{Announced, Member, Presence},
    refusal::{already_joined, room_full, room_share_full, wrong_passcode},
    room::Room,
};
use crate::{admission::AddressKey, cluster::SecretHash};

/// Random values for one join. The caller draws them, because this module has no randomness.
#[derive(Debug)]
pub struct Credentials {
    pub id: MemberId,
    pub resume: ResumeToken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Entrance {
    Fresh,
    Resumed,
}

impl Rooms {
    /// # Errors
    /// The answer to the client. The state is unchanged.
    pub fn handle_join(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        join: RoomJoin,
        credentials: Credentials,
    ) -> Result<Vec<Output>, ErrorMessage> {
        if self.memberships.contains_key(&socket) {
            return Err(already_joined());
        }
        match self.resumed_member(&join) {
            Some(id) => Ok(self.resume(socket, address, join, &id, credentials.resume)),
            None => self.enter(socket, address, join, credentials),
        }
    }

    /// Whether the join has the resume token of a local member.
    pub fn resumes_local_member(&self, join: &RoomJoin) -> bool {
        self.resumed_member(join).is_some()
    }

    fn resumed_member(&self, join: &RoomJoin) -> Option<MemberId> {
        let token = join.resume.as_ref()?;
        self.rooms.get(&join.room)?.member_with_token(token)
    }

    fn enter(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        join: RoomJoin,
        credentials: Credentials,
    ) -> Result<Vec<Output>, ErrorMessage> {
        let mut ghosts = Vec::new();
        if let Some(room) = self.rooms.get(&join.room) {
            if !room.admits(join.proof.as_deref()) {
                return Err(wrong_passcode());
            }
            let device = join.device.as_ref().map(SecretHash::from);
            ghosts = device.map_or_else(Vec::new, |device| room.ghosts_of(&device));
            if room.members().len() - ghosts.len() >= self.settings.members {
                return Err(room_full(self.settings.members));
            }
            let present = room.addresses_beside(&ghosts);
            if !self.settings.share.admits(address, present) {
                return Err(room_share_full());
            }
        }
        let mut outputs = Vec::new();
        for member in ghosts {
            let room = join.room.clone();
            outputs.extend(self.replace(&Membership { room, member }, &credentials.id));
        }
        let order = self.next_order(&join.room);
        outputs.extend(self.insert_member(socket, address, join, credentials, order));
        Ok(outputs)
    }

    /// Adds a member. The caller has done all checks.
    pub(super) fn insert_member(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        join: RoomJoin,
        credentials: Credentials,
        order: u64,
    ) -> Vec<Output> {
        let member = Member {
            id: credentials.id,
            email: join.email,
            address: Some(address),
            status: join.status,
            resume: credentials.resume,
            device: join.device.as_ref().map(SecretHash::from),
            presence: Presence::Present(socket),
            announced: Announced::Present,
            order,
            takeover_epoch: 0,
            received: HashMap::new(),
            holdback: None,
        };
        let room = self
            .rooms
            .entry(join.room.clone())
            .or_insert_with(|| Room::new(join.proof));
        let joined = self
            .settings
            .joined(&join.room, room, &member, Entrance::Fresh);
        let mut outputs = vec![Output::Welcome { to: socket, joined }];
        outputs.extend(room.broadcast(
            &member.id,
            &ServerMessage::UserJoined {
                user: member.participant(),
            },
        ));
        self.memberships.insert(
            socket,
            Membership {
                room: join.room,
                member: member.id.clone(),
            },
        );
        room.insert(member);
        outputs
    }

    fn resume(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        join: RoomJoin,
        id: &MemberId,
        next_token: ResumeToken,
    ) -> Vec<Output> {
        let mut outputs = Vec::new();
        let Some(room) = self.rooms.get_mut(&join.room) else {
            return outputs;
        };
        let Some(member) = room.member_mut(id.as_str()) else {
            return outputs;
        };
        let before = std::mem::replace(&mut member.presence, Presence::Present(socket));
        let token_before = std::mem::replace(&mut member.resume, next_token);
        member.address = Some(address);
        member.device = join
            .device
            .as_ref()
            .map(SecretHash::from)
            .or(member.device.take());
        let member = member.clone();
        let joined = self
            .settings
            .joined(&join.room, room, &member, Entrance::Resumed);
        outputs.push(Output::Welcome { to: socket, joined });
        match before {
            Presence::Present(old) => {
                self.memberships.remove(&old);
                outputs.push(Output::TakeOver { old, new: socket });
            }
            Presence::Lost { times, backlog } => {
                for due in times.deadlines() {
                    self.deadlines.remove(&(due, join.room.clone(), id.clone()));
                }
                outputs.extend(
                    backlog
                        .into_frames()
                        .map(|frame| Output::Send { to: socket, frame }),
                );
            }
            // Resume tokens match local members only.
            Presence::Remote(_) => {}
        }
        outputs.extend(room.announce(id, Announced::Present));
        if let Some(status) = join.status
            && member.status.as_ref() != Some(&status)
        {
            outputs.extend(room.set_status(id, status));
        }
        outputs.extend(self.tell_update_after(&join.room, id, &token_before));
        self.memberships.insert(
            socket,
            Membership {
                room: join.room,
                member: id.clone(),
            },
        );
        outputs
    }
}

impl RoomSettings {
    pub(super) fn joined(
        &self,
        name: &RoomName,
        room: &Room,
        member: &Member,
        entrance: Entrance,
    ) -> Box<RoomJoined> {
        Box::new(RoomJoined {
            myself: member.myself(),
            room: name.clone(),
            participants: room.participants_beside(&member.id),
            ice_servers: Vec::new(),
            ice_ttl: 0,
            resume: member.resume.clone(),
            resumed: entrance == Entrance::Resumed,
            limits: RoomLimits {
                participants: whole(self.members),
                message_bytes: whole(self.message_bytes),
            },
        })
    }
}

fn whole(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}
