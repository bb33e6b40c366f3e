//! TURN client state of one allocation over one connection (RFC 8656, with the long-term
//! credentials of RFC 8489, 9.2).
//!
//! Invariant: pure. The client starts with an Allocate request, reports exactly once that it is
//! allocated or refused, and has no output after its end. Every peer has a channel, which includes
//! the permission. The first packets to a peer wait until its channel is bound.

mod auth;
mod channels;
mod frames;
mod request;
mod responses;

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use stun_proto::types::{TransportType, message::Message};
use turn_types::{
    attribute::{Data, XorPeerAddress},
    message::DATA,
};

pub(crate) use self::frames::Frames;
use self::{
    auth::Auth,
    channels::{Channels, Route},
    request::{Families, RequestKind},
};
use super::{failure::Failure, requests::Requests, server::Credentials};

/// How messages are framed on the transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One message per datagram. Requests are retransmitted.
    Datagram,
    /// Messages in a byte stream. ChannelData is padded to four bytes (RFC 8656, 12.5).
    Stream,
}

/// What a client of one allocation reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Bytes for the server. [`crate::TurnConnection::next`] sends them and never returns this.
    Transmit(Vec<u8>),
    /// The server relays from now on.
    Allocated(Allocated),
    /// The server grants no allocation. Nothing follows.
    Refused(Failure),
    /// A packet from a peer.
    Received {
        /// The relayed transport address that received the packet.
        relayed: SocketAddr,
        /// Its sender.
        peer: SocketAddr,
        /// Its payload.
        bytes: Vec<u8>,
    },
    /// The server refuses to relay to this peer for now.
    PeerRefused {
        /// Packets to it are dropped. After 30 s the next one asks again.
        peer: SocketAddr,
        /// Why.
        failure: Failure,
    },
    /// The allocation has ended. Nothing follows.
    Ended,
}

/// A granted allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocated {
    /// One relayed transport address per address family.
    pub relayed: Vec<SocketAddr>,
    /// The client's address as the server sees it.
    pub mapped: SocketAddr,
}

/// What became of a packet to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is sent, or waits for its channel.
    Taken,
    /// It is lost: no allocation, a refused peer, too many peers, or a transport that is full.
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
    /// Released before the server granted it. Released again after the grant.
    Abandoned,
    Releasing,
    Ended,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    kind: RequestKind,
    /// Attempts before this one.
    previous_attempts: u8,
}

#[derive(Debug)]
pub(crate) struct TurnClient {
    framing: Framing,
    local: SocketAddr,
    server: SocketAddr,
    auth: Auth,
    state: State,
    requests: Requests<Attempt>,
    channels: Channels,
    outputs: VecDeque<Output>,
}

impl TurnClient {
    pub(crate) fn new(
        framing: Framing,
        local: SocketAddr,
        server: SocketAddr,
        credentials: &Credentials,
        now: Instant,
    ) -> Self {
        let transport = match framing {
            Framing::Datagram => TransportType::Udp,
            Framing::Stream => TransportType::Tcp,
        };
        let mut client = Self {
            framing,
            local,
            server,
            auth: Auth::new(credentials),
            state: State::Allocating,
            requests: Requests::new(transport, local, now),
            channels: Channels::default(),
            outputs: VecDeque::new(),
        };
        client.send_request(RequestKind::Allocate(Families::Both), 0, now);
        client
    }

    /// Handles one whole STUN message or ChannelData frame.
    pub(crate) fn handle_input(&mut self, frame: &[u8], now: Instant) {
        match frame.first().map(|first| first >> 6) {
            Some(0b00) => self.handle_message(frame, now),
            Some(0b01) => self.handle_channel_data(frame),
            Some(_) | None => {}
        }
    }

    /// Sends to a peer. `source` is one of the relayed transport addresses.
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
        match self.channels.route(peer, bytes, now) {
            Route::Channel(number) => self.transmit_channel_data(number, bytes),
            Route::Bind(number) => self.send_request(RequestKind::Bind { peer, number }, 0, now),
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
        while let Some(attempt) = self.requests.poll_timed_out(now) {
            self.handle_request_timeout(attempt.kind, now);
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
            // The response or the timeout of the request sets it again.
            *refresh = *expires;
            self.send_request(RequestKind::Refresh, 0, now);
        }
        while let Some((peer, number)) = self.channels.poll_renewal(now) {
            self.send_request(RequestKind::Bind { peer, number }, 0, now);
        }
    }

    /// Releases the allocation. [`Output::Ended`] follows the server's response or its timeout.
    pub(crate) fn release(&mut self, now: Instant) {
        match self.state {
            State::Allocated { .. } => {
                self.state = State::Releasing;
                self.send_request(RequestKind::Release, 0, now);
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
            self.channels.next_renewal(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn handle_channel_data(&mut self, frame: &[u8]) {
        let Some((number, bytes)) = frames::read_channel_data(frame) else {
            return;
        };
        if let Some(peer) = self.channels.peer_of(number) {
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

    fn send_request(&mut self, kind: RequestKind, previous_attempts: u8, now: Instant) {
        let attempt = Attempt {
            kind,
            previous_attempts,
        };
        let bytes = request::write(kind, &self.auth)
            .ok()
            .and_then(|message| self.requests.send(&message, self.server, attempt, now));
        match bytes {
            Some(bytes) => self.outputs.push_back(Output::Transmit(bytes)),
            // Encoding fails only for a user name that is too long.
            None => self.refuse(Failure::new(
                401,
                "these credentials cannot be sent by TURN",
            )),
        }
    }

    fn transmit_channel_data(&mut self, number: u16, bytes: &[u8]) {
        let frame = frames::channel_data(self.framing, number, bytes);
        self.outputs.extend(frame.map(Output::Transmit));
    }
}

#[cfg(test)]
mod tests;
