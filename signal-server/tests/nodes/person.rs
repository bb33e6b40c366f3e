//! A member that knows only what frames say: the other members and their messages.

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
    /// For each sender, in the order of arrival.
    pub(crate) received: BTreeMap<MemberId, Vec<u32>>,
    pub(crate) undelivered: usize,
    pub(crate) left: Vec<MemberId>,
    /// Those of the others that are lost.
    pub(crate) lost: BTreeSet<MemberId>,
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
        match client.receive().await {
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
            received: BTreeMap::new(),
            undelivered: 0,
            left: Vec::new(),
            lost: BTreeSet::new(),
        };
        person.see(joined);
        person
    }

    fn see(&mut self, joined: RoomJoined) {
        self.token = joined.resume;
        let lost = joined.participants.iter().filter(|user| user.lost);
        self.lost = lost.map(|user| user.id.clone()).collect();
        self.others = joined
            .participants
            .into_iter()
            .map(|user| (user.id, (user.email.as_str().to_owned(), user.status)))
            .collect();
    }

    /// On a new socket, to any node. Returns whether the member was resumed.
    pub(crate) async fn resume(&mut self, relay: SocketAddr, room: &str, name: &str) -> bool {
        let mut client = Client::connect(relay).await;
        let joined = client.resume(room, name, &self.token).await;
        let resumed = joined.resumed;
        assert_eq!(resumed, joined.myself.id == self.id);
        self.id = joined.myself.id.clone();
        self.client = client;
        self.see(joined);
        resumed
    }

    pub(crate) async fn send_number(&mut self, to: &MemberId, number: u32) {
        self.client.call(to, &number.to_string()).await;
    }

    pub(crate) async fn set_status(&mut self, status: &str) {
        let status = Status::parse(status).unwrap();
        self.client
            .send(&ClientMessage::UserStatus { status })
            .await;
    }

    /// Receives one frame.
    pub(crate) async fn receive(&mut self) {
        let message = self.client.receive().await;
        self.take(message);
    }

    pub(crate) fn take(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::UserJoined { user } => {
                assert_ne!(user.id, self.id, "told of oneself");
                if user.lost {
                    self.lost.insert(user.id.clone());
                }
                let seen = (user.email.as_str().to_owned(), user.status);
                let before = self.others.insert(user.id, seen);
                assert!(before.is_none(), "told twice that somebody joined");
            }
            ServerMessage::UserLeft { id, .. } => {
                assert!(self.others.remove(&id).is_some(), "an unknown one left");
                self.lost.remove(&id);
                self.left.push(id);
            }
            ServerMessage::UserLost { id } => {
                assert!(self.others.contains_key(&id), "an unknown one is lost");
                assert!(self.lost.insert(id), "lost twice");
            }
            ServerMessage::UserBack { id } => {
                assert!(self.lost.remove(&id), "back without a loss");
            }
            ServerMessage::UserStatus { from, status } => {
                self.others
                    .get_mut(&from)
                    .expect("status of an unknown one")
                    .1 = Some(status);
            }
            ServerMessage::Delivered(delivered) => {
                let number = delivered.payload.to_text().unwrap().parse().unwrap();
                self.received
                    .entry(delivered.from)
                    .or_default()
                    .push(number);
            }
            ServerMessage::Error(error) if error.code == ErrorCode::NoSuchUser => {
                self.undelivered += 1;
            }
            other => panic!("not expected here: {other:?}"),
        }
    }

    pub(crate) async fn hear_until(&mut self, holds: impl Fn(&Self) -> bool) {
        while !holds(self) {
            self.receive().await;
        }
    }

    /// Waits until exactly these members are there.
    pub(crate) async fn see_exactly(&mut self, others: &[&MemberId]) {
        let expect: BTreeSet<&MemberId> = others.iter().copied().collect();
        self.hear_until(|person| person.others.keys().collect::<BTreeSet<_>>() == expect)
            .await;
    }

    /// Waits until the numbers up to this one have come from that member, each once and in order.
    pub(crate) async fn receive_all(&mut self, from: &MemberId, last: u32) {
        let expect: Vec<u32> = (1..=last).collect();
        while self.numbers(from).len() < expect.len() {
            self.receive().await;
            let numbers = self.numbers(from);
            assert_eq!(
                numbers,
                &expect[..numbers.len()],
                "lost, doubled or out of order"
            );
        }
    }

    pub(crate) fn numbers(&self, from: &MemberId) -> &[u32] {
        self.received.get(from).map_or(&[], Vec::as_slice)
    }

    /// Breaks its socket. Returns when the node has noticed.
    pub(crate) async fn lose(self) -> Lost {
        let Self {
            client,
            id,
            token,
            others,
            received,
            undelivered,
            left,
            lost: _,
        } = self;
        client.lose().await;
        Lost {
            id,
            token,
            others,
            received,
            undelivered,
            left,
        }
    }
}

/// A member without a socket.
pub(crate) struct Lost {
    pub(crate) id: MemberId,
    token: ResumeToken,
    others: BTreeMap<MemberId, (String, Option<Status>)>,
    received: BTreeMap<MemberId, Vec<u32>>,
    undelivered: usize,
    left: Vec<MemberId>,
}

impl Lost {
    pub(crate) async fn resume(self, relay: SocketAddr, room: &str, name: &str) -> (Person, bool) {
        let Self {
            id,
            token,
            others,
            received,
            undelivered,
            left,
        } = self;
        let client = Client::connect(relay).await;
        let mut person = Person {
            client,
            id,
            token,
            others,
            received,
            undelivered,
            left,
            lost: BTreeSet::new(),
        };
        let resumed = person.resume(relay, room, name).await;
        (person, resumed)
    }
}
