//! TURN server rules: handles a STUN message and returns an outcome (RFC 8489, RFC 8656).
//!
//! Invariant: pure. The caller owns time, sockets and allocations. An unauthenticated client leaves
//! no state, and a malformed message gets no response.

mod allocate;
mod authentication;
mod peer_requests;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use stun_types::{
    attribute::{AttributeType, ErrorCode, MessageIntegrity, Nonce, Realm, Username},
    message::{BINDING, Message, MessageClass},
    prelude::{Attribute, AttributeStaticType},
};
use turn_types::{
    attribute::{
        ChannelNumber, Data, EvenPort, Lifetime, RequestedAddressFamily, RequestedTransport,
        ReservationToken, XorPeerAddress,
    },
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND},
};

use super::{
    allocation::Allocation,
    consent::PeerConsent,
    frames,
    members::{Member, Members},
    nonces::Nonces,
    peer_policy::{PeerPolicy, Verdict},
    ports::Ports,
    responses,
    secret::Secret,
};
use crate::metrics::TurnCounters;
pub(super) use allocate::AllocationRequest;

pub(super) const REALM: &str = "snug";

/// The comprehension-required attributes that the server knows (RFC 8489, 14).
const KNOWN_ATTRIBUTES: [AttributeType; 12] = [
    Username::TYPE,
    MessageIntegrity::TYPE,
    Realm::TYPE,
    Nonce::TYPE,
    ChannelNumber::TYPE,
    Lifetime::TYPE,
    XorPeerAddress::TYPE,
    Data::TYPE,
    EvenPort::TYPE,
    RequestedTransport::TYPE,
    RequestedAddressFamily::TYPE,
    ReservationToken::TYPE,
];

/// The current time: monotonic for lifetimes, calendar time for the expiry of credentials.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) instant: Instant,
    /// Seconds since 1970.
    pub(crate) unix: u64,
}

#[derive(Debug)]
pub(super) struct Rules {
    pub(super) secret: Secret,
    pub(super) nonces: Nonces,
    pub(super) members: Members,
    pub(super) peer_policy: PeerPolicy,
    pub(super) ports: Arc<Ports>,
    pub(super) consent: PeerConsent,
    pub(super) counters: TurnCounters,
}

/// The allocation of the client that sent a message.
#[derive(Debug)]
pub(super) struct ClientAllocation<'a> {
    pub(super) allocation: &'a mut Allocation,
    pub(super) member: &'a Arc<Member>,
}

#[derive(Debug)]
pub(super) enum Outcome<'a> {
    /// No response.
    Ignore,
    Respond(Vec<u8>),
    /// Bind a port; `AllocationRequest` makes the response.
    Allocate(Box<AllocationRequest<'a>>),
    /// End the allocation and send this response.
    Release(Vec<u8>),
    Relay {
        peer: SocketAddr,
        payload: &'a [u8],
    },
}

impl Rules {
    /// Handles one STUN message as received.
    pub(super) fn handle<'a>(
        &self,
        now: Now,
        client: SocketAddr,
        current: Option<ClientAllocation<'_>>,
        bytes: &'a [u8],
    ) -> Outcome<'a> {
        let message = match Message::from_bytes(bytes) {
            Ok(message) if frames::is_message(bytes) => message,
            Ok(_) | Err(_) => {
                self.counters.refused.malformed.inc();
                return Outcome::Ignore;
            }
        };
        match message.class() {
            MessageClass::Request => self.handle_request(now, client, current, message),
            MessageClass::Indication => self.handle_indication(now, current, &message, bytes),
            MessageClass::Success | MessageClass::Error => {
                self.counters.refused.malformed.inc();
                Outcome::Ignore
            }
        }
    }

    /// Whether the peer policy lets a datagram go to `peer`. Does not check permissions.
    pub(super) fn allows(&self, peer: SocketAddr) -> bool {
        match self.peer_policy.evaluate(peer.ip()) {
            Verdict::Allowed => true,
            Verdict::OwnAddress => self.ports.is_relayed(peer.port()),
            Verdict::Forbidden => false,
        }
    }

    /// As `allows`, for a peer that was allowed before. Another program may use the port by now, and
    /// the peer may be on a local network by now.
    pub(super) fn still_allows(&self, peer: SocketAddr) -> bool {
        !self.peer_policy.is_local(peer.ip()) || self.allows(peer)
    }

    fn handle_request<'a>(
        &self,
        now: Now,
        client: SocketAddr,
        current: Option<ClientAllocation<'_>>,
        request: Message<'a>,
    ) -> Outcome<'a> {
        let unknown: Vec<AttributeType> = request
            .iter_attributes()
            .map(|(_, attribute)| attribute.get_type())
            .filter(|kind| kind.comprehension_required() && !KNOWN_ATTRIBUTES.contains(kind))
            .collect();
        if !unknown.is_empty() {
            self.counters.refused.other.inc();
            return respond(responses::unknown_attributes(&request, &unknown));
        }
        if request.has_method(BINDING) {
            self.counters.bindings.inc();
            return respond(responses::binding(&request, client));
        }
        let is_turn = [ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND]
            .iter()
            .any(|method| request.has_method(*method));
        if !is_turn {
            self.counters.refused.other.inc();
            return respond(responses::error_response(&request, ErrorCode::BAD_REQUEST));
        }
        let authenticated = match self.authenticate(now, client, current.as_ref(), &request) {
            Ok(authenticated) => authenticated,
            Err(response) => return respond(response),
        };
        if request.has_method(ALLOCATE) {
            return self.handle_allocate(now, client, current, request, authenticated);
        }
        let Some(current) = current else {
            self.counters.refused.other.inc();
            let mismatch = ErrorCode::ALLOCATION_MISMATCH;
            return respond(responses::signed_error_response(
                &request,
                &authenticated.key,
                mismatch,
            ));
        };
        if request.has_method(REFRESH) {
            return self.handle_refresh(now, current.allocation, &request, &authenticated.key);
        }
        respond(if request.has_method(CREATE_PERMISSION) {
            self.handle_create_permission(now, current.allocation, &request, &authenticated.key)
        } else {
            self.handle_channel_bind(now, current.allocation, &request, &authenticated.key)
        })
    }

    /// Handles a Send indication. Discards it silently without a permission (RFC 8656, 11.2).
    fn handle_indication<'a>(
        &self,
        now: Now,
        current: Option<ClientAllocation<'_>>,
        message: &Message<'_>,
        bytes: &'a [u8],
    ) -> Outcome<'a> {
        let peer = message
            .attribute::<XorPeerAddress>()
            .map(|peer| peer.addr(message.transaction_id()));
        let data = message.raw_attribute_and_offset(Data::TYPE);
        let (true, Ok(peer), Some((start, data))) = (message.has_method(SEND), peer, data) else {
            self.counters.refused.malformed.inc();
            return Outcome::Ignore;
        };
        // Skips the attribute header of four bytes.
        let payload = bytes.get(start + 4..start + 4 + data.value.len());
        let Some(payload) = payload else {
            self.counters.refused.malformed.inc();
            return Outcome::Ignore;
        };
        let current = current.filter(|current| current.allocation.permits(peer.ip(), now.instant));
        let Some(current) = current.filter(|_| self.allows(peer)) else {
            self.counters.dropped.not_permitted.inc();
            return Outcome::Ignore;
        };
        if !self.has_consent(current.allocation, peer, payload, now.instant) {
            return Outcome::Ignore;
        }
        Outcome::Relay { peer, payload }
    }

    /// Whether an allowed peer has consented to this payload. Counts a refusal.
    pub(super) fn has_consent(
        &self,
        allocation: &Allocation,
        peer: SocketAddr,
        payload: &[u8],
        now: Instant,
    ) -> bool {
        let is_allowed = match self.consent {
            PeerConsent::Required => allocation.consent.allows(peer, payload, now),
            PeerConsent::Waived => true,
        };
        if !is_allowed {
            self.counters.dropped.no_consent.inc();
        }
        is_allowed
    }
}

/// Sends no response if it cannot be encoded.
fn respond<'a>(written: responses::EncodeResult) -> Outcome<'a> {
    match written {
        Ok(bytes) => Outcome::Respond(bytes),
        Err(error) => {
            tracing::debug!(%error, "no response could be written");
            Outcome::Ignore
        }
    }
}
