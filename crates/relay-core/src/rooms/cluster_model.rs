//! Model test: members move between nodes that are killed, stopped or partitioned. Every message
//! arrives once and in order, or is reported.
//!
//! Invariant: two talkers stay on their nodes; two listeners resume on any node. A killed node
//! loses its backlog. A message that it delivered but did not acknowledge may also be reported. No
//! other exception is allowed.

mod delivery_log;
mod fake_redis;
mod faults;
mod scenarios;
mod view;
mod who_is_there;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use signal_protocol::{
    DeviceId, Directed, DirectedKind, Email, MemberId, Payload, ResumeToken, RoomJoin, RoomName,
    ServerMessage,
};

use self::{
    delivery_log::{DeliveryLog, number_in},
    fake_redis::FakeRedis,
    view::View,
};
use super::{
    BacklogLimits, Credentials, IncomingMember, JoinAuthority, Loss, NodeSettings, Output,
    RoomSettings, RoomShare, Rooms, SocketId,
};
use crate::{
    admission::AddressKey,
    cluster::{
        Admission, ClusterConnection, Command, Join, JoinAnswer, NodeMessage, NodeName, Record,
        SecretHash,
    },
    frame::{Frame, FrameKind},
};

/// One kind per listener, so that error reports show the listener.
const KINDS: [DirectedKind; 2] = [DirectedKind::UserCall, DirectedKind::PeerCandidate];
/// The nodes of the talkers are the first two and stay.
const NODES: usize = 4;
const LIMITS: BacklogLimits = BacklogLimits {
    messages: 10_000,
    bytes: 10_000_000,
};

/// So short that no deadline of a queue passes in a walk.
const LOST_NOTICE: Duration = Duration::from_millis(1);

#[derive(Debug, Clone)]
enum Action {
    Send {
        talker: usize,
        listener: usize,
    },
    /// Redis runs commands of the node.
    RunCommands {
        node: usize,
        most: usize,
    },
    /// The node receives messages from Redis.
    Receive {
        node: usize,
        most: usize,
    },
    /// Resumes on a node. The old socket breaks first, or lives until the takeover.
    Move {
        listener: usize,
        node: usize,
        breaks_socket: bool,
    },
    Lose {
        listener: usize,
    },
    Kill {
        node: usize,
    },
    Stop {
        node: usize,
    },
    Partition {
        node: usize,
    },
    Heal {
        node: usize,
    },
    /// Long enough for losses to be announced.
    Wait,
}

fn action() -> impl Strategy<Value = Action> {
    let node = 0..NODES;
    let stays = 0..2_usize;
    let ends = 2..NODES;
    let listener = 0..2_usize;
    let most = 1..6_usize;
    prop_oneof![
        12 => (0..2_usize, listener.clone()).prop_map(|(talker, listener)| Action::Send { talker, listener }),
        10 => (node.clone(), most.clone()).prop_map(|(node, most)| Action::RunCommands { node, most }),
        10 => (node.clone(), most).prop_map(|(node, most)| Action::Receive { node, most }),
        4 => (listener.clone(), node, any::<bool>())
            .prop_map(|(listener, node, breaks_socket)| Action::Move { listener, node, breaks_socket }),
        1 => listener.prop_map(|listener| Action::Lose { listener }),
        2 => ends.clone().prop_map(|node| Action::Kill { node }),
        1 => ends.prop_map(|node| Action::Stop { node }),
        1 => stays.clone().prop_map(|node| Action::Partition { node }),
        2 => stays.prop_map(|node| Action::Heal { node }),
        2 => Just(Action::Wait),
    ]
}

struct Node {
    name: NodeName,
    rooms: Rooms,
    cluster: ClusterConnection<PendingJoin>,
}

/// A join that waits for Redis.
struct PendingJoin {
    person: usize,
    socket: SocketId,
    join: RoomJoin,
    credentials: Credentials,
}

/// A talker (the first two) or a listener.
struct Person {
    id: MemberId,
    token: ResumeToken,
    device: Option<DeviceId>,
    socket: Option<(usize, SocketId)>,
    asks: Option<usize>,
    view: View,
}

struct ClusterModel {
    redis: FakeRedis,
    nodes: Vec<Node>,
    people: Vec<Person>,
    log: BTreeMap<(usize, usize), DeliveryLog>,
    /// The message of each sequence number.
    numbers: BTreeMap<(String, u64), u64>,
    partitioned: BTreeSet<usize>,
    /// Frames for old sockets of members that have moved.
    unsent: BTreeMap<SocketId, VecDeque<Frame>>,
    /// Members that a node removed, with that node.
    gone: Vec<(usize, MemberId)>,
    drawn: u64,
    now: Instant,
}

fn room() -> RoomName {
    RoomName::parse("r").unwrap()
}

fn address() -> AddressKey {
    AddressKey::new([127, 0, 0, 1].into())
}

impl ClusterModel {
    fn new() -> Self {
        let mut model = Self {
            redis: FakeRedis::default(),
            nodes: Vec::new(),
            people: Vec::new(),
            log: BTreeMap::new(),
            numbers: BTreeMap::new(),
            partitioned: BTreeSet::new(),
            unsent: BTreeMap::new(),
            gone: Vec::new(),
            drawn: 0,
            now: Instant::now(),
        };
        for _ in 0..NODES {
            let node = model.start();
            model.nodes.push(node);
        }
        for person in 0..4 {
            model.people.push(Person {
                id: MemberId::new(""),
                token: ResumeToken::new(""),
                device: None,
                socket: None,
                asks: None,
                view: View::default(),
            });
            model.join(person, person, None);
            model.settle();
        }
        model
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    fn start(&mut self) -> Node {
        let name = NodeName::new(&format!("n{}", self.draw()));
        self.redis.subscribe(&name);
        let rooms = Rooms::new(RoomSettings {
            members: 8,
            share: RoomShare::new(8, 0),
            message_bytes: 65536,
            grace: Duration::from_secs(30),
            away_grace: Duration::from_secs(5),
            lost_notice: LOST_NOTICE,
            backlog: LIMITS,
            node: Some(NodeSettings {
                name: name.clone(),
                lease: Duration::from_secs(8),
                retransmit_limits: LIMITS,
            }),
        });
        let mut cluster = ClusterConnection::new();
        let generation = cluster.next_generation();
        cluster.handle_connected(generation, []);
        Node {
            name,
            rooms,
            cluster,
        }
    }

    fn run(&mut self, action: &Action) {
        match *action {
            Action::Send { talker, listener } => self.send(talker, listener),
            Action::RunCommands { node, most } => (0..most).for_each(|_| {
                self.run_command(node);
            }),
            Action::Receive { node, most } => (0..most).for_each(|_| {
                self.receive(node);
            }),
            Action::Move {
                listener,
                node,
                breaks_socket,
            } => {
                let person = 2 + listener;
                if self.people[person].asks.is_none() && !self.partitioned.contains(&node) {
                    if breaks_socket {
                        self.lose(person);
                    }
                    let token = self.people[person].token.clone();
                    self.join(person, node, Some(token));
                }
            }
            Action::Lose { listener } => self.lose(2 + listener),
            Action::Kill { node } => self.kill(node),
            Action::Stop { node } => self.stop(node),
            Action::Partition { node } => self.partition(node),
            Action::Heal { node } => self.heal(node),
            Action::Wait => self.wait(),
        }
    }

    fn send(&mut self, talker: usize, listener: usize) {
        let (node, socket) = self.people[talker].socket.unwrap();
        let log = self.log.entry((talker, listener)).or_default();
        log.last += 1;
        let directed = Directed {
            kind: KINDS[listener],
            to: self.people[2 + listener].id.clone(),
            payload: Payload::from_text(&log.last.to_string()),
        };
        let rooms = &mut self.nodes[node].rooms;
        let (outputs, result) = rooms.handle_directed(socket, directed.as_frame());
        result.unwrap();
        self.apply(node, outputs);
    }

    fn join(&mut self, person: usize, node: usize, resume: Option<ResumeToken>) {
        let drawn = self.draw();
        let socket = SocketId(drawn);
        let join = RoomJoin {
            room: room(),
            email: Email::parse(&person.to_string()).unwrap(),
            status: None,
            proof: None,
            resume,
            device: self.people[person].device.clone(),
        };
        let credentials = Credentials {
            id: MemberId::new(&format!("m{drawn}")),
            resume: ResumeToken::new(&format!("t{drawn}")),
        };
        let Node {
            name,
            rooms,
            cluster,
        } = &mut self.nodes[node];
        if rooms.join_authority(socket, &join) == JoinAuthority::Local {
            let outputs = rooms
                .handle_join(socket, address(), join, credentials)
                .unwrap();
            self.people[person].socket = Some((node, socket));
            self.apply(node, outputs);
            // The new token must reach Redis before the next move.
            while self.run_command(node) {}
            return;
        }
        self.people[person].asks = Some(node);
        let command = Join {
            request: 0,
            room: room(),
            proof: None,
            resume: join.resume.clone(),
            member: Record {
                id: credentials.id.clone(),
                node: name.clone(),
                order: 0,
                email: join.email.clone(),
                status: None,
                token: SecretHash::of(credentials.resume.as_str()),
                takeover_epoch: 0,
                device: join.device.as_ref().map(SecretHash::from),
                lost: None,
            },
            address: address(),
            admission: Admission::Anyone,
        };
        let pending = PendingJoin {
            person,
            socket,
            join,
            credentials,
        };
        cluster.ask(pending, |request| {
            Command::Join(Box::new(Join { request, ..command }))
        });
    }

    fn lose(&mut self, person: usize) {
        if let Some((node, socket)) = self.people[person].socket.take() {
            let rooms = &mut self.nodes[node].rooms;
            let outputs = rooms.handle_lost(self.now, socket, VecDeque::new(), Loss::Broken);
            self.apply(node, outputs);
        }
    }

    /// Returns whether there was a command.
    fn run_command(&mut self, node: usize) -> bool {
        let Node {
            name,
            rooms,
            cluster,
        } = &mut self.nodes[node];
        let Some(command) = cluster.pop() else {
            return false;
        };
        if let Command::Directed(attempt) = &command {
            let of = (name.as_str().to_owned(), attempt.message.number);
            self.numbers.insert(of, number_in(&attempt.message.frame));
        }
        self.redis.run(name, command, |room| rooms.records(room));
        true
    }

    fn receive(&mut self, node: usize) -> bool {
        let Some(message) = self.redis.next(&self.nodes[node].name) else {
            return false;
        };
        if let NodeMessage::Ack { to, number, .. } = &message {
            let listener = self.people[2..].iter().position(|person| person.id == *to);
            let of = (self.nodes[node].name.as_str().to_owned(), *number);
            let log = self.log.entry((node, listener.unwrap())).or_default();
            let confirmed = self.numbers.get(&of).copied().unwrap_or_default();
            log.confirmed = log.confirmed.max(confirmed);
        }
        let now = self.now;
        let Node { rooms, cluster, .. } = &mut self.nodes[node];
        let (outputs, person) = match message.into_join_answer() {
            Ok(JoinAnswer::Entered(entered)) => {
                let pending = cluster.answered(entered.request).unwrap();
                self.people[pending.person].socket = Some((node, pending.socket));
                let PendingJoin {
                    person,
                    socket,
                    join,
                    credentials,
                } = pending;
                let open_socket = Some(socket);
                let outputs = rooms.handle_entered(
                    now,
                    open_socket,
                    address(),
                    join,
                    credentials,
                    entered.members,
                );
                (outputs, Some(person))
            }
            Ok(JoinAnswer::Resumed(resumed)) => {
                let pending = cluster.answered(resumed.request).unwrap();
                let incoming = IncomingMember::new(resumed, address());
                self.people[pending.person].socket = Some((node, pending.socket));
                let token = pending.credentials.resume;
                let open_socket = Some(pending.socket);
                let outputs =
                    rooms.handle_resumed(now, open_socket, &pending.join, token, incoming);
                (outputs, Some(pending.person))
            }
            Ok(JoinAnswer::Refused(_)) => panic!("nobody is refused here"),
            Err(message) => (rooms.handle_node_message(now, message), None),
        };
        if let Some(person) = person {
            self.people[person].asks = None;
        }
        self.apply(node, outputs);
        true
    }

    /// Runs until no node has commands or messages.
    fn settle(&mut self) {
        loop {
            let mut is_quiet = true;
            for node in 0..self.nodes.len() {
                while self.run_command(node) || self.receive(node) {
                    is_quiet = false;
                }
            }
            if is_quiet {
                return;
            }
        }
    }

    fn apply(&mut self, node: usize, outputs: impl IntoIterator<Item = Output>) {
        for output in outputs {
            match output {
                Output::Send { to, frame } => self.deliver(node, to, frame),
                Output::Welcome { to, joined } => {
                    let person = self.on(node, to).unwrap();
                    let person = &mut self.people[person];
                    person.view.welcome(&joined);
                    person.id = joined.myself.id;
                    person.token = joined.resume;
                }
                Output::Tell(command) => self.nodes[node].cluster.push(*command),
                Output::HandOver(migrating) => {
                    let unsent = self.unsent.remove(&migrating.old);
                    let command = migrating.into_command(unsent.unwrap_or_default());
                    self.nodes[node].cluster.push(command);
                }
                Output::TakeOver { old, new } => {
                    for frame in self.unsent.remove(&old).unwrap_or_default() {
                        self.deliver(node, new, frame);
                    }
                }
                Output::Moved(_) => {}
                Output::Gone { member, .. } => self.gone.push((node, member)),
                Output::Restart(_) => panic!("nobody is refused here"),
            }
        }
    }

    fn deliver(&mut self, node: usize, socket: SocketId, frame: Frame) {
        let Some(person) = self.on(node, socket) else {
            if frame.kind() == FrameKind::Directed {
                self.unsent.entry(socket).or_default().push_back(frame);
            }
            return;
        };
        match ServerMessage::decode(frame.as_str()).unwrap() {
            ServerMessage::Delivered(_) => {
                let (talker, number) = self.read(&frame);
                let log = self.log.get_mut(&(talker, person - 2)).unwrap();
                assert!(
                    log.delivered.last() < Some(&number),
                    "doubled or out of order"
                );
                log.delivered.push(number);
                if node == talker {
                    log.confirmed = number;
                }
            }
            ServerMessage::Error(error) => {
                let about = error.about.unwrap();
                let listener = KINDS.iter().position(|kind| kind.as_str() == about);
                let log = self.log.get_mut(&(person, listener.unwrap())).unwrap();
                log.reported += 1;
            }
            about_others @ (ServerMessage::UserJoined { .. }
            | ServerMessage::UserLeft { .. }
            | ServerMessage::UserLost { .. }
            | ServerMessage::UserBack { .. }) => self.people[person].view.take(&about_others),
            other @ (ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::UserStatus { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong) => panic!("not expected here: {other:?}"),
        }
    }

    fn on(&self, node: usize, socket: SocketId) -> Option<usize> {
        let mut people = self.people.iter();
        people.position(|person| person.socket == Some((node, socket)))
    }

    fn listener(&self, id: &MemberId) -> usize {
        let mut listeners = self.people[2..].iter();
        listeners.position(|person| person.id == *id).unwrap()
    }

    /// The talker and the number of a message.
    fn read(&self, frame: &Frame) -> (usize, u64) {
        let ServerMessage::Delivered(delivered) = ServerMessage::decode(frame.as_str()).unwrap()
        else {
            panic!("no message: {frame:?}");
        };
        let mut talkers = self.people[..2].iter();
        let talker = talkers.position(|person| person.id == delivered.from);
        (talker.unwrap(), number_in(frame.as_str()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_arrive_once_in_order_or_are_reported(actions in prop::collection::vec(action(), 1..150)) {
        let mut model = ClusterModel::new();
        for action in &actions {
            model.run(action);
        }
        for node in 0..2 {
            model.heal(node);
        }
        model.settle();
        model.check_views();
        // Both listeners resume and get their backlogs.
        for person in 2..4 {
            let token = model.people[person].token.clone();
            model.join(person, person - 2, Some(token));
            model.settle();
        }
        model.check_views();
        prop_assert!(model.people.iter().all(|person| !person.view.others().values().any(|lost| *lost)));
        prop_assert!(model.gone.is_empty());
        model.log.values().for_each(DeliveryLog::check);
    }
}
