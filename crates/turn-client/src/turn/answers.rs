//! The server's answers, and what its silence means.
//!
//! Invariant: only what was asked is answered, once, and only by who knows the password.

use std::{net::SocketAddr, time::Instant};

use stun_proto::types::{
    attribute::{ErrorCode, XorMappedAddress},
    message::{Message, MessageClass},
};
use turn_types::attribute::XorRelayedAddress;

use super::{
    Allocated, Attempt, Output, State, Turn,
    auth::Challenge,
    request::{Families, Purpose, lifetime, schedule},
};
use crate::failure::Failure;

/// A challenge is answered so often; more is a server that never likes the answer.
pub(super) const ATTEMPTS: u8 = 4;

impl Turn {
    pub(super) fn handle_message(&mut self, frame: &[u8], now: Instant) {
        let Ok(message) = Message::from_bytes(frame) else {
            return;
        };
        match message.class() {
            MessageClass::Indication => self.handle_indication(&message),
            MessageClass::Success => {
                // RFC 8489, 9.2.5: an answer that is not from who knows the password is no answer.
                if self.is_awaited(&message) && self.auth.vouches_for(&message) {
                    self.handle_success(&message, now);
                }
            }
            MessageClass::Error => {
                // A server that does not know us cannot sign, so only a wrong signature counts.
                if self.is_awaited(&message) && !self.auth.denies(&message) {
                    self.handle_error(&message, now);
                }
            }
            MessageClass::Request => {}
        }
    }

    fn is_awaited(&self, message: &Message<'_>) -> bool {
        self.requests.waits_for(message, self.server).is_some()
    }

    fn handle_success(&mut self, message: &Message<'_>, now: Instant) {
        let Some(attempt) = self.requests.settle(message, self.server, now) else {
            return;
        };
        match attempt.purpose {
            Purpose::Allocate(_) => self.handle_allocated(message, now),
            Purpose::Refresh => {
                let lifetime = lifetime(message);
                if let State::Allocated {
                    refresh, expires, ..
                } = &mut self.state
                {
                    (*refresh, *expires) = schedule(lifetime, now);
                }
            }
            Purpose::Release => self.end(),
            Purpose::Bind { peer, number } => {
                for bytes in self.peers.handle_bound(peer, now) {
                    self.transmit_channel_data(number, &bytes);
                }
            }
        }
    }

    fn handle_allocated(&mut self, message: &Message<'_>, now: Instant) {
        let transaction = message.transaction_id();
        let relayed: Vec<SocketAddr> = (0..2)
            .map_while(|at| message.nth_attribute::<XorRelayedAddress>(at).ok())
            .map(|relayed| relayed.addr(transaction))
            .collect();
        let mapped = message.attribute::<XorMappedAddress>();
        let (false, Ok(mapped)) = (relayed.is_empty(), mapped) else {
            let text = "the server's answer makes no sense";
            return self.refuse(Failure::new(Failure::UNREACHABLE, text));
        };
        if let State::Abandoned = self.state {
            self.state = State::Releasing;
            return self.ask(Purpose::Release, 0, now);
        }
        let (refresh, expires) = schedule(lifetime(message), now);
        self.outputs.push_back(Output::Allocated(Allocated {
            relayed: relayed.clone(),
            mapped: mapped.addr(transaction),
        }));
        self.state = State::Allocated {
            relayed,
            refresh,
            expires,
        };
    }

    fn handle_error(&mut self, message: &Message<'_>, now: Instant) {
        let Some(Attempt { purpose, earlier }) = self.requests.settle(message, self.server, now)
        else {
            return;
        };
        if let State::Abandoned = self.state {
            return self.end();
        }
        let failure = match message.attribute::<ErrorCode>() {
            Ok(error) => Failure::new(error.code(), error.reason()),
            Err(_) => Failure::new(Failure::UNREACHABLE, "the server's answer makes no sense"),
        };
        let challenge = self.auth.handle_challenge(message, failure.code);
        if challenge == Challenge::Answerable && earlier + 1 < ATTEMPTS {
            return self.ask(purpose, earlier + 1, now);
        }
        match purpose {
            Purpose::Allocate(families) => match (failure.code, families) {
                (ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED, Families::Both) => {
                    self.ask(Purpose::Allocate(Families::Unsaid), 0, now);
                }
                (ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED, Families::Unsaid) => {
                    self.ask(Purpose::Allocate(Families::OnlyV6), 0, now);
                }
                (_, Families::Both | Families::Unsaid | Families::OnlyV6) => self.refuse(failure),
            },
            Purpose::Refresh | Purpose::Release => self.end(),
            Purpose::Bind { peer, .. } => {
                self.peers.handle_refused(peer, now);
                self.outputs
                    .push_back(Output::PeerRefused { peer, failure });
            }
        }
    }

    pub(super) fn handle_silence(&mut self, purpose: Purpose, now: Instant) {
        match purpose {
            Purpose::Allocate(_) => self.refuse(Failure::unreachable()),
            Purpose::Refresh => {
                // There may be time for another.
                if let State::Allocated { refresh, .. } = &mut self.state {
                    *refresh = now;
                }
            }
            Purpose::Release => self.end(),
            Purpose::Bind { peer, .. } => self.peers.handle_silence(peer, now),
        }
    }
}
