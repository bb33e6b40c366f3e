//! STUN Binding requests on one socket: learns its mapped address for server-reflexive candidates
//! (RFC 8489, 3).
//!
//! Invariant: pure. Every request gets exactly one result. A datagram that is no response to one of
//! these requests is left to ICE, which shares the socket.

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use stun_proto::types::{
    TransportType,
    attribute::{ErrorCode, XorMappedAddress},
    message::{BINDING, Message, MessageClass, MessageWriteVec},
    prelude::MessageWrite,
};

use super::{failure::Failure, requests::Requests};

/// The Binding requests of one UDP socket. `Token` identifies a request for the caller.
///
/// After each call, and whenever the time of [`Bindings::poll_timeout`] is reached, the caller
/// sends what [`Bindings::poll_transmit`] returns and takes what [`Bindings::poll_answer`] returns.
#[derive(Debug)]
pub struct Bindings<Token> {
    local: SocketAddr,
    requests: Requests<Token>,
    results: VecDeque<(Token, Result<SocketAddr, Failure>)>,
}

/// Whether a datagram was for [`Bindings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// It was a response to one of the requests.
    Taken,
    /// It is for somebody else on the socket.
    NotOurs,
}

impl<Token> Bindings<Token> {
    /// `local` is the address of the socket; failures report it.
    #[must_use]
    pub fn new(local: SocketAddr, now: Instant) -> Self {
        Self {
            local,
            requests: Requests::new(TransportType::Udp, local, now),
            results: VecDeque::new(),
        }
    }

    /// Returns the Binding request to send to `server`.
    pub fn ask(&mut self, server: SocketAddr, token: Token, now: Instant) -> Vec<u8> {
        let message = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        self.requests
            .send(&message, server, token, now)
            .unwrap_or(message)
    }

    /// Handles a datagram that the socket received.
    pub fn handle_input(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) -> Input {
        if self.requests.is_empty() {
            return Input::NotOurs;
        }
        let Ok(message) = Message::from_bytes(bytes) else {
            return Input::NotOurs;
        };
        if self.requests.pending(&message, from).is_none() {
            return Input::NotOurs;
        }
        if let Some(token) = self.requests.complete(&message, from, now) {
            self.results.push_back((token, read(&message, self.local)));
        }
        Input::Taken
    }

    /// Fails the requests to this server at once: the system has no route to it.
    pub fn give_up(&mut self, server: SocketAddr) {
        self.requests.cancel(server);
    }

    /// A request to send again now, and its server.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<(SocketAddr, Vec<u8>)> {
        self.requests.poll_transmit(now)
    }

    /// The result of a request: the mapped address, or why there is none. A server that does not
    /// answer has failed after 9.5 s.
    pub fn poll_answer(&mut self, now: Instant) -> Option<(Token, Result<SocketAddr, Failure>)> {
        let answer = self.results.pop_front();
        answer.or_else(|| {
            let token = self.requests.poll_timed_out(now)?;
            Some((token, Err(Failure::unreachable().at(self.local))))
        })
    }

    /// When there may be something to poll again. `None` without a request.
    pub fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        self.requests.poll_timeout(now)
    }
}

fn read(message: &Message<'_>, local: SocketAddr) -> Result<SocketAddr, Failure> {
    if message.class() == MessageClass::Success
        && let Ok(mapped) = message.attribute::<XorMappedAddress>()
    {
        return Ok(mapped.addr(message.transaction_id()));
    }
    Err(match message.attribute::<ErrorCode>() {
        Ok(error) => Failure::new(error.code(), error.reason()).at(local),
        Err(_) => {
            Failure::new(Failure::UNREACHABLE, "the server's answer makes no sense").at(local)
        }
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stun_proto::types::prelude::MessageWriteExt;

    use super::*;

    const SERVER: &str = "192.0.2.1:3478";
    const LOCAL: &str = "192.0.2.7:5000";

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn answer(request: &[u8], mapped: &str) -> Vec<u8> {
        let request = Message::from_bytes(request).unwrap();
        let mut message = Message::builder_success(&request, MessageWriteVec::new());
        let mapped = XorMappedAddress::new(address(mapped), request.transaction_id());
        message.add_attribute(&mapped).unwrap();
        message.finish()
    }

    #[test]
    fn mapped_address_is_reported_once() {
        let now = crate::now();
        let mut bindings = Bindings::new(address(LOCAL), now);
        let request = bindings.ask(address(SERVER), 'a', now);
        let bytes = answer(&request, "198.51.100.3:7777");
        assert_eq!(
            bindings.handle_input(address(SERVER), &bytes, now),
            Input::Taken
        );
        let expect = Some(('a', Ok(address("198.51.100.3:7777"))));
        assert_eq!(bindings.poll_answer(now), expect);
        assert_eq!(bindings.poll_answer(now), None);
        assert_eq!(
            bindings.handle_input(address(SERVER), &bytes, now),
            Input::NotOurs,
            "the same answer again"
        );
        assert_eq!(bindings.poll_timeout(now), None);
    }

    #[test]
    fn server_without_a_route_fails_at_once() {
        let now = crate::now();
        let mut bindings = Bindings::new(address(LOCAL), now);
        bindings.ask(address(SERVER), 'a', now);
        bindings.ask(address("192.0.2.2:3478"), 'b', now);
        bindings.give_up(address(SERVER));
        let unreachable = Failure::unreachable().at(address(LOCAL));
        assert_eq!(bindings.poll_answer(now), Some(('a', Err(unreachable))));
        assert_eq!(bindings.poll_answer(now), None);
        assert!(bindings.poll_timeout(now).is_some(), "the other one waits");
    }

    #[test]
    fn only_the_asked_server_answers() {
        let now = crate::now();
        let mut bindings = Bindings::new(address(LOCAL), now);
        let request = bindings.ask(address(SERVER), 'a', now);
        let bytes = answer(&request, "198.51.100.3:7777");
        let other_port = address("192.0.2.1:3479");
        assert_eq!(
            bindings.handle_input(other_port, &bytes, now),
            Input::NotOurs
        );
        assert_eq!(bindings.poll_answer(now), None);
    }

    #[test]
    fn ice_messages_on_the_same_socket_are_not_taken() {
        let now = crate::now();
        let mut bindings = Bindings::new(address(LOCAL), now);
        bindings.ask(address(SERVER), 'a', now);
        let check = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        let its_answer = answer(&check, LOCAL);
        for bytes in [&check, &its_answer, &vec![], &vec![0x80; 40], &vec![22; 90]] {
            let input = bindings.handle_input(address(SERVER), bytes, now);
            assert_eq!(input, Input::NotOurs);
        }
    }

    #[test]
    fn silent_server_is_unreachable_after_five_requests() {
        let start = crate::now();
        let mut bindings = Bindings::new(address(LOCAL), start);
        bindings.ask(address(SERVER), 'a', start);
        let mut sent = vec![0];
        let mut now = start;
        let failure = loop {
            now = bindings.poll_timeout(now).unwrap();
            while let Some((to, _)) = bindings.poll_transmit(now) {
                assert_eq!(to, address(SERVER));
                sent.push((now - start).as_millis());
            }
            if let Some((_, outcome)) = bindings.poll_answer(now) {
                break outcome.unwrap_err();
            }
        };
        assert_eq!(sent, [0, 500, 1500, 3500, 7500]);
        assert_eq!(now - start, Duration::from_millis(9500));
        assert_eq!(failure, Failure::unreachable().at(address(LOCAL)));
    }
}
