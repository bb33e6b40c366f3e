//! Decides which data is relayed: Send indications and ChannelData of clients, and datagrams of
//! peers (RFC 8656, 11 and 12).
//!
//! Invariant: pure. What is relayed has an allocation, a permission and, to a peer, its consent.
//! What is not relayed is counted, and nobody is told (RFC 8656, 11.2).

use std::{net::SocketAddr, time::Instant};

use stun_types::{message::Message, prelude::AttributeStaticType};
use turn_types::{
    attribute::{Data, XorPeerAddress},
    message::SEND,
};

use super::{
    ClientAllocation, Now, Outcome, Rules,
    allocation::{Allocation, Delivery},
    consent::PeerConsent,
    frames,
    members::Member,
    peer_policy::Verdict,
};

const ATTRIBUTE_HEADER_BYTES: usize = 4;

impl Rules {
    /// Handles an indication of a client. Send is the only one (RFC 8656, 11.2).
    pub(super) fn handle_indication<'a>(
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
        let start = start + ATTRIBUTE_HEADER_BYTES;
        let Some(payload) = bytes.get(start..start + data.value.len()) else {
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

    /// Handles ChannelData of a client. Returns the peer to send to and the payload (RFC 8656,
    /// 12.6).
    pub(crate) fn handle_channel_data<'a>(
        &self,
        now: Instant,
        current: Option<&Allocation>,
        frame: &'a [u8],
    ) -> Option<(SocketAddr, &'a [u8])> {
        let Some((number, payload)) = frames::read_channel_data(frame) else {
            self.counters.refused.malformed.inc();
            return None;
        };
        let bound =
            current.and_then(|allocation| Some((allocation, allocation.peer(number, now)?)));
        let Some((allocation, peer)) = bound.filter(|(_, peer)| self.still_allows(*peer)) else {
            self.counters.dropped.not_permitted.inc();
            return None;
        };
        self.has_consent(allocation, peer, payload, now)
            .then_some((peer, payload))
    }

    /// Handles a datagram from a peer. Returns how it goes to the client (RFC 8656, 11.3 and 12.7).
    pub(crate) fn handle_peer_datagram(
        &self,
        now: Instant,
        allocation: &mut Allocation,
        from: SocketAddr,
        payload: &[u8],
    ) -> Option<Delivery> {
        let delivery = allocation.handle_datagram(from, payload, now);
        if delivery.is_none() {
            self.counters.dropped.not_permitted.inc();
        }
        delivery
    }

    /// Whether so many bytes may be relayed for the member now. If so, they count against its limit
    /// and against that of the server.
    pub(crate) fn has_bandwidth(&self, member: &Member, bytes: usize, now: Instant) -> bool {
        if !member.bandwidth.take(bytes, now) {
            self.counters.dropped.member_bandwidth.inc();
            return false;
        }
        if !self.total_bandwidth.take(bytes, now) {
            self.counters.dropped.total_bandwidth.inc();
            return false;
        }
        true
    }

    /// Whether the peer policy lets a datagram go to `peer`. Does not check permissions.
    pub(super) fn allows(&self, peer: SocketAddr) -> bool {
        match self.peer_policy.evaluate(peer.ip()) {
            Verdict::Allowed => true,
            Verdict::OwnAddress => self.ports.is_relayed(peer.port()),
            Verdict::Forbidden => false,
        }
    }

    /// As `allows`, for a peer that was allowed before. Another program may use the port by now,
    /// and the peer may be on a local network by now.
    pub(super) fn still_allows(&self, peer: SocketAddr) -> bool {
        !self.peer_policy.is_local(peer.ip()) || self.allows(peer)
    }

    /// Whether an allowed peer has consented to this payload. Counts a refusal.
    fn has_consent(
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
