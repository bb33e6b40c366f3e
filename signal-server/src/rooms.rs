//! Rooms and their members: a state machine that takes messages and the time, and returns outputs.
//!
//! Invariant: no clock, lock, socket or task. Each member learns of every other member of its room
//! exactly once. A member is present on one socket, lost and waited for, or on another node.

mod backlog;
mod cluster_events;
#[cfg(test)]
mod cluster_model;
mod flush_barrier;
mod holdback_queue;
mod member;
mod migration;
#[cfg(test)]
mod model;
mod refusal;
mod remote_members;
mod retransmit_queue;
mod room;
mod share;
#[cfg(test)]
mod tables;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use rustc_hash::FxHashMap;
use signal_protocol::{
    DeliveredFrame, DirectedFrame, ErrorMessage, LeaveReason, MemberId, ResumeToken, RoomJoin,
    RoomJoined, RoomLimits, RoomName, ServerMessage, Status,
};
use smallvec::{SmallVec, smallvec};

use crate::{
    admission::AddressKey,
    backplane::{Command, ForwardAttempt, NodeName},
    frame::Frame,
};
pub(crate) use backlog::BacklogLimits;
use member::{Member, Presence};
pub(crate) use migration::MigratingMember;
pub(crate) use refusal::not_joined;
use refusal::{already_joined, no_such_user, receiver_full};
pub(crate) use refusal::{room_full, room_share_full, wrong_passcode};
pub(crate) use remote_members::{IncomingMember, JoinAuthority};
use retransmit_queue::{QueueFull, RetransmitQueue, UnackedMessage};
use room::Room;
pub(crate) use share::RoomShare;

/// A socket of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SocketId(pub(crate) u64);

#[derive(Debug, Clone)]
pub(crate) struct RoomSettings {
    pub(crate) members: usize,
    pub(crate) share: RoomShare,
    pub(crate) message_bytes: usize,
    pub(crate) grace: Duration,
    pub(crate) backlog: BacklogLimits,
    /// Set when several nodes share their rooms.
    pub(crate) node: Option<NodeSettings>,
}

/// Settings of one node in a cluster.
#[derive(Debug, Clone)]
pub(crate) struct NodeSettings {
    pub(crate) name: NodeName,
    /// A silent node counts as alive for this long.
    pub(crate) lease: Duration,
    /// Limits of each retransmit queue.
    pub(crate) retransmit_limits: BacklogLimits,
}

/// Why a socket was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The network connection broke, perhaps only for a moment.
    Broken,
    /// The relay closed it because it read nothing.
    TooSlow,
}

/// Random values for one join. The caller draws them, because this module has no randomness.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) id: MemberId,
    pub(crate) resume: ResumeToken,
}

/// Outputs of a directed message: nearly always one.
pub(crate) type Outputs = SmallVec<[Output; 1]>;

/// Effects for the caller, which performs them in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Send {
        to: SocketId,
        frame: Frame,
    },
    /// Answers a join. The caller adds the ICE servers for this member.
    Welcome {
        to: SocketId,
        joined: Box<RoomJoined>,
    },
    /// The member left the room: revoke its TURN credentials and all else that it was given.
    Gone {
        member: MemberId,
        reason: LeaveReason,
    },
    /// The member moved to another node. It did not leave the room.
    Moved(MemberId),
    /// Close the old socket with 4000 and send its unsent frames on the new one.
    TakeOver {
        old: SocketId,
        new: SocketId,
    },
    /// Close the socket with 4000 and hand over its unsent frames to another node.
    HandOver(Box<MigratingMember>),
    /// Close the socket with 1012: the cluster refused its membership. The client joins again.
    Restart(SocketId),
    /// Send the command to Redis.
    Tell(Box<Command>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) rooms: usize,
    /// Members with a socket.
    pub(crate) present: usize,
    /// Members without a socket, within the grace period.
    pub(crate) lost: usize,
}

#[derive(Debug)]
pub(crate) struct Rooms {
    settings: RoomSettings,
    rooms: HashMap<RoomName, Room>,
    memberships: FxHashMap<SocketId, Membership>,
    /// Times of due work per member, earliest first.
    deadlines: BTreeSet<(Instant, RoomName, MemberId)>,
    /// The number of the last message or flush barrier sent to another node.
    sent: u64,
    /// Until then Redis may not know all members; a missing member is not removed yet.
    incomplete_until: Option<Instant>,
    /// Rooms whose snapshot has not arrived on the current Redis connection.
    unsynced: HashSet<RoomName>,
    /// No Redis connection: messages to remote members stay in their retransmit queues.
    is_partitioned: bool,
}

/// The member and the room of a joined socket.
#[derive(Debug, Clone)]
struct Membership {
    room: RoomName,
    member: MemberId,
}

impl Rooms {
    pub(crate) fn new(settings: RoomSettings) -> Self {
        Self {
            settings,
            rooms: HashMap::new(),
            memberships: FxHashMap::default(),
            deadlines: BTreeSet::new(),
            sent: 0,
            incomplete_until: None,
            unsynced: HashSet::new(),
            is_partitioned: false,
        }
    }

    /// # Errors
    /// The answer to the client. The state is unchanged.
    pub(crate) fn handle_join(
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
    pub(crate) fn resumes_local_member(&self, join: &RoomJoin) -> bool {
        self.resumed_member(join).is_some()
    }

    /// # Errors
    /// `not-joined`.
    pub(crate) fn handle_leave(&mut self, socket: SocketId) -> Result<Vec<Output>, ErrorMessage> {
        let membership = self
            .memberships
            .remove(&socket)
            .ok_or_else(|| not_joined("room:leave"))?;
        let mut outputs = vec![send(socket, &ServerMessage::RoomLeft)];
        outputs.extend(self.remove(&membership, LeaveReason::Left));
        Ok(outputs)
    }

    /// # Errors
    /// `not-joined`; `no-such-user`; `rate-limited` if too many messages of this sender are queued.
    pub(crate) fn handle_directed(
        &mut self,
        socket: SocketId,
        directed: DirectedFrame<'_>,
    ) -> (Outputs, Result<(), ErrorMessage>) {
        let Some(membership) = self.memberships.get(&socket) else {
            return (Outputs::new(), Err(not_joined(directed.kind.as_str())));
        };
        let member = self
            .rooms
            .get_mut(&membership.room)
            .filter(|_| directed.to != membership.member.as_str())
            .and_then(|room| room.member_mut(directed.to));
        let Some(member) = member else {
            return (Outputs::new(), Err(no_such_user(directed.kind)));
        };
        let frame = Frame::directed(directed, &membership.member);
        if let (Some(queue), Some(node)) = (member.retransmit_queue(), &self.settings.node) {
            self.sent += 1;
            let from = membership.member.clone();
            let message = UnackedMessage::new(self.sent, from, directed.kind, frame);
            if let Err(full) = queue.try_push(message, node.retransmit_limits) {
                let error = match full {
                    QueueFull::All => no_such_user(directed.kind),
                    QueueFull::Sender => receiver_full(directed.kind),
                };
                return (Outputs::new(), Err(error));
            }
            if self.is_partitioned {
                return (Outputs::new(), Ok(()));
            }
            let attempts = member.send(&membership.room, &node.name, RetransmitQueue::send_new);
            return (attempts.map(tell_attempt).collect(), Ok(()));
        }
        match &mut member.presence {
            Presence::Remote(_) => (Outputs::new(), Err(no_such_user(directed.kind))),
            Presence::Present(to) => (smallvec![Output::Send { to: *to, frame }], Ok(())),
            Presence::Lost { backlog, .. } => {
                let pushed = backlog.try_push(frame, self.settings.backlog);
                let result = pushed.map_err(|_| receiver_full(directed.kind));
                (Outputs::new(), result)
            }
        }
    }

    /// The outbox of `to` has no room for the sender of the frame. Reports that to the sender.
    pub(crate) fn handle_refused(&self, to: SocketId, frame: &Frame) -> Option<Output> {
        let membership = self.memberships.get(&to)?;
        self.refuse(&membership.room, frame)
    }

    /// # Errors
    /// `not-joined`.
    pub(crate) fn handle_status(
        &mut self,
        socket: SocketId,
        status: Status,
    ) -> Result<Vec<Output>, ErrorMessage> {
        let membership = self
            .memberships
            .get(&socket)
            .ok_or_else(|| not_joined("user:status"))?;
        let Some(room) = self.rooms.get_mut(&membership.room) else {
            return Ok(Vec::new());
        };
        let mut outputs = room.set_status(&membership.member, status);
        outputs.extend(self.tell_update(&membership.room, &membership.member));
        Ok(outputs)
    }

    /// The socket is gone; `unsent` are the frames that it did not get. They go to the backlog of
    /// its member, and the senders of refused frames get an error. A member that did not read is
    /// removed if a frame was refused.
    pub(crate) fn handle_lost(
        &mut self,
        now: Instant,
        socket: SocketId,
        unsent: VecDeque<Frame>,
        loss: Loss,
    ) -> Vec<Output> {
        let Some(membership) = self.memberships.remove(&socket) else {
            return Vec::new();
        };
        let until = now + self.settings.grace;
        let member = self
            .rooms
            .get_mut(&membership.room)
            .and_then(|room| room.member_mut(membership.member.as_str()));
        let Some(member) = member else {
            return Vec::new();
        };
        let refused = member.lose(until, unsent, self.settings.backlog);
        let is_given_up = match loss {
            Loss::Broken => false,
            Loss::TooSlow => !refused.is_empty(),
        };
        if is_given_up || self.settings.grace.is_zero() {
            return self.remove(&membership, LeaveReason::Lost);
        }
        let told = refused
            .iter()
            .filter_map(|frame| self.refuse(&membership.room, frame));
        let told = told.collect();
        self.deadlines
            .insert((until, membership.room, membership.member));
        told
    }

    /// Does the work that is due at `now`.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<Output> {
        let mut outputs = Vec::new();
        while self.poll_timeout().is_some_and(|due| due <= now) {
            let Some((_, room, member)) = self.deadlines.pop_first() else {
                break;
            };
            self.handle_due(now, &Membership { room, member }, &mut outputs);
        }
        outputs
    }

    /// The earliest deadline.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.first().map(|(due, ..)| *due)
    }

    /// Counts rooms and members.
    pub(crate) fn count(&self) -> Count {
        Count {
            rooms: self.rooms.len(),
            present: self.memberships.len(),
            lost: self.lost(),
        }
    }

    /// The member of this socket.
    pub(crate) fn member(&self, socket: SocketId) -> Option<&MemberId> {
        self.memberships
            .get(&socket)
            .map(|membership| &membership.member)
    }

    fn resumed_member(&self, join: &RoomJoin) -> Option<MemberId> {
        let token = join.resume.as_ref()?;
        self.rooms.get(&join.room)?.member_with_token(token)
    }

    /// Counts lost members. Members in other states have deadlines too.
    fn lost(&self) -> usize {
        let is_lost = |due: Instant, room, id: &MemberId| {
            let room: Option<&Room> = self.rooms.get(room);
            room.and_then(|room| room.member(id))
                .is_some_and(|member| member.is_lost_until(due))
        };
        let deadlines = self.deadlines.iter();
        deadlines
            .filter(|(due, room, id)| is_lost(*due, room, id))
            .count()
    }

    /// Reports to the sender of the frame, on any node, that its receiver did not get it.
    fn refuse(&self, name: &RoomName, frame: &Frame) -> Option<Output> {
        let DeliveredFrame { kind, from } = DeliveredFrame::read(frame.as_str())?;
        let from = MemberId::new(from);
        match &self.rooms.get(name)?.member(&from)?.presence {
            Presence::Present(socket) => {
                let error = ServerMessage::Error(receiver_full(kind));
                Some(send(*socket, &error))
            }
            Presence::Remote(queue) => Some(tell(Command::ReceiverFull {
                node: queue.node.clone(),
                room: name.clone(),
                from,
                kind,
            })),
            Presence::Lost { .. } => None,
        }
    }

    fn enter(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        join: RoomJoin,
        credentials: Credentials,
    ) -> Result<Vec<Output>, ErrorMessage> {
        if let Some(room) = self.rooms.get(&join.room) {
            if !room.admits(join.proof.as_deref()) {
                return Err(wrong_passcode());
            }
            if room.members().len() >= self.settings.members {
                return Err(room_full(self.settings.members));
            }
            if !self.settings.share.admits(address, room.addresses()) {
                return Err(room_share_full());
            }
        }
        let order = self.next_order(&join.room);
        Ok(self.insert_member(socket, address, join, credentials, order))
    }

    /// Adds a member. The caller has done all checks.
    fn insert_member(
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
            presence: Presence::Present(socket),
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
        member.resume = next_token;
        member.address = Some(address);
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
            Presence::Lost { until, backlog } => {
                self.deadlines
                    .remove(&(until, join.room.clone(), id.clone()));
                outputs.extend(
                    backlog
                        .into_frames()
                        .map(|frame| Output::Send { to: socket, frame }),
                );
            }
            // Resume tokens match local members only.
            Presence::Remote(_) => {}
        }
        if let Some(status) = join.status
            && member.status.as_ref() != Some(&status)
        {
            outputs.extend(room.set_status(id, status));
        }
        outputs.extend(self.tell_update(&join.room, id));
        self.memberships.insert(
            socket,
            Membership {
                room: join.room,
                member: id.clone(),
            },
        );
        outputs
    }

    /// Removes the member and tells the others in its room.
    fn remove(&mut self, membership: &Membership, reason: LeaveReason) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(&membership.room) else {
            return Vec::new();
        };
        let Some(member) = room.take(&membership.member) else {
            return Vec::new();
        };
        for until in member.deadlines() {
            self.deadlines
                .remove(&(until, membership.room.clone(), membership.member.clone()));
        }
        let mut outputs = room.broadcast(
            &membership.member,
            &ServerMessage::UserLeft {
                id: membership.member.clone(),
                reason,
            },
        );
        if member.is_local() {
            outputs.push(Output::Gone {
                member: membership.member.clone(),
                reason,
            });
            outputs.extend(self.tell(|| Command::Leave {
                room: membership.room.clone(),
                id: membership.member.clone(),
                reason,
            }));
        }
        self.forget_if_left(&membership.room);
        outputs
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Entrance {
    Fresh,
    Resumed,
}

impl RoomSettings {
    fn joined(
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

fn tell(command: Command) -> Output {
    Output::Tell(Box::new(command))
}

fn resend_request(node: NodeName, room: &RoomName, to: &MemberId) -> Output {
    tell(Command::ResendRequest {
        node,
        room: room.clone(),
        to: to.clone(),
    })
}

fn tell_attempt(attempt: ForwardAttempt) -> Output {
    tell(Command::Directed(Box::new(attempt)))
}

fn send(to: SocketId, message: &ServerMessage) -> Output {
    Output::Send {
        to,
        frame: Frame::encode(message),
    }
}

fn whole(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}
