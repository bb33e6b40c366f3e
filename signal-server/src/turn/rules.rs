//! What a TURN server does with a message: answers it, relays what it carries, or wants a port.
//!
//! Invariant: pure; time, sockets and allocations are the caller's. Nothing is kept of whoever has
//! not proved a member's password, and a message that makes no sense gets no answer.

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
    answers,
    consent::PeerConsent,
    frames,
    members::{Member, Members},
    nonces::Nonces,
    peers::{Peers, Verdict},
    ports::Ports,
    secret::Secret,
};
use crate::metrics::TurnCounters;
pub(super) use allocate::Wanted;

pub(super) const REALM: &str = "snug";

/// Comprehension-required ones (RFC 8489, 14) that mean something to us.
const KNOWN: [AttributeType; 12] = [
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

/// The moment, for lifetimes and for what is compared with other computers' clocks.
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
    pub(super) peers: Peers,
    pub(super) ports: Arc<Ports>,
    pub(super) consent: PeerConsent,
    pub(super) counters: TurnCounters,
}

/// What the sender of a message has already.
#[derive(Debug)]
pub(super) struct Held<'a> {
    pub(super) allocation: &'a mut Allocation,
    pub(super) member: &'a Arc<Member>,
}

#[derive(Debug)]
pub(super) enum Outcome<'a> {
    Silence,
    Answer(Vec<u8>),
    /// To be bound, and answered by what `Wanted` makes of it.
    Allocate(Box<Wanted<'a>>),
    /// The allocation ends, and this is the answer.
    Release(Vec<u8>),
    Relay {
        peer: SocketAddr,
        payload: &'a [u8],
    },
}

impl Rules {
    /// A STUN message as it came.
    pub(super) fn handle<'a>(
        &self,
        now: Now,
        client: SocketAddr,
        held: Option<Held<'_>>,
        bytes: &'a [u8],
    ) -> Outcome<'a> {
        let message = match Message::from_bytes(bytes) {
            Ok(message) if frames::is_message(bytes) => message,
            Ok(_) | Err(_) => {
                self.counters.refused.malformed.inc();
                return Outcome::Silence;
            }
        };
        match message.class() {
            MessageClass::Request => self.handle_request(now, client, held, message),
            MessageClass::Indication => self.handle_indication(now, held, &message, bytes),
            MessageClass::Success | MessageClass::Error => {
                self.counters.refused.malformed.inc();
                Outcome::Silence
            }
        }
    }

    /// Whether a datagram may go there. Permissions are another matter.
    pub(super) fn allows(&self, peer: SocketAddr) -> bool {
        match self.peers.judge(peer.ip()) {
            Verdict::Allowed => true,
            Verdict::OurOwn => self.ports.is_ours(peer.port()),
            Verdict::Forbidden => false,
        }
    }

    /// As `allows`, for a peer that was allowed once: one of our ports may be another's by now, and
    /// a stranger a neighbour.
    pub(super) fn still_allows(&self, peer: SocketAddr) -> bool {
        !self.peers.is_near(peer.ip()) || self.allows(peer)
    }

    fn handle_request<'a>(
        &self,
        now: Now,
        client: SocketAddr,
        held: Option<Held<'_>>,
        request: Message<'a>,
    ) -> Outcome<'a> {
        let unknown: Vec<AttributeType> = request
            .iter_attributes()
            .map(|(_, attribute)| attribute.get_type())
            .filter(|known| known.comprehension_required() && !KNOWN.contains(known))
            .collect();
        if !unknown.is_empty() {
            self.counters.refused.other.inc();
            return answer(answers::unknown(&request, &unknown));
        }
        if request.has_method(BINDING) {
            self.counters.bindings.inc();
            return answer(answers::binding(&request, client));
        }
        let is_ours = [ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND]
            .iter()
            .any(|method| request.has_method(*method));
        if !is_ours {
            self.counters.refused.other.inc();
            return answer(answers::refusal(&request, ErrorCode::BAD_REQUEST));
        }
        let signed = match self.authenticate(now, client, held.as_ref(), &request) {
            Ok(signed) => signed,
            Err(refusal) => return answer(refusal),
        };
        if request.has_method(ALLOCATE) {
            return self.handle_allocate(now, client, held, request, signed);
        }
        let Some(held) = held else {
            self.counters.refused.other.inc();
            let mismatch = ErrorCode::ALLOCATION_MISMATCH;
            return answer(answers::signed_refusal(&request, &signed.key, mismatch));
        };
        if request.has_method(REFRESH) {
            return self.handle_refresh(now, held.allocation, &request, &signed.key);
        }
        answer(if request.has_method(CREATE_PERMISSION) {
            self.handle_create_permission(now, held.allocation, &request, &signed.key)
        } else {
            self.handle_channel_bind(now, held.allocation, &request, &signed.key)
        })
    }

    /// RFC 8656, 11.2: what is not permitted is discarded silently.
    fn handle_indication<'a>(
        &self,
        now: Now,
        held: Option<Held<'_>>,
        message: &Message<'_>,
        bytes: &'a [u8],
    ) -> Outcome<'a> {
        let peer = message
            .attribute::<XorPeerAddress>()
            .map(|peer| peer.addr(message.transaction_id()));
        let data = message.raw_attribute_and_offset(Data::TYPE);
        let (true, Ok(peer), Some((start, data))) = (message.has_method(SEND), peer, data) else {
            self.counters.refused.malformed.inc();
            return Outcome::Silence;
        };
        // The attribute's header is four bytes.
        let payload = bytes.get(start + 4..start + 4 + data.value.len());
        let Some(payload) = payload else {
            self.counters.refused.malformed.inc();
            return Outcome::Silence;
        };
        let held = held.filter(|held| held.allocation.permits(peer.ip(), now.instant));
        let Some(held) = held.filter(|_| self.allows(peer)) else {
            self.counters.dropped.not_permitted.inc();
            return Outcome::Silence;
        };
        if !self.has_consent(held.allocation, peer, payload, now.instant) {
            return Outcome::Silence;
        }
        Outcome::Relay { peer, payload }
    }

    /// Whether this may go to a peer to which datagrams may go. Counted if not.
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

/// One that cannot be written is none.
fn answer<'a>(written: answers::Written) -> Outcome<'a> {
    match written {
        Ok(bytes) => Outcome::Answer(bytes),
        Err(error) => {
            tracing::debug!(%error, "no answer could be written");
            Outcome::Silence
        }
    }
}
