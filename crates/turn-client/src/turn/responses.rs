//! Handles responses of the server and timeouts of requests.
//!
//! Invariant: a response counts once, only for a pending request. A success response needs a valid
//! MESSAGE-INTEGRITY.

use std::{net::SocketAddr, time::Instant};

use stun_proto::types::{
    attribute::{ErrorCode, XorMappedAddress},
    message::{Message, MessageClass},
};
use turn_types::attribute::XorRelayedAddress;

use super::{
    Allocated, Attempt, Output, State, TurnClient,
    auth::Challenge,
    request::{Families, RequestKind, lifetime, schedule},
};
use crate::failure::Failure;

/// Requests with fresh credentials before the client gives up.
pub(super) const MAX_CHALLENGES: u8 = 4;

impl TurnClient {
    pub(super) fn handle_message(&mut self, frame: &[u8], now: Instant) {
        let Ok(message) = Message::from_bytes(frame) else {
            return;
        };
        match message.class() {
            MessageClass::Indication => self.handle_indication(&message),
            MessageClass::Success => {
                // Ignores a response without a valid MESSAGE-INTEGRITY (RFC 8489, 9.2.5).
                if self.is_pending(&message) && self.auth.verifies(&message) {
                    self.handle_success(&message, now);
                }
            }
            MessageClass::Error => {
                // A server that does not know the user cannot sign its error response. Ignores
                // only a wrong MESSAGE-INTEGRITY.
                if self.is_pending(&message) && !self.auth.has_wrong_integrity(&message) {
                    self.handle_error(&message, now);
                }
            }
            MessageClass::Request => {}
        }
    }

    fn is_pending(&self, message: &Message<'_>) -> bool {
        self.requests.pending(message, self.server).is_some()
    }

    fn handle_success(&mut self, message: &Message<'_>, now: Instant) {
        let Some(attempt) = self.requests.complete(message, self.server, now) else {
            return;
        };
        match attempt.kind {
            RequestKind::Allocate(_) => self.handle_allocated(message, now),
            RequestKind::Refresh => {
                let lifetime = lifetime(message);
                if let State::Allocated {
                    refresh, expires, ..
                } = &mut self.state
                {
                    (*refresh, *expires) = schedule(lifetime, now);
                }
            }
            RequestKind::Release => self.end(),
            RequestKind::Bind { peer, number } => {
                for bytes in self.channels.handle_bound(peer, now) {
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
            return self.send_request(RequestKind::Release, 0, now);
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
        let Some(Attempt {
            kind,
            previous_attempts,
        }) = self.requests.complete(message, self.server, now)
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
        if challenge == Challenge::Retry && previous_attempts + 1 < MAX_CHALLENGES {
            return self.send_request(kind, previous_attempts + 1, now);
        }
        match kind {
            RequestKind::Allocate(families) => match (failure.code, families) {
                (ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED, Families::Both) => {
                    self.send_request(RequestKind::Allocate(Families::Default), 0, now);
                }
                (ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED, Families::Default) => {
                    self.send_request(RequestKind::Allocate(Families::V6Only), 0, now);
                }
                (_, Families::Both | Families::Default | Families::V6Only) => self.refuse(failure),
            },
            RequestKind::Refresh | RequestKind::Release => self.end(),
            RequestKind::Bind { peer, .. } => {
                self.channels.handle_refused(peer, now);
                self.outputs
                    .push_back(Output::PeerRefused { peer, failure });
            }
        }
    }

    pub(super) fn handle_request_timeout(&mut self, kind: RequestKind, now: Instant) {
        match kind {
            RequestKind::Allocate(_) => self.refuse(Failure::unreachable()),
            RequestKind::Refresh => {
                // Tries again before the allocation expires.
                if let State::Allocated { refresh, .. } = &mut self.state {
                    *refresh = now;
                }
            }
            RequestKind::Release => self.end(),
            RequestKind::Bind { peer, .. } => self.channels.handle_request_timeout(peer, now),
        }
    }
}
