//! Whether a peer has agreed to be sent to.
//!
//! TURN would else carry anything to any service on the internet (RFC 8656, 21.1.4 and 21.2.3, leave
//! that to permissions, which the client gives to itself). What speaks WebRTC is asked by ICE first
//! (RFC 8445, 7; RFC 7675), so until a peer has answered a check nothing but checks goes to it.
//!
//! Invariant: pure. An answer is a success that carries an integrity, which ICE answers have and a
//! STUN server's or an echo have not. It is not looked at whether that is right: only the two ends
//! know by what it was made.

use std::{net::SocketAddr, time::Instant};

use rustc_hash::FxHashSet;

use super::bandwidth::Bandwidth;

/// Larger than any check, even one that carries a DTLS handshake's first flight, and one packet.
const LARGEST_CHECK_BYTES: usize = 1280;
/// Of an allocation. An ICE agent begins a check every 50 ms (RFC 8445, 14.2).
const CHECK_BITS_A_SECOND: u64 = 500_000;
const MOST_ANSWERED: usize = 256;
const HEADER_BYTES: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const MESSAGE_INTEGRITY: u16 = 0x0008;
const MESSAGE_INTEGRITY_SHA256: u16 = 0x001c;

/// Of whom it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerConsent {
    /// Of every peer.
    Required,
    /// Of none: for clients that are not WebRTC.
    Waived,
}

/// Of the peers of one allocation.
#[derive(Debug)]
pub(super) struct Consent {
    answered: FxHashSet<SocketAddr>,
    checks: Bandwidth,
}

impl Consent {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            answered: FxHashSet::default(),
            checks: Bandwidth::new(CHECK_BITS_A_SECOND, now),
        }
    }

    /// What a peer sent, and may.
    pub(super) fn handle_datagram(&mut self, from: SocketAddr, payload: &[u8]) {
        if is_answer(payload) && self.answered.len() < MOST_ANSWERED {
            self.answered.insert(from);
        }
    }

    /// Whether this may go to that peer.
    pub(super) fn allows(&self, peer: SocketAddr, payload: &[u8], now: Instant) -> bool {
        self.answered.contains(&peer) || is_check(payload) && self.checks.take(payload.len(), now)
    }
}

/// A request, an indication or an answer of the method Binding (RFC 8489, 5).
fn is_check(payload: &[u8]) -> bool {
    payload.len() <= LARGEST_CHECK_BYTES
        && attributes(payload).is_some()
        // But for the two bits of the class.
        && matches!(payload, [0x00 | 0x01, 0x01 | 0x11, ..])
}

fn is_answer(payload: &[u8]) -> bool {
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

/// Of a datagram that is one whole STUN message.
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

    /// Whether data goes to the peer once it has sent this.
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
    fn peer_consents_by_the_answer_to_a_check_and_by_nothing_else() {
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
    fn only_small_checks_go_to_a_peer_that_has_not_answered() {
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
    fn checks_without_an_answer_are_few() {
        let now = Instant::now();
        let consent = Consent::new(now);
        let check = request();
        let peers = (1..=u16::MAX).map(|port| SocketAddr::from(([9, 9, 9, 9], port)));
        let passed = peers
            .filter(|peer| consent.allows(*peer, &check, now))
            .count();
        let most = CHECK_BITS_A_SECOND as usize / 8 / 2 / check.len();
        assert_eq!(passed, most);
    }
}
