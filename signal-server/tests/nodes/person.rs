//! Somebody in a room, who believes only what frames say: who is there, and what was said.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use signal_protocol::{
    ClientMessage, ErrorCode, MemberId, ResumeToken, RoomJoined, ServerMessage, Status,
};

use crate::client::{Client, join};

pub(crate) struct Person {
    pub(crate) client: Client,
    pub(crate) id: MemberId,
    pub(crate) token: ResumeToken,
    pub(crate) others: BTreeMap<MemberId, (String, Option<Status>)>,
    /// Of each sender, in the order in which it came.
    pub(crate) heard: BTreeMap<MemberId, Vec<u32>>,
    pub(crate) undelivered: usize,
    pub(crate) left: Vec<MemberId>,
}

impl Person {
    pub(crate) async fn join(relay: SocketAddr, room: &str, name: &str) -> Self {
        let mut client = Client::connect(relay).await;
        let joined = client.join(room, name).await;
        Self::new(client, joined)
    }

    pub(crate) async fn try_join(
        relay: SocketAddr,
        room: &str,
        name: &str,
    ) -> Result<Self, ErrorCode> {
        let mut client = Client::connect(relay).await;
        client.send(&join(room, name)).await;
        match client.hear().await {
            ServerMessage::RoomJoined(joined) => Ok(Self::new(client, *joined)),
            ServerMessage::Error(error) => Err(error.code),
            other => panic!("no answer to a join: {other:?}"),
        }
    }

    fn new(client: Client, joined: RoomJoined) -> Self {
        let mut person = Self {
            client,
            id: joined.myself.id.clone(),
            token: joined.resume.clone(),
            others: BTreeMap::new(),
            heard: BTreeMap::new(),
            undelivered: 0,
            left: Vec::new(),
        };
        person.see(joined);
        person
    }

    fn see(&mut self, joined: RoomJoined) {
        self.token = joined.resume;
        self.others = joined
            .participants
            .into_iter()
            .map(|user| (user.id, (user.email.as_str().to_owned(), user.status)))
            .collect();
    }

    /// On a new socket, at whichever node; answers whether the place was still there.
    pub(crate) async fn come_back(&mut self, relay: SocketAddr, room: &str, name: &str) -> bool {
        let mut client = Client::connect(relay).await;
        let joined = client.resume(room, name, &self.token).await;
        let resumed = joined.resumed;
        assert_eq!(resumed, joined.myself.id == self.id);
        self.id = joined.myself.id.clone();
        self.client = client;
        self.see(joined);
        resumed
    }

    pub(crate) async fn say(&mut self, to: &MemberId, number: u32) {
        self.client.call(to, &number.to_string()).await;
    }

    pub(crate) async fn set_status(&mut self, status: &str) {
        let status = Status::parse(status).unwrap();
        self.client
            .send(&ClientMessage::UserStatus { status })
            .await;
    }

    /// Takes in one frame.
    pub(crate) async fn hear(&mut self) {
        let message = self.client.hear().await;
        self.take(message);
    }

    pub(crate) fn take(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::UserJoined { user } => {
                assert_ne!(user.id, self.id, "told of oneself");
                let seen = (user.email.as_str().to_owned(), user.status);
                let before = self.others.insert(user.id, seen);
                assert!(before.is_none(), "told twice that somebody joined");
            }
            ServerMessage::UserLeft { id, .. } => {
                assert!(self.others.remove(&id).is_some(), "an unknown one left");
                self.left.push(id);
            }
            ServerMessage::UserStatus { from, status } => {
                self.others
                    .get_mut(&from)
                    .expect("status of an unknown one")
                    .1 = Some(status);
            }
            ServerMessage::Delivered(delivered) => {
                let number = delivered.payload.to_text().unwrap().parse().unwrap();
                self.heard.entry(delivered.from).or_default().push(number);
            }
            ServerMessage::Error(error) if error.code == ErrorCode::NoSuchUser => {
                self.undelivered += 1;
            }
            other => panic!("not expected here: {other:?}"),
        }
    }

    pub(crate) async fn hear_until(&mut self, holds: impl Fn(&Self) -> bool) {
        while !holds(self) {
            self.hear().await;
        }
    }

    /// Until exactly these are there.
    pub(crate) async fn see_exactly(&mut self, others: &[&MemberId]) {
        let expect: BTreeSet<&MemberId> = others.iter().copied().collect();
        self.hear_until(|person| person.others.keys().collect::<BTreeSet<_>>() == expect)
            .await;
    }

    /// Until the numbers up to this one have come from there, each once and in order.
    pub(crate) async fn hear_all(&mut self, from: &MemberId, last: u32) {
        let expect: Vec<u32> = (1..=last).collect();
        while self.numbers(from).len() < expect.len() {
            self.hear().await;
            let numbers = self.numbers(from);
            assert_eq!(
                numbers,
                &expect[..numbers.len()],
                "lost, doubled or out of order"
            );
        }
    }

    pub(crate) fn numbers(&self, from: &MemberId) -> &[u32] {
        self.heard.get(from).map_or(&[], Vec::as_slice)
    }

    /// Its socket breaks; the node has taken note when this returns.
    pub(crate) async fn lose(self) -> Lost {
        let Self {
            client,
            id,
            token,
            others,
            heard,
            undelivered,
            left,
        } = self;
        client.lose().await;
        Lost {
            id,
            token,
            others,
            heard,
            undelivered,
            left,
        }
    }
}

/// A person without a socket.
pub(crate) struct Lost {
    pub(crate) id: MemberId,
    token: ResumeToken,
    others: BTreeMap<MemberId, (String, Option<Status>)>,
    heard: BTreeMap<MemberId, Vec<u32>>,
    undelivered: usize,
    left: Vec<MemberId>,
}

impl Lost {
    pub(crate) async fn come_back(
        self,
        relay: SocketAddr,
        room: &str,
        name: &str,
    ) -> (Person, bool) {
        let Self {
            id,
            token,
            others,
            heard,
            undelivered,
            left,
        } = self;
        let client = Client::connect(relay).await;
        let mut person = Person {
            client,
            id,
            token,
            others,
            heard,
            undelivered,
            left,
        };
        let resumed = person.come_back(relay, room, name).await;
        (person, resumed)
    }
}
