//! What a DTLS handshake agreed on: the peer's certificate, the cipher suite and the SRTP profile.
//!
//! Retired by: str0m telling them. str0m 0.25 checks the certificate and uses the profile, and tells
//! neither.
//!
//! Invariant: str0m drives DTLS inside of calls of the session. So what this thread has seen since
//! the last [`take`] is of the session that takes it.

use std::cell::RefCell;

use str0m::crypto::dtls::{DtlsOutput, SrtpProfile};

/// A longer certificate is checked and not shown to the page.
const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
/// Headers of the record and of the message
/// ([RFC 6347, 4.1 and 4.2.2](https://www.rfc-editor.org/rfc/rfc6347#section-4.1)).
const RECORD_HEADER_BYTES: usize = 13;
const MESSAGE_HEADER_BYTES: usize = 12;
/// Version and random.
const BEFORE_SESSION_ID: usize = 34;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::connection) struct Handshake {
    /// In DER.
    pub(in crate::connection) certificate: Option<Vec<u8>>,
    pub(in crate::connection) srtp_cipher: Option<&'static str>,
    pub(in crate::connection) cipher_suite: Option<&'static str>,
}

thread_local! {
    static SEEN: RefCell<Handshake> = const {
        RefCell::new(Handshake { certificate: None, srtp_cipher: None, cipher_suite: None })
    };
}

/// What was seen since the last call.
pub(in crate::connection) fn take() -> Handshake {
    SEEN.take()
}

impl Handshake {
    /// Takes over what `newer` has.
    pub(in crate::connection) fn update(&mut self, newer: Self) {
        self.certificate = newer.certificate.or(self.certificate.take());
        self.srtp_cipher = newer.srtp_cipher.or(self.srtp_cipher);
        self.cipher_suite = newer.cipher_suite.or(self.cipher_suite);
    }
}

/// Output of DTLS, on its way to str0m.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum of DTLS is open; the other outputs tell nothing of the handshake"
)]
pub(super) fn handle_output(output: &DtlsOutput<'_>) {
    match output {
        DtlsOutput::PeerCert(der) if der.len() <= MAX_CERTIFICATE_BYTES => {
            SEEN.with_borrow_mut(|seen| seen.certificate = Some(der.to_vec()));
        }
        DtlsOutput::KeyingMaterial(_, profile) => {
            SEEN.with_borrow_mut(|seen| seen.srtp_cipher = srtp_cipher(*profile));
        }
        DtlsOutput::Packet(packet) => handle_datagram(packet),
        _ => {}
    }
}

/// A datagram of either side.
pub(super) fn handle_datagram(datagram: &[u8]) {
    if let Some(suite) = cipher_suite(datagram) {
        SEEN.with_borrow_mut(|seen| seen.cipher_suite = Some(suite));
    }
}

/// Names as in the registry of DTLS-SRTP protection profiles
/// ([RFC 5764, 4.1.2](https://www.rfc-editor.org/rfc/rfc5764#section-4.1.2)), as Chromium has them.
fn srtp_cipher(profile: SrtpProfile) -> Option<&'static str> {
    match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Some("SRTP_AES128_CM_HMAC_SHA1_80"),
        SrtpProfile::AEAD_AES_128_GCM => Some("SRTP_AEAD_AES_128_GCM"),
        SrtpProfile::AEAD_AES_256_GCM => Some("SRTP_AEAD_AES_256_GCM"),
        _ => None,
    }
}

/// The suite of a `ServerHello`, which is not encrypted. Names as in IANA's registry.
fn cipher_suite(datagram: &[u8]) -> Option<&'static str> {
    let (record, message) = datagram.split_at_checked(RECORD_HEADER_BYTES)?;
    let is_plain = record[0] == HANDSHAKE && record[3..5] == [0, 0];
    let (header, body) = message.split_at_checked(MESSAGE_HEADER_BYTES)?;
    let is_first_fragment = header[0] == SERVER_HELLO && header[6..9] == [0, 0, 0];
    if !is_plain || !is_first_fragment {
        return None;
    }
    let session_id = usize::from(*body.get(BEFORE_SESSION_ID)?);
    let at = BEFORE_SESSION_ID + 1 + session_id;
    match body.get(at..at + 2)? {
        [0xc0, 0x2b] => Some("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        [0xc0, 0x2c] => Some("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        [0xcc, 0xa9] => Some("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        [0x13, 0x01] => Some("TLS_AES_128_GCM_SHA256"),
        [0x13, 0x02] => Some("TLS_AES_256_GCM_SHA384"),
        [0x13, 0x03] => Some("TLS_CHACHA20_POLY1305_SHA256"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_hello(session_id: &[u8], suite: [u8; 2]) -> Vec<u8> {
        let mut datagram = vec![HANDSHAKE, 254, 253, 0, 0, 0, 0, 0, 0, 0, 1, 0, 90];
        datagram.extend([SERVER_HELLO, 0, 0, 70, 0, 1, 0, 0, 0, 0, 0, 70]);
        datagram.extend([254, 253]);
        datagram.extend([7; 32]);
        datagram.push(session_id.len() as u8);
        datagram.extend(session_id);
        datagram.extend(suite);
        datagram.extend([0, 0, 0]);
        datagram
    }

    fn check(datagram: &[u8], expect: Option<&str>) {
        assert_eq!(cipher_suite(datagram), expect, "{datagram:?}");
    }

    #[test]
    fn cipher_suite_is_read_from_the_server_hello() {
        let name = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        check(&server_hello(&[], [0xc0, 0x2b]), Some(name));
        check(&server_hello(&[9; 32], [0xc0, 0x2b]), Some(name));
        check(&server_hello(&[], [0, 0]), None);
    }

    #[test]
    fn other_datagrams_have_no_cipher_suite() {
        let whole = server_hello(&[9; 32], [0x13, 0x01]);
        for length in 0..whole.len() - 3 {
            check(&whole[..length], None);
        }
        for (at, value) in [(0, 21), (4, 1), (13, 1), (21, 1)] {
            let mut other = whole.clone();
            other[at] = value;
            check(&other, None);
        }
    }

    #[test]
    fn newer_facts_replace_older_ones() {
        let mut handshake = Handshake {
            certificate: Some(vec![1]),
            srtp_cipher: None,
            cipher_suite: Some("old"),
        };
        handshake.update(Handshake {
            certificate: None,
            srtp_cipher: Some("srtp"),
            cipher_suite: Some("new"),
        });
        let expect = Handshake {
            certificate: Some(vec![1]),
            srtp_cipher: Some("srtp"),
            cipher_suite: Some("new"),
        };
        assert_eq!(handshake, expect);
    }
}
