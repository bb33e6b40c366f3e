//! TURN server rules: handles what a client or a peer sends and returns an outcome (RFC 8489,
//! RFC 8656).
//!
//! Invariant: pure. No module below opens a socket, starts a task or reads a clock.
//! An unauthenticated client leaves no state, and a malformed message gets no response.

mod allocate;
pub(crate) mod allocation;
mod authentication;
pub(crate) mod bandwidth;
pub(crate) mod connection_limit;
pub(crate) mod consent;
pub(crate) mod frames;
pub(crate) mod members;
mod networks;
pub(crate) mod nonces;
pub(crate) mod peer_policy;
mod peer_requests;
mod port_quota;
pub(crate) mod ports;
pub(crate) mod relay_addresses;
mod relaying;
mod responses;
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
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH},
};

use crate::{Counters, Secret};
pub(crate) use allocate::AllocationRequest;
use allocation::Allocation;
use bandwidth::Bandwidth;
use consent::PeerConsent;
use members::{Member, Members};
use nonces::Nonces;
use peer_policy::PeerPolicy;
use ports::Ports;

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

/// The current time, in both clocks that the server needs.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// The monotonic clock: lifetimes are measured by it.
    pub instant: Instant,
    /// Seconds since 1970: credentials carry their expiry in it.
    pub unix: u64,
}

/// What all clients share.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) realm: String,
    pub(crate) secret: Secret,
    pub(crate) nonces: Nonces,
    pub(crate) members: Members,
    pub(crate) total_bandwidth: Bandwidth,
    pub(crate) peer_policy: PeerPolicy,
    pub(crate) ports: Arc<Ports>,
    pub(crate) consent: PeerConsent,
    pub(crate) counters: Arc<Counters>,
}

/// The allocation of the client that sent a message.
#[derive(Debug)]
pub(crate) struct ClientAllocation<'a> {
    pub(crate) allocation: &'a mut Allocation,
    pub(crate) member: &'a Arc<Member>,
}

/// What follows from a client's message. The caller carries it out.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// No response.
    Ignore,
    Respond(Vec<u8>),
    /// Bind a port; `AllocationRequest` makes the response.
    Allocate(Box<AllocationRequest<'a>>),
    /// End the allocation and send this response.
    Release(Vec<u8>),
    /// Send this payload to this peer.
    Relay {
        peer: SocketAddr,
        payload: &'a [u8],
    },
}

impl Rules {
    /// Handles one STUN message as received.
    pub(crate) fn handle<'a>(
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
