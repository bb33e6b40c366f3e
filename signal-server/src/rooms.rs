//! Who is in which room: messages and `now` in, frames to sockets out.
//!
//! Invariant: pure, no clock, lock, socket or task. Of each pair of members of a room each has
//! learned of the other exactly once; a member is present on one socket or lost and waited for.

mod awaiting;
mod backlog;
mod elsewhere;
mod fence;
mod handing;
mod member;
#[cfg(test)]
mod model;
mod notes;
mod refusal;
mod road;
mod room;
mod share;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod wandering;

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
    backplane::{Command, NodeName, Sending},
    frame::Frame,
};
pub(crate) use backlog::BacklogLimits;
pub(crate) use elsewhere::{Arrival, Entry};
pub(crate) use handing::Leaving;
use member::{Member, Presence};
pub(crate) use refusal::not_joined;
use refusal::{already_joined, no_such_user, receiver_full};
pub(crate) use refusal::{room_full, room_share_full, wrong_passcode};
use road::{Road, RoadFull, Waiting};
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
    /// Where several relays share their rooms.
    pub(crate) node: Option<NodeSettings>,
}

/// What a node of several has to know.
#[derive(Debug, Clone)]
pub(crate) struct NodeSettings {
    pub(crate) name: NodeName,
    /// How long a node that is silent is taken to be there.
    pub(crate) lease: Duration,
    /// What may wait until a member on another node has got it.
    pub(crate) road: BacklogLimits,
}

/// How a socket came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Its network is gone, perhaps for a moment.
    Broken,
    /// The relay closed it because it read nothing.
    TooSlow,
}

/// What a join may use up, drawn by the caller, who has the randomness.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) id: MemberId,
    pub(crate) resume: ResumeToken,
}

/// What a directed message leads to, which is nearly always one thing.
pub(crate) type Outputs = SmallVec<[Output; 1]>;

/// What the caller is to do, in this order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Send {
        to: SocketId,
        frame: Frame,
    },
    /// It is in. The caller adds the ICE servers, which it makes for this member.
    Welcome {
        to: SocketId,
        joined: Box<RoomJoined>,
    },
    /// Whatever else the member was given is to end.
    Gone {
        member: MemberId,
        reason: LeaveReason,
    },
    /// It is another node's now; nobody has gone.
    Moved(MemberId),
    /// Close the old socket with 4000 and send on the new one what the old one had not sent yet.
    TakeOver {
        old: SocketId,
        new: SocketId,
    },
    /// Close the socket with 4000 and hand over to another node what it had not sent yet.
    HandOver(Box<Leaving>),
    /// Close the socket with 1012: its place is gone, and coming back makes it clear.
    Restart(SocketId),
    /// For the other nodes.
    Tell(Box<Command>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) rooms: usize,
    /// Members with a socket.
    pub(crate) present: usize,
    /// Members that are waited for.
    pub(crate) lost: usize,
}

#[derive(Debug)]
pub(crate) struct Rooms {
    settings: RoomSettings,
    rooms: HashMap<RoomName, Room>,
    seats: FxHashMap<SocketId, Seat>,
    /// When lost members are given up, soonest first.
    deadlines: BTreeSet<(Instant, RoomName, MemberId)>,
    /// How many messages went to members on other nodes.
    sent: u64,
    /// Redis may not have heard from every node yet: until then who is missing is waited for.
    incomplete_until: Option<Instant>,
    /// What Redis knows of these has not come by this connection yet.
    unsynced: HashSet<RoomName>,
    /// There is no connection to the other nodes: what is said to their members waits.
    apart: bool,
}

/// Where a joined socket sits.
#[derive(Debug, Clone)]
struct Seat {
    room: RoomName,
    member: MemberId,
}

impl Rooms {
    pub(crate) fn new(settings: RoomSettings) -> Self {
        Self {
            settings,
            rooms: HashMap::new(),
            seats: FxHashMap::default(),
            deadlines: BTreeSet::new(),
            sent: 0,
            incomplete_until: None,
            unsynced: HashSet::new(),
            apart: false,
        }
    }

    /// # Errors
    /// What to answer: the socket is where it was.
    pub(crate) fn handle_join(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        join: RoomJoin,
        credentials: Credentials,
    ) -> Result<Vec<Output>, ErrorMessage> {
        if self.seats.contains_key(&socket) {
            return Err(already_joined());
        }
        match self.kept_place(&join) {
            Some(id) => Ok(self.resume(socket, address, join, &id, credentials.resume)),
            None => self.enter(socket, address, join, credentials),
        }
    }

    /// Whether this join comes back to a place that it holds the token of.
    pub(crate) fn keeps_place(&self, join: &RoomJoin) -> bool {
        self.kept_place(join).is_some()
    }

    /// # Errors
    /// `not-joined`.
    pub(crate) fn handle_leave(&mut self, socket: SocketId) -> Result<Vec<Output>, ErrorMessage> {
        let seat = self
            .seats
            .remove(&socket)
            .ok_or_else(|| not_joined("room:leave"))?;
        let mut outputs = vec![send(socket, &ServerMessage::RoomLeft)];
        outputs.extend(self.remove(&seat, LeaveReason::Left));
        Ok(outputs)
    }

    /// # Errors
    /// `not-joined`; `no-such-user`; `rate-limited` when more of this sender waits than may.
    pub(crate) fn handle_directed(
        &mut self,
        socket: SocketId,
        directed: DirectedFrame<'_>,
    ) -> (Outputs, Result<(), ErrorMessage>) {
        let Some(seat) = self.seats.get(&socket) else {
            return (Outputs::new(), Err(not_joined(directed.kind.as_str())));
        };
        let member = self
            .rooms
            .get_mut(&seat.room)
            .filter(|_| directed.to != seat.member.as_str())
            .and_then(|room| room.member_mut(directed.to));
        let Some(member) = member else {
            return (Outputs::new(), Err(no_such_user(directed.kind)));
        };
        let frame = Frame::directed(directed, &seat.member);
        if let (Some(road), Some(node)) = (member.road(), &self.settings.node) {
            self.sent += 1;
            let from = seat.member.clone();
            let waiting = Waiting::new(self.sent, from, directed.kind, frame);
            if let Err(full) = road.try_push(waiting, node.road) {
                let error = match full {
                    RoadFull::All => no_such_user(directed.kind),
                    RoadFull::Sender => receiver_full(directed.kind),
                };
                return (Outputs::new(), Err(error));
            }
            if self.apart {
                return (Outputs::new(), Ok(()));
            }
            let sendings = member.send(&seat.room, &node.name, Road::send_new);
            return (sendings.map(tell_sending).collect(), Ok(()));
        }
        match &mut member.presence {
            Presence::Elsewhere(_) => (Outputs::new(), Err(no_such_user(directed.kind))),
            Presence::Present(to) => (smallvec![Output::Send { to: *to, frame }], Ok(())),
            Presence::Lost { backlog, .. } => {
                let pushed = backlog.try_push(frame, self.settings.backlog);
                let result = pushed.map_err(|_| receiver_full(directed.kind));
                (Outputs::new(), result)
            }
        }
    }

    /// This socket's queue has no room for more of the frame's sender, who is told so.
    pub(crate) fn handle_refused(&self, to: SocketId, frame: &Frame) -> Option<Output> {
        let seat = self.seats.get(&to)?;
        self.refuse(&seat.room, frame)
    }

    /// # Errors
    /// `not-joined`.
    pub(crate) fn handle_status(
        &mut self,
        socket: SocketId,
        status: Status,
    ) -> Result<Vec<Output>, ErrorMessage> {
        let seat = self
            .seats
            .get(&socket)
            .ok_or_else(|| not_joined("user:status"))?;
        let Some(room) = self.rooms.get_mut(&seat.room) else {
            return Ok(Vec::new());
        };
        let mut outputs = room.set_status(&seat.member, status);
        outputs.extend(self.tell_update(&seat.room, &seat.member));
        Ok(outputs)
    }

    /// The socket is gone; `unsent` is what it did not get any more. Its member, if it has one, is
    /// waited for, and who sent what cannot wait for it is told so. One that read nothing is given
    /// up if any of it cannot wait.
    pub(crate) fn handle_lost(
        &mut self,
        now: Instant,
        socket: SocketId,
        unsent: VecDeque<Frame>,
        loss: Loss,
    ) -> Vec<Output> {
        let Some(seat) = self.seats.remove(&socket) else {
            return Vec::new();
        };
        let until = now + self.settings.grace;
        let member = self
            .rooms
            .get_mut(&seat.room)
            .and_then(|room| room.member_mut(seat.member.as_str()));
        let Some(member) = member else {
            return Vec::new();
        };
        let refused = member.lose(until, unsent, self.settings.backlog);
        let is_given_up = match loss {
            Loss::Broken => false,
            Loss::TooSlow => !refused.is_empty(),
        };
        if is_given_up || self.settings.grace.is_zero() {
            return self.remove(&seat, LeaveReason::Lost);
        }
        let told = refused
            .iter()
            .filter_map(|frame| self.refuse(&seat.room, frame));
        let told = told.collect();
        self.deadlines.insert((until, seat.room, seat.member));
        told
    }

    /// Gives up the members whose time has come.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<Output> {
        let mut outputs = Vec::new();
        while self.poll_timeout().is_some_and(|due| due <= now) {
            let Some((_, room, member)) = self.deadlines.pop_first() else {
                break;
            };
            self.handle_due(now, &Seat { room, member }, &mut outputs);
        }
        outputs
    }

    /// When `handle_timeout` has something to do.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.first().map(|(due, ..)| *due)
    }

    /// How many there are of what it holds.
    pub(crate) fn count(&self) -> Count {
        Count {
            rooms: self.rooms.len(),
            present: self.seats.len(),
            lost: self.lost(),
        }
    }

    /// Who sits on this socket.
    pub(crate) fn member(&self, socket: SocketId) -> Option<&MemberId> {
        self.seats.get(&socket).map(|seat| &seat.member)
    }

    fn kept_place(&self, join: &RoomJoin) -> Option<MemberId> {
        let token = join.resume.as_ref()?;
        self.rooms.get(&join.room)?.member_with_token(token)
    }

    /// The deadlines are also those of members that are here or on other nodes.
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

    /// To the frame's sender, wherever it is: the frame did not reach its receiver.
    fn refuse(&self, name: &RoomName, frame: &Frame) -> Option<Output> {
        let DeliveredFrame { kind, from } = DeliveredFrame::read(frame.as_str())?;
        let from = MemberId::new(from);
        match &self.rooms.get(name)?.member(&from)?.presence {
            Presence::Present(socket) => {
                let error = ServerMessage::Error(receiver_full(kind));
                Some(send(*socket, &error))
            }
            Presence::Elsewhere(road) => Some(tell(Command::NotTaken {
                node: road.node.clone(),
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
        Ok(self.place(socket, address, join, credentials, order))
    }

    /// Everything that could speak against it has been looked at.
    fn place(
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
            breaks: 0,
            heard: HashMap::new(),
            awaiting: None,
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
        self.seats.insert(
            socket,
            Seat {
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
                self.seats.remove(&old);
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
            // A token is looked for among those who are here.
            Presence::Elsewhere(_) => {}
        }
        if let Some(status) = join.status
            && member.status.as_ref() != Some(&status)
        {
            outputs.extend(room.set_status(id, status));
        }
        outputs.extend(self.tell_update(&join.room, id));
        self.seats.insert(
            socket,
            Seat {
                room: join.room,
                member: id.clone(),
            },
        );
        outputs
    }

    /// Takes the member out of its room and tells the others.
    fn remove(&mut self, seat: &Seat, reason: LeaveReason) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(&seat.room) else {
            return Vec::new();
        };
        let Some(member) = room.take(&seat.member) else {
            return Vec::new();
        };
        for until in member.deadlines() {
            self.deadlines
                .remove(&(until, seat.room.clone(), seat.member.clone()));
        }
        let mut outputs = room.broadcast(
            &seat.member,
            &ServerMessage::UserLeft {
                id: seat.member.clone(),
                reason,
            },
        );
        if member.is_here() {
            outputs.push(Output::Gone {
                member: seat.member.clone(),
                reason,
            });
            outputs.extend(self.tell(|| Command::Leave {
                room: seat.room.clone(),
                id: seat.member.clone(),
                reason,
            }));
        }
        self.forget_if_left(&seat.room);
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

fn again(node: NodeName, room: &RoomName, to: &MemberId) -> Output {
    tell(Command::Again {
        node,
        room: room.clone(),
        to: to.clone(),
    })
}

fn tell_sending(sending: Sending) -> Output {
    tell(Command::Directed(Box::new(sending)))
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
