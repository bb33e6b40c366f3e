//! Random moves between nodes that are killed, ended and cut off, under people who talk: what is
//! said is heard once and in order, or reported.
//!
//! Two talk, each on a node that stays; two listen, who come back to any node. What a node had
//! taken for a listener and not given to a socket is lost with it when it is killed, and what it
//! gave and had not confirmed is reported although it arrived; nothing else is allowed.

mod mishaps;
mod plays;
mod redis;
mod said;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use signal_protocol::{
    Directed, DirectedKind, Email, MemberId, Payload, ResumeToken, RoomJoin, RoomName,
    ServerMessage,
};

use self::{
    redis::Redis,
    said::{Said, number_in},
};
use super::{
    Arrival, BacklogLimits, Credentials, Entry, Loss, NodeSettings, Output, RoomSettings,
    RoomShare, Rooms, SocketId,
};
use crate::{
    admission::AddressKey,
    backplane::{Admits, Command, Join, Link, NodeName, Note, Record, SecretHash},
    frame::Frame,
};

/// One a listener, so that reports can be told apart.
const KINDS: [DirectedKind; 2] = [DirectedKind::UserCall, DirectedKind::PeerCandidate];
/// The talkers' nodes come first and stay.
const NODES: usize = 4;
const LIMITS: BacklogLimits = BacklogLimits {
    messages: 10_000,
    bytes: 10_000_000,
};

#[derive(Debug, Clone)]
enum Action {
    Say {
        talker: usize,
        listener: usize,
    },
    /// Redis carries out what the node has to say.
    Speak {
        node: usize,
        most: usize,
    },
    /// What Redis told the node comes there.
    Listen {
        node: usize,
        most: usize,
    },
    /// Comes back by its token; the old socket breaks before, or lives until it is taken over.
    Move {
        listener: usize,
        node: usize,
        breaks: bool,
    },
    Lose {
        listener: usize,
    },
    Kill {
        node: usize,
    },
    End {
        node: usize,
    },
    Cut {
        node: usize,
    },
    Mend {
        node: usize,
    },
}

fn action() -> impl Strategy<Value = Action> {
    let node = 0..NODES;
    let stays = 0..2_usize;
    let ends = 2..NODES;
    let listener = 0..2_usize;
    let most = 1..6_usize;
    prop_oneof![
        12 => (0..2_usize, listener.clone()).prop_map(|(talker, listener)| Action::Say { talker, listener }),
        10 => (node.clone(), most.clone()).prop_map(|(node, most)| Action::Speak { node, most }),
        10 => (node.clone(), most).prop_map(|(node, most)| Action::Listen { node, most }),
        4 => (listener.clone(), node, any::<bool>())
            .prop_map(|(listener, node, breaks)| Action::Move { listener, node, breaks }),
        1 => listener.prop_map(|listener| Action::Lose { listener }),
        2 => ends.clone().prop_map(|node| Action::Kill { node }),
        1 => ends.prop_map(|node| Action::End { node }),
        1 => stays.clone().prop_map(|node| Action::Cut { node }),
        2 => stays.prop_map(|node| Action::Mend { node }),
    ]
}

struct Node {
    name: NodeName,
    rooms: Rooms,
    link: Link<Asked>,
}

/// A join that Redis decides.
struct Asked {
    person: usize,
    socket: SocketId,
    join: RoomJoin,
    credentials: Credentials,
}

/// The talkers come first.
struct Person {
    id: MemberId,
    token: ResumeToken,
    socket: Option<(usize, SocketId)>,
    asks: Option<usize>,
}

struct World {
    redis: Redis,
    nodes: Vec<Node>,
    people: Vec<Person>,
    said: BTreeMap<(usize, usize), Said>,
    /// Which messages the numbers on the roads are.
    numbers: BTreeMap<(String, u64), u64>,
    apart: BTreeSet<usize>,
    /// To old sockets of those who are on another by now.
    unsent: BTreeMap<SocketId, VecDeque<Frame>>,
    drawn: u64,
    now: Instant,
}

fn room() -> RoomName {
    RoomName::parse("r").unwrap()
}

fn address() -> AddressKey {
    AddressKey::new([127, 0, 0, 1].into())
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            redis: Redis::default(),
            nodes: Vec::new(),
            people: Vec::new(),
            said: BTreeMap::new(),
            numbers: BTreeMap::new(),
            apart: BTreeSet::new(),
            unsent: BTreeMap::new(),
            drawn: 0,
            now: Instant::now(),
        };
        for _ in 0..NODES {
            let node = world.start();
            world.nodes.push(node);
        }
        for person in 0..4 {
            world.people.push(Person {
                id: MemberId::new(""),
                token: ResumeToken::new(""),
                socket: None,
                asks: None,
            });
            world.join(person, person, None);
            world.settle();
        }
        world
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
            backlog: LIMITS,
            node: Some(NodeSettings {
                name: name.clone(),
                lease: Duration::from_secs(8),
                road: LIMITS,
            }),
        });
        let mut link = Link::new();
        let generation = link.next_generation();
        link.handle_connected(generation, []);
        Node { name, rooms, link }
    }

    fn run(&mut self, action: &Action) {
        match *action {
            Action::Say { talker, listener } => self.say(talker, listener),
            Action::Speak { node, most } => (0..most).for_each(|_| {
                self.speak(node);
            }),
            Action::Listen { node, most } => (0..most).for_each(|_| {
                self.listen(node);
            }),
            Action::Move {
                listener,
                node,
                breaks,
            } => {
                let person = 2 + listener;
                if self.people[person].asks.is_none() && !self.apart.contains(&node) {
                    if breaks {
                        self.lose(person);
                    }
                    let token = self.people[person].token.clone();
                    self.join(person, node, Some(token));
                }
            }
            Action::Lose { listener } => self.lose(2 + listener),
            Action::Kill { node } => self.kill(node),
            Action::End { node } => self.end(node),
            Action::Cut { node } => self.cut(node),
            Action::Mend { node } => self.mend(node),
        }
    }

    fn say(&mut self, talker: usize, listener: usize) {
        let (node, socket) = self.people[talker].socket.unwrap();
        let said = self.said.entry((talker, listener)).or_default();
        said.last += 1;
        let directed = Directed {
            kind: KINDS[listener],
            to: self.people[2 + listener].id.clone(),
            payload: Payload::from_text(&said.last.to_string()),
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
        };
        let credentials = Credentials {
            id: MemberId::new(&format!("m{drawn}")),
            resume: ResumeToken::new(&format!("t{drawn}")),
        };
        let Node { name, rooms, link } = &mut self.nodes[node];
        if rooms.entry(socket, &join) == Entry::Here {
            let outputs = rooms
                .handle_join(socket, address(), join, credentials)
                .unwrap();
            self.people[person].socket = Some((node, socket));
            self.apply(node, outputs);
            // Nobody comes back to a third node before Redis has heard of the new token.
            while self.speak(node) {}
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
                breaks: 0,
            },
            address: address(),
            admits: Admits::Everybody,
        };
        let asked = Asked {
            person,
            socket,
            join,
            credentials,
        };
        link.ask(asked, |request| {
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

    /// Answers whether there was something.
    fn speak(&mut self, node: usize) -> bool {
        let Node { name, link, .. } = &mut self.nodes[node];
        let Some(command) = link.pop() else {
            return false;
        };
        if let Command::Directed(sending) = &command {
            let of = (name.as_str().to_owned(), sending.parcel.number);
            self.numbers.insert(of, number_in(&sending.parcel.frame));
        }
        self.redis.run(name, command);
        true
    }

    fn listen(&mut self, node: usize) -> bool {
        let Some(note) = self.redis.next(&self.nodes[node].name) else {
            return false;
        };
        if let Note::Heard { to, number, .. } = &note {
            let listener = self.people[2..].iter().position(|person| person.id == *to);
            let of = (self.nodes[node].name.as_str().to_owned(), *number);
            let said = self.said.entry((node, listener.unwrap())).or_default();
            let confirmed = self.numbers.get(&of).copied().unwrap_or_default();
            said.confirmed = said.confirmed.max(confirmed);
        }
        let now = self.now;
        let Node { rooms, link, .. } = &mut self.nodes[node];
        let (outputs, person) = match note {
            Note::Entered {
                request, members, ..
            } => {
                let asked = link.answered(request).unwrap();
                self.people[asked.person].socket = Some((node, asked.socket));
                let Asked {
                    person,
                    socket,
                    join,
                    credentials,
                } = asked;
                let there = Some(socket);
                let outputs =
                    rooms.handle_entered(now, there, address(), join, credentials, members);
                (outputs, Some(person))
            }
            Note::Resumed {
                request,
                how,
                id,
                proof,
                kept,
                members,
                ..
            } => {
                let asked = link.answered(request).unwrap();
                let arrival = Arrival {
                    id,
                    how,
                    kept,
                    proof,
                    members,
                    address: address(),
                };
                self.people[asked.person].socket = Some((node, asked.socket));
                let token = asked.credentials.resume;
                let there = Some(asked.socket);
                let outputs = rooms.handle_resumed(now, there, &asked.join, token, arrival);
                (outputs, Some(asked.person))
            }
            Note::Refused { .. } => panic!("nobody is refused here"),
            other @ (Note::Joined { .. }
            | Note::Left { .. }
            | Note::Changed { .. }
            | Note::Moved { .. }
            | Note::HandedOver { .. }
            | Note::Synced { .. }
            | Note::Directed(_)
            | Note::Astray { .. }
            | Note::Fenced { .. }
            | Note::Heard { .. }
            | Note::Again { .. }
            | Note::NotTaken { .. }
            | Note::Snapshot { .. }) => (rooms.handle_note(now, other), None),
        };
        if let Some(person) = person {
            self.people[person].asks = None;
        }
        self.apply(node, outputs);
        true
    }

    /// Until nobody has anything to say.
    fn settle(&mut self) {
        loop {
            let mut is_quiet = true;
            for node in 0..self.nodes.len() {
                while self.speak(node) || self.listen(node) {
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
                Output::Send { to, frame } => self.hear(node, to, frame),
                Output::Welcome { to, joined } => {
                    let person = self.on(node, to).unwrap();
                    self.people[person].id = joined.myself.id;
                    self.people[person].token = joined.resume;
                }
                Output::Tell(command) => self.nodes[node].link.push(*command),
                Output::HandOver(leaving) => {
                    let unsent = self.unsent.remove(&leaving.old);
                    let command = leaving.into_command(unsent.unwrap_or_default());
                    self.nodes[node].link.push(command);
                }
                Output::TakeOver { old, new } => {
                    for frame in self.unsent.remove(&old).unwrap_or_default() {
                        self.hear(node, new, frame);
                    }
                }
                Output::Moved(_) => {}
                Output::Gone { .. } | Output::Restart(_) => panic!("nobody leaves here"),
            }
        }
    }

    fn hear(&mut self, node: usize, socket: SocketId, frame: Frame) {
        let Some(person) = self.on(node, socket) else {
            self.unsent.entry(socket).or_default().push_back(frame);
            return;
        };
        match ServerMessage::decode(frame.as_str()).unwrap() {
            ServerMessage::Delivered(_) => {
                let (talker, number) = self.read(&frame);
                let said = self.said.get_mut(&(talker, person - 2)).unwrap();
                assert!(said.heard.last() < Some(&number), "doubled or out of order");
                said.heard.push(number);
                if node == talker {
                    said.confirmed = number;
                }
            }
            ServerMessage::Error(error) => {
                let about = error.about.unwrap();
                let listener = KINDS.iter().position(|kind| kind.as_str() == about);
                let said = self.said.get_mut(&(person, listener.unwrap())).unwrap();
                said.reported += 1;
            }
            ServerMessage::UserJoined { .. } => {}
            other @ (ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::UserLeft { .. }
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

    /// Who said which.
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
    fn what_is_said_is_heard_once_in_order_or_reported(actions in prop::collection::vec(action(), 1..150)) {
        let mut world = World::new();
        for action in &actions {
            world.run(action);
        }
        for node in 0..2 {
            world.mend(node);
        }
        world.settle();
        // Everybody comes back and gets what waited.
        for person in 2..4 {
            let token = world.people[person].token.clone();
            world.join(person, person - 2, Some(token));
            world.settle();
        }
        world.said.values().for_each(Said::check);
    }
}
