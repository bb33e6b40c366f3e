//! One TURN allocation (RFC 8656, with the long-term credentials of RFC 8489, 9.2), by one
//! connection to its server.
//!
//! Invariant: pure. It begins with a request, tells exactly once that it is allocated or refused,
//! and after it has ended says nothing more. Every address it relays to has a channel, which is
//! also the permission; first packets wait for it.

mod answers;
mod auth;
mod frames;
mod peers;
mod request;

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use stun_proto::types::{TransportType, message::Message};
use turn_types::{
    attribute::{Data, XorPeerAddress},
    message::DATA,
};

pub(crate) use self::frames::Frames;
use self::{
    auth::Auth,
    peers::{Peers, Route},
    request::{Families, Purpose},
};
use super::{failure::Failure, requests::Requests, server::Credentials};

/// How the server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carriage {
    /// Requests are sent again; a datagram is a message.
    Datagrams,
    /// Messages follow each other, so channel data are padded to four bytes (RFC 8656, 12.5).
    Stream,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    Transmit(Vec<u8>),
    Allocated(Allocated),
    Refused(Failure),
    Received {
        /// The relayed address it came to.
        relayed: SocketAddr,
        peer: SocketAddr,
        bytes: Vec<u8>,
    },
    /// The server relays nothing to this address, for now.
    PeerRefused {
        peer: SocketAddr,
        failure: Failure,
    },
    /// The allocation is gone.
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocated {
    /// One, or one of each family.
    pub relayed: Vec<SocketAddr>,
    /// How the server sees us.
    pub mapped: SocketAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    Taken,
    Dropped,
}

#[derive(Debug)]
enum State {
    Allocating,
    Allocated {
        relayed: Vec<SocketAddr>,
        refresh: Instant,
        expires: Instant,
    },
    /// Released before it was granted: given back when it is.
    Abandoned,
    Releasing,
    Ended,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    purpose: Purpose,
    /// How many came before it.
    earlier: u8,
}

#[derive(Debug)]
pub(crate) struct Turn {
    carriage: Carriage,
    local: SocketAddr,
    server: SocketAddr,
    auth: Auth,
    state: State,
    requests: Requests<Attempt>,
    peers: Peers,
    outputs: VecDeque<Output>,
}

impl Turn {
    pub(crate) fn new(
        carriage: Carriage,
        local: SocketAddr,
        server: SocketAddr,
        credentials: &Credentials,
        now: Instant,
    ) -> Self {
        let transport = match carriage {
            Carriage::Datagrams => TransportType::Udp,
            Carriage::Stream => TransportType::Tcp,
        };
        let mut turn = Self {
            carriage,
            local,
            server,
            auth: Auth::new(credentials),
            state: State::Allocating,
            requests: Requests::new(transport, local, now),
            peers: Peers::default(),
            outputs: VecDeque::new(),
        };
        turn.ask(Purpose::Allocate(Families::Both), 0, now);
        turn
    }

    /// One whole message or one piece of channel data.
    pub(crate) fn handle_input(&mut self, frame: &[u8], now: Instant) {
        match frame.first().map(|first| first >> 6) {
            Some(0b00) => self.handle_message(frame, now),
            Some(0b01) => self.handle_channel_data(frame),
            Some(_) | None => {}
        }
    }

    /// `source` is one of the relayed addresses.
    pub(crate) fn handle_send(
        &mut self,
        source: SocketAddr,
        peer: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) -> Sent {
        let State::Allocated { relayed, .. } = &self.state else {
            return Sent::Dropped;
        };
        if !relayed.contains(&source) || source.is_ipv4() != peer.is_ipv4() {
            return Sent::Dropped;
        }
        match self.peers.route(peer, bytes, now) {
            Route::Channel(number) => self.transmit_channel_data(number, bytes),
            Route::Bind(number) => self.ask(Purpose::Bind { peer, number }, 0, now),
            Route::Queued => {}
            Route::Dropped => return Sent::Dropped,
        }
        Sent::Taken
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if let State::Ended = self.state {
            return;
        }
        while let Some((_, bytes)) = self.requests.poll_transmit(now) {
            self.outputs.push_back(Output::Transmit(bytes));
        }
        while let Some(attempt) = self.requests.poll_unanswered(now) {
            self.handle_silence(attempt.purpose, now);
        }
        let State::Allocated {
            refresh, expires, ..
        } = &mut self.state
        else {
            return;
        };
        if *expires <= now {
            return self.end();
        }
        if *refresh <= now {
            // Until the answer or the silence says otherwise.
            *refresh = *expires;
            self.ask(Purpose::Refresh, 0, now);
        }
        while let Some((peer, number)) = self.peers.poll_renewal(now) {
            self.ask(Purpose::Bind { peer, number }, 0, now);
        }
    }

    /// Gives the allocation back: [`Output::Ended`] comes with the server's answer, or when it has
    /// none.
    pub(crate) fn release(&mut self, now: Instant) {
        match self.state {
            State::Allocated { .. } => {
                self.state = State::Releasing;
                self.ask(Purpose::Release, 0, now);
            }
            State::Allocating => self.state = State::Abandoned,
            State::Abandoned | State::Releasing | State::Ended => {}
        }
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        if let State::Ended = self.state {
            return None;
        }
        let requests = self.requests.poll_timeout(now);
        let State::Allocated {
            refresh, expires, ..
        } = &self.state
        else {
            return requests;
        };
        [
            requests,
            Some(*refresh),
            Some(*expires),
            self.peers.next_renewal(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn handle_channel_data(&mut self, frame: &[u8]) {
        let Some((number, bytes)) = frames::read_channel_data(frame) else {
            return;
        };
        if let Some(peer) = self.peers.of_channel(number) {
            self.receive(peer, bytes);
        }
    }

    fn handle_indication(&mut self, message: &Message<'_>) {
        if message.method() != DATA {
            return;
        }
        let (Ok(peer), Ok(data)) = (
            message.attribute::<XorPeerAddress>(),
            message.attribute::<Data<'_>>(),
        ) else {
            return;
        };
        self.receive(peer.addr(message.transaction_id()), data.data());
    }

    fn receive(&mut self, peer: SocketAddr, bytes: &[u8]) {
        let State::Allocated { relayed, .. } = &self.state else {
            return;
        };
        let to = relayed
            .iter()
            .find(|relayed| relayed.is_ipv4() == peer.is_ipv4());
        if let Some(relayed) = to {
            self.outputs.push_back(Output::Received {
                relayed: *relayed,
                peer,
                bytes: bytes.to_vec(),
            });
        }
    }

    fn refuse(&mut self, failure: Failure) {
        self.state = State::Ended;
        self.outputs
            .push_back(Output::Refused(failure.at(self.local)));
    }

    fn end(&mut self) {
        self.state = State::Ended;
        self.outputs.push_back(Output::Ended);
    }

    fn ask(&mut self, purpose: Purpose, earlier: u8, now: Instant) {
        let attempt = Attempt { purpose, earlier };
        let bytes = request::write(purpose, &self.auth)
            .ok()
            .and_then(|message| self.requests.send(&message, self.server, attempt, now));
        match bytes {
            Some(bytes) => self.outputs.push_back(Output::Transmit(bytes)),
            // A user name too long for the protocol is all that cannot be written.
            None => self.refuse(Failure::new(
                401,
                "these credentials cannot be sent by TURN",
            )),
        }
    }

    fn transmit_channel_data(&mut self, number: u16, bytes: &[u8]) {
        let frame = frames::channel_data(self.carriage, number, bytes);
        self.outputs.extend(frame.map(Output::Transmit));
    }
}

#[cfg(test)]
mod tests;
