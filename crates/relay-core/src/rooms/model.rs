//! Model test of one node: random joins, leaves, losses, resumes and messages. Every client's view
//! equals the model.
//!
//! Invariant: a client knows only what frames told it. A repeated or reordered frame fails the
//! test.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use signal_protocol::{
    DeviceId, Directed, DirectedKind, Email, MemberId, Payload, ResumeToken, RoomJoin, RoomName,
    ServerMessage, Status,
};

use super::{
    BacklogLimits, Credentials, Loss, Output, RoomSettings, RoomShare, Rooms, SocketId,
    member::Presence, room::Room,
};
use crate::admission::AddressKey;

const CLIENTS: usize = 5;
const ROOMS: [&str; 2] = ["r", "s"];
const GRACE: Duration = Duration::from_secs(30);
const BACKLOG: usize = 4;

#[derive(Debug, Clone)]
enum Action {
    Join {
        client: usize,
        room: usize,
    },
    Leave {
        client: usize,
    },
    /// The socket ends; the client does not know yet.
    Lose {
        client: usize,
        loss: Loss,
    },
    /// The client ends with its socket, and forgets all but its device.
    Crash {
        client: usize,
    },
    /// Resumes on a new socket, with or without a live old one.
    Resume {
        client: usize,
    },
    Send {
        client: usize,
        to: usize,
    },
    Status {
        client: usize,
        status: u8,
    },
    Wait {
        seconds: u64,
    },
}

fn action() -> impl Strategy<Value = Action> {
    let client = 0..CLIENTS;
    prop_oneof![
        4 => (client.clone(), 0..ROOMS.len()).prop_map(|(client, room)| Action::Join { client, room }),
        1 => client.clone().prop_map(|client| Action::Leave { client }),
        2 => (client.clone(), prop_oneof![Just(Loss::Broken), Just(Loss::Away)])
            .prop_map(|(client, loss)| Action::Lose { client, loss }),
        1 => client.clone().prop_map(|client| Action::Crash { client }),
        3 => client.clone().prop_map(|client| Action::Resume { client }),
        8 => (client.clone(), 0..CLIENTS).prop_map(|(client, to)| Action::Send { client, to }),
        2 => (client, any::<u8>()).prop_map(|(client, status)| Action::Status { client, status }),
        1 => (0..40_u64).prop_map(|seconds| Action::Wait { seconds }),
    ]
}

/// The view of one client, from frames alone.
#[derive(Debug, Default)]
struct Client {
    socket: Option<SocketId>,
    joined: Option<View>,
    /// Its email is its number and its count of joins.
    entries: u32,
}

#[derive(Debug)]
struct View {
    id: MemberId,
    room: usize,
    token: ResumeToken,
    /// Status, and whether the member is lost.
    others: BTreeMap<MemberId, (Option<Status>, bool)>,
    order: Vec<MemberId>,
    /// The member that takes the place of one that left.
    replacement: Option<MemberId>,
}

struct World {
    rooms: Rooms,
    now: Instant,
    clients: Vec<Client>,
    sockets: BTreeMap<SocketId, usize>,
    drawn: u64,
    sent: u64,
    /// Per member: accepted and undelivered messages, in order.
    owed: BTreeMap<MemberId, VecDeque<u64>>,
    /// Members that joined and did not leave.
    here: BTreeSet<MemberId>,
}

impl World {
    fn new() -> Self {
        Self {
            rooms: Rooms::new(RoomSettings {
                members: 4,
                share: RoomShare::new(4, 0),
                message_bytes: 65536,
                grace: GRACE,
                away_grace: GRACE / 6,
                lost_notice: GRACE / 15,
                backlog: BacklogLimits {
                    messages: BACKLOG,
                    bytes: 100_000,
                },
                node: None,
            }),
            now: Instant::now(),
            clients: (0..CLIENTS).map(|_| Client::default()).collect(),
            sockets: BTreeMap::new(),
            drawn: 0,
            sent: 0,
            owed: BTreeMap::new(),
            here: BTreeSet::new(),
        }
    }

    fn run(&mut self, action: &Action) {
        match *action {
            Action::Join { client, room } => {
                if self.clients[client].joined.is_none() {
                    self.clients[client].entries += 1;
                    self.join(client, room, None);
                }
            }
            Action::Resume { client } => {
                let Some((room, token)) = self.clients[client]
                    .joined
                    .as_ref()
                    .map(|view| (view.room, view.token.clone()))
                else {
                    return;
                };
                self.join(client, room, Some(token));
            }
            Action::Leave { client } => {
                let Some(socket) = self.clients[client].socket else {
                    return;
                };
                if let Ok(outputs) = self.rooms.handle_leave(socket) {
                    let view = self.clients[client].joined.take().unwrap();
                    let owed = self.owed.remove(&view.id);
                    assert!(owed.is_none_or(|owed| owed.is_empty()));
                    self.clients[client].socket = None;
                    self.sockets.remove(&socket);
                    self.deliver(outputs);
                }
            }
            Action::Lose { client, loss } => self.lose(client, loss),
            Action::Crash { client } => {
                self.lose(client, Loss::Broken);
                self.clients[client].joined = None;
            }
            Action::Send { client, to } => self.send(client, to),
            Action::Status { client, status } => {
                let Some(socket) = self.clients[client].socket else {
                    return;
                };
                let status = Status::parse(&status.to_string()).unwrap();
                let outputs = self.rooms.handle_status(socket, status);
                self.deliver(outputs.unwrap());
            }
            Action::Wait { seconds } => {
                self.now += Duration::from_secs(seconds);
                let outputs = self.rooms.handle_timeout(self.now);
                self.deliver(outputs);
            }
        }
    }

    fn lose(&mut self, client: usize, loss: Loss) {
        let Some(socket) = self.clients[client].socket.take() else {
            return;
        };
        self.sockets.remove(&socket);
        let outputs = self
            .rooms
            .handle_lost(self.now, socket, VecDeque::new(), loss);
        self.deliver(outputs);
    }

    fn join(&mut self, client: usize, room: usize, resume: Option<ResumeToken>) {
        self.drawn += 1;
        let socket = SocketId(self.drawn);
        let entries = self.clients[client].entries;
        let join = RoomJoin {
            room: RoomName::parse(ROOMS[room]).unwrap(),
            email: Email::parse(&format!("{client}-{entries}")).unwrap(),
            status: None,
            proof: None,
            resume,
            device: Some(device(client)),
        };
        let credentials = Credentials {
            id: MemberId::new(&format!("m{:06}", self.drawn)),
            resume: ResumeToken::new(&format!("t{}", self.drawn)),
        };
        let address = AddressKey::new([127, 0, 0, 1].into());
        let Ok(outputs) = self.rooms.handle_join(socket, address, join, credentials) else {
            // The room is full. The old member is gone.
            if let Some(view) = self.clients[client].joined.take() {
                self.owed.remove(&view.id);
            }
            return;
        };
        if let Some(old) = self.clients[client].socket.replace(socket) {
            self.sockets.remove(&old);
        }
        self.sockets.insert(socket, client);
        self.deliver(outputs);
    }

    fn send(&mut self, client: usize, to: usize) {
        let (Some(socket), Some(to)) = (
            self.clients[client].socket,
            self.clients[to].joined.as_ref().map(|view| view.id.clone()),
        ) else {
            return;
        };
        self.sent += 1;
        let number = self.sent;
        let directed = Directed {
            kind: DirectedKind::PeerCandidate,
            to: to.clone(),
            payload: Payload::from_text(&number.to_string()),
        };
        let (outputs, result) = self.rooms.handle_directed(socket, directed.as_frame());
        if result.is_ok() {
            self.owed.entry(to).or_default().push_back(number);
        }
        self.deliver(outputs);
    }

    fn deliver(&mut self, outputs: impl IntoIterator<Item = Output>) {
        for output in outputs {
            let (to, message) = match output {
                Output::Send { to, frame } => (to, ServerMessage::decode(frame.as_str()).unwrap()),
                Output::Welcome { to, joined } => {
                    self.here.insert(joined.myself.id.clone());
                    (to, ServerMessage::RoomJoined(joined))
                }
                Output::Gone { member, .. } => {
                    assert!(self.here.remove(&member), "gone twice, or never there");
                    // Its backlog is gone with it.
                    self.owed.remove(&member);
                    continue;
                }
                Output::TakeOver { .. } => continue,
                Output::HandOver(_) | Output::Moved(_) | Output::Restart(_) | Output::Tell(_) => {
                    panic!("there is one node only")
                }
            };
            let client = self.sockets.get(&to).copied();
            // The client forgets its socket before the answer to `room:leave`.
            let Some(client) = client else { continue };
            self.hear(client, message);
        }
    }

    fn hear(&mut self, number: usize, message: ServerMessage) {
        let client = &mut self.clients[number];
        if let ServerMessage::RoomJoined(joined) = message {
            let before = client.joined.take();
            if let Some(before) = before {
                assert_eq!(joined.resumed, before.id == joined.myself.id);
                if !joined.resumed {
                    // The backlog is gone with the member.
                    self.owed.remove(&before.id);
                }
            } else {
                assert!(!joined.resumed);
            }
            client.joined = Some(View {
                id: joined.myself.id,
                room: ROOMS
                    .iter()
                    .position(|room| *room == joined.room.as_str())
                    .unwrap(),
                token: joined.resume,
                order: joined
                    .participants
                    .iter()
                    .map(|user| user.id.clone())
                    .collect(),
                others: joined
                    .participants
                    .into_iter()
                    .map(|user| (user.id, (user.status, user.lost)))
                    .collect(),
                replacement: None,
            });
            return;
        }
        let view = client.joined.as_mut().expect("a frame before room:joined");
        match message {
            ServerMessage::UserJoined { user } => {
                assert_ne!(user.id, view.id);
                assert!(!user.lost);
                if let Some(replacement) = view.replacement.take() {
                    assert_eq!(replacement, user.id, "not the one that was told");
                }
                view.order.push(user.id.clone());
                let before = view.others.insert(user.id, (user.status, user.lost));
                assert!(before.is_none(), "told twice that somebody joined");
            }
            ServerMessage::UserLeft {
                id, replaced_by, ..
            } => {
                view.order.retain(|other| *other != id);
                assert!(view.others.remove(&id).is_some(), "an unknown one left");
                view.replacement = replaced_by;
            }
            ServerMessage::UserLost { id } => {
                let (_, lost) = view.others.get_mut(&id).expect("an unknown one is lost");
                assert!(!std::mem::replace(lost, true), "lost twice");
            }
            ServerMessage::UserBack { id } => {
                let (_, lost) = view.others.get_mut(&id).expect("an unknown one is back");
                assert!(std::mem::replace(lost, false), "back without a loss");
            }
            ServerMessage::UserStatus { from, status } => {
                let known = view
                    .others
                    .get_mut(&from)
                    .expect("status of an unknown one");
                known.0 = Some(status);
            }
            ServerMessage::Delivered(delivered) => {
                let number: u64 = delivered.payload.to_text().unwrap().parse().unwrap();
                let owed = self.owed.get_mut(&view.id).expect("nothing was owed");
                assert_eq!(owed.pop_front(), Some(number), "out of order or twice");
            }
            ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Error(_) => panic!("not expected here: {message:?}"),
        }
    }

    /// Each client with a live socket sees all members in order with their status, and got every
    /// accepted message.
    fn check(&self) {
        for (name, room) in &self.rooms.rooms {
            assert!(!room.members().is_empty(), "an empty room was kept");
            let room_number = ROOMS.iter().position(|known| *known == name.as_str());
            for client in &self.clients {
                let (Some(_), Some(view)) = (client.socket, &client.joined) else {
                    continue;
                };
                if Some(view.room) != room_number {
                    continue;
                }
                let truth = room.participants_beside(&view.id);
                let order: Vec<&MemberId> = truth.iter().map(|user| &user.id).collect();
                assert_eq!(view.order.iter().collect::<Vec<_>>(), order);
                for user in &truth {
                    let seen = (user.status.clone(), user.lost);
                    assert_eq!(view.others.get(&user.id), Some(&seen));
                }
                assert_eq!(view.others.len(), truth.len());
                let owed = self.owed.get(&view.id).map_or(0, VecDeque::len);
                assert_eq!(owed, 0, "accepted and not delivered to a live socket");
                assert_eq!(view.replacement, None, "the replacement did not join");
            }
            check_ghosts(room);
        }
        let joined = self.clients.iter().filter(|client| client.socket.is_some());
        assert_eq!(joined.count(), self.rooms.memberships.len());
    }
}

/// A device has no lost member beside one with a socket.
fn check_ghosts(room: &Room) {
    for member in room.members() {
        let device = member.device.as_ref().unwrap();
        let ghosts = room.ghosts_of(device);
        if matches!(member.presence, Presence::Present(_)) {
            assert!(ghosts.is_empty(), "a ghost beside its device's member");
        }
    }
}

fn device(client: usize) -> DeviceId {
    DeviceId::parse(&format!("device {client:016}")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn views_match_the_rooms(actions in prop::collection::vec(action(), 1..120)) {
        let mut world = World::new();
        for action in &actions {
            world.run(action);
            world.check();
        }
        // At the end no client resumes: nothing may remain.
        for client in 0..CLIENTS {
            world.run(&Action::Crash { client });
        }
        world.run(&Action::Wait { seconds: GRACE.as_secs() });
        prop_assert!(world.rooms.rooms.is_empty());
        prop_assert!(world.rooms.memberships.is_empty());
        prop_assert!(world.rooms.deadlines.is_empty());
        prop_assert!(world.here.is_empty());
    }
}
