//! Consent of peers to receive data, learned from ICE connectivity checks (RFC 8445, 7; RFC 7675).
//!
//! Without it TURN relays anything to any service on the internet: RFC 8656, 21.1.4 and 21.2.3,
//! rely on permissions, which the client installs by itself. Until a peer has answered a check,
//! only checks are relayed to it.
//!
//! Invariant: pure. A peer consents by a Binding success response with MESSAGE-INTEGRITY. ICE
//! responses carry it; an echo service and a plain STUN server do not. The server does not know the
//! key, so it does not verify the value.

use std::{net::SocketAddr, time::Instant};

use rustc_hash::FxHashSet;

use super::bandwidth::Bandwidth;

/// Larger than any check, even one with the first flight of a DTLS handshake. Fits one packet.
const MAX_CHECK_BYTES: usize = 1280;
/// Per allocation. An ICE agent starts a check every 50 ms (RFC 8445, 14.2).
const MAX_CHECK_BITS_PER_SECOND: u64 = 500_000;
const MAX_CONSENTING_PEERS: usize = 256;
const HEADER_BYTES: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const MESSAGE_INTEGRITY: u16 = 0x0008;
const MESSAGE_INTEGRITY_SHA256: u16 = 0x001c;

/// Whether peers must consent before they receive data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerConsent {
    /// A peer gets nothing but ICE connectivity checks until it has answered one (RFC 8445, 7).
    Required,
    /// A peer gets whatever a client sends it: for clients other than WebRTC.
    Waived,
}

/// Consent of the peers of one allocation.
#[derive(Debug)]
pub(crate) struct Consent {
    consenting_peers: FxHashSet<SocketAddr>,
    check_bandwidth: Bandwidth,
}

impl Consent {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            consenting_peers: FxHashSet::default(),
            check_bandwidth: Bandwidth::new(MAX_CHECK_BITS_PER_SECOND, now),
        }
    }

    /// Handles a datagram from a permitted peer.
    pub(super) fn handle_datagram(&mut self, from: SocketAddr, payload: &[u8]) {
        if is_consent(payload) && self.consenting_peers.len() < MAX_CONSENTING_PEERS {
            self.consenting_peers.insert(from);
        }
    }

    /// Whether `payload` may be relayed to `peer`.
    pub(super) fn allows(&self, peer: SocketAddr, payload: &[u8], now: Instant) -> bool {
        self.consenting_peers.contains(&peer)
            || is_check(payload) && self.check_bandwidth.take(payload.len(), now)
    }
}

/// A request, an indication or a response of the method Binding (RFC 8489, 5).
fn is_check(payload: &[u8]) -> bool {
    payload.len() <= MAX_CHECK_BYTES
        && attributes(payload).is_some()
        // Ignores the two class bits.
        && matches!(payload, [0x00 | 0x01, 0x01 | 0x11, ..])
}

fn is_consent(payload: &[u8]) -> bool {
    if !payload.starts_with(&BINDING_SUCCESS) {
        return false;
    }
    let Some(mut rest) = attributes(payload) else {
        return false;
    };
    while let [kind_high, kind_low, high, low, more @ ..] = rest {
        let kind = u16::from_be_bytes([*kind_high, *kind_low]);
        if kind == MESSAGE_INTEGRITY || kind == MESSAGE_INTEGRITY_SHA256 {
            return true;
        }
        let padded = usize::from(u16::from_be_bytes([*high, *low])).next_multiple_of(4);
        let Some(next) = more.get(padded..) else {
            return false;
        };
        rest = next;
    }
    false
}

/// Attributes of a datagram that is exactly one STUN message.
fn attributes(payload: &[u8]) -> Option<&[u8]> {
    let [_, _, high, low, cookie @ ..] = payload else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let is_whole = length.is_multiple_of(4) && payload.len() == HEADER_BYTES + length;
    (is_whole && cookie.starts_with(&MAGIC_COOKIE)).then(|| &payload[HEADER_BYTES..])
}

#[cfg(test)]
mod tests {
    use stun_types::{
        attribute::{Software, Username},
        message::{
            BINDING, IntegrityAlgorithm, IntegrityKey, Message, MessageWriteVec,
            ShortTermCredentials,
        },
        prelude::{MessageWrite, MessageWriteExt},
    };

    use super::*;

    const PEER: &str = "9.9.9.9:1000";

    fn key() -> IntegrityKey {
        ShortTermCredentials::new("of the peer".to_owned()).make_key()
    }

    fn sign(mut message: MessageWriteVec) -> Vec<u8> {
        message
            .add_message_integrity_with_key(&key(), IntegrityAlgorithm::Sha1)
            .unwrap();
        message.add_fingerprint().unwrap();
        message.finish()
    }

    fn request() -> Vec<u8> {
        let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
        message
            .add_attribute(&Username::new("a:b").unwrap())
            .unwrap();
        sign(message)
    }

    fn success(request: &[u8]) -> MessageWriteVec {
        let request = Message::from_bytes(request).unwrap();
        Message::builder_success(&request, MessageWriteVec::new())
    }

    /// Whether data is relayed to the peer after it sent `sent`.
    fn check(name: &str, sent: &[u8], expect: bool) {
        let now = Instant::now();
        let peer = PEER.parse().unwrap();
        let mut consent = Consent::new(now);
        assert!(!consent.allows(peer, b"anything", now), "{name}");
        consent.handle_datagram(peer, sent);
        assert_eq!(consent.allows(peer, b"anything", now), expect, "{name}");
        let beside = "9.9.9.9:1001".parse().unwrap();
        assert!(!consent.allows(beside, b"anything", now), "{name}");
    }

    #[test]
    fn peer_consents_only_by_the_answer_to_a_check() {
        let request = request();
        check("an ICE answer", &sign(success(&request)), true);
        check("a STUN server's answer", &success(&request).finish(), false);
        check("an echo", &request, false);
        check("nothing", b"", false);
        check(
            "an answer in another protocol",
            b"\x01\x01\x00\x00hello",
            false,
        );
        let mut cut = sign(success(&request));
        cut.pop();
        check("half an answer", &cut, false);
        let mut longer = sign(success(&request));
        longer.extend([0; 4]);
        check("an answer with a tail", &longer, false);
        // A DNS server that takes the check for a query refuses it in two bytes.
        let mut refused = request.clone();
        refused[2] |= 0x80;
        check("a DNS refusal", &refused, false);
    }

    #[test]
    fn peer_without_consent_gets_only_small_checks() {
        let now = Instant::now();
        let peer = PEER.parse().unwrap();
        let allows = |payload: &[u8]| Consent::new(now).allows(peer, payload, now);
        assert!(allows(&request()));
        assert!(allows(&sign(success(&request()))));
        let large = |bytes: usize| {
            let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
            for _ in 0..bytes / 500 {
                message.push_attribute_unchecked(&Software::new(&"x".repeat(496)).unwrap());
            }
            message.finish()
        };
        assert!(allows(&large(1000)));
        assert!(!allows(&large(2000)));
        let mut other_method = request();
        other_method[1] = 0x03;
        for payload in [
            &other_method[..],
            b"",
            b"GET / HTTP/1.1\r\n\r\n",
            &[0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
            &[0x80, 0x60, 0, 1],
            // A DNS query.
            b"\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03org\x00\x00\x01\x00\x01",
        ] {
            assert!(!allows(payload), "{payload:?}");
        }
    }

    #[test]
    fn checks_without_consent_are_rate_limited() {
        let now = Instant::now();
        let consent = Consent::new(now);
        let check = request();
        let peers = (1..=u16::MAX).map(|port| SocketAddr::from(([9, 9, 9, 9], port)));
        let passed = peers
            .filter(|peer| consent.allows(*peer, &check, now))
            .count();
        let most = MAX_CHECK_BITS_PER_SECOND as usize / 8 / 2 / check.len();
        assert_eq!(passed, most);
    }
}
