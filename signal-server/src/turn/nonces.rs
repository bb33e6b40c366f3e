//! Nonces that carry their own proof (RFC 8489, 9.2).
//!
//! Invariant: pure; handing one out leaves nothing behind, so a flood of strangers costs no memory.

use std::net::{IpAddr, SocketAddr};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use ring::hmac;

/// After this long a client has to take a new one (RFC 8656, 5).
const LASTS_SECONDS: u64 = 3600;
/// Of the HMAC; 96 bits are as many as a transaction id has.
const PROOF_BYTES: usize = 12;
const TIME_BYTES: usize = 8;

#[derive(Debug)]
pub(super) struct Nonces {
    key: hmac::Key,
}

impl Nonces {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    /// For one client alone; `unix` in seconds since 1970.
    pub(super) fn draw(&self, client: SocketAddr, unix: u64) -> String {
        let expires = unix.saturating_add(LASTS_SECONDS).to_be_bytes();
        let proof = self.proof(client, expires);
        BASE64_STANDARD_NO_PAD.encode([&expires[..], &proof[..]].concat())
    }

    pub(super) fn is_fresh(&self, nonce: &str, client: SocketAddr, unix: u64) -> bool {
        let Ok(bytes) = BASE64_STANDARD_NO_PAD.decode(nonce) else {
            return false;
        };
        let Some((expires, proof)) = bytes.split_first_chunk::<TIME_BYTES>() else {
            return false;
        };
        // A guess costs as much as drawing one; comparing it in constant time would hide nothing.
        proof == self.proof(client, *expires) && u64::from_be_bytes(*expires) > unix
    }

    fn proof(&self, client: SocketAddr, expires: [u8; TIME_BYTES]) -> [u8; PROOF_BYTES] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&expires);
        match client.ip() {
            IpAddr::V4(ip) => context.update(&ip.octets()),
            IpAddr::V6(ip) => context.update(&ip.octets()),
        }
        context.update(&client.port().to_be_bytes());
        let mut proof = [0; PROOF_BYTES];
        proof.copy_from_slice(&context.sign().as_ref()[..PROOF_BYTES]);
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_its_client_and_its_time() {
        let nonces = Nonces::new(&[7; 32]);
        let client: SocketAddr = "192.0.2.1:1000".parse().unwrap();
        let nonce = nonces.draw(client, 1000);
        assert!(nonces.is_fresh(&nonce, client, 1000));
        assert!(nonces.is_fresh(&nonce, client, 1000 + LASTS_SECONDS - 1));
        assert!(!nonces.is_fresh(&nonce, client, 1000 + LASTS_SECONDS));
        for other in ["192.0.2.1:1001", "192.0.2.2:1000", "[2001:db8::1]:1000"] {
            assert!(
                !nonces.is_fresh(&nonce, other.parse().unwrap(), 1000),
                "{other}"
            );
        }
        assert!(!Nonces::new(&[8; 32]).is_fresh(&nonce, client, 1000));
        for nonsense in ["", "a", "////////////////////////////", "ä"] {
            assert!(!nonces.is_fresh(nonsense, client, 1000), "{nonsense}");
        }
    }
}
