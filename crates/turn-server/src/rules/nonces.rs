//! Stateless nonces: each carries its expiry and an HMAC (RFC 8489, 9.2).
//!
//! Invariant: pure. A nonce leaves no state, so a flood of requests costs no memory.

use std::net::{IpAddr, SocketAddr};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use ring::hmac;

/// A client needs a new nonce after this time (RFC 8656, 5).
const LIFETIME_SECONDS: u64 = 3600;
/// Truncated HMAC: 96 bits, the size of a transaction id.
const HMAC_BYTES: usize = 12;
const TIME_BYTES: usize = 8;

/// Issues and checks nonces, with a key that lives as long as the server.
#[derive(Debug)]
pub(crate) struct Nonces {
    key: hmac::Key,
}

impl Nonces {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    /// A nonce for one client address. `unix` is in seconds since 1970.
    pub(crate) fn issue(&self, client: SocketAddr, unix: u64) -> String {
        let expires = unix.saturating_add(LIFETIME_SECONDS).to_be_bytes();
        let tag = self.tag(client, expires);
        BASE64_STANDARD_NO_PAD.encode([&expires[..], &tag[..]].concat())
    }

    pub(crate) fn is_fresh(&self, nonce: &str, client: SocketAddr, unix: u64) -> bool {
        let Ok(bytes) = BASE64_STANDARD_NO_PAD.decode(nonce) else {
            return false;
        };
        let Some((expires, tag)) = bytes.split_first_chunk::<TIME_BYTES>() else {
            return false;
        };
        // Constant time is not needed: a client gets a valid nonce for one request.
        tag == self.tag(client, *expires) && u64::from_be_bytes(*expires) > unix
    }

    fn tag(&self, client: SocketAddr, expires: [u8; TIME_BYTES]) -> [u8; HMAC_BYTES] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&expires);
        match client.ip() {
            IpAddr::V4(ip) => context.update(&ip.octets()),
            IpAddr::V6(ip) => context.update(&ip.octets()),
        }
        context.update(&client.port().to_be_bytes());
        let mut tag = [0; HMAC_BYTES];
        tag.copy_from_slice(&context.sign().as_ref()[..HMAC_BYTES]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonce_is_valid_for_its_client_until_it_expires() {
        let nonces = Nonces::new(&[7; 32]);
        let client: SocketAddr = "192.0.2.1:1000".parse().unwrap();
        let nonce = nonces.issue(client, 1000);
        assert!(nonces.is_fresh(&nonce, client, 1000));
        assert!(nonces.is_fresh(&nonce, client, 1000 + LIFETIME_SECONDS - 1));
        assert!(!nonces.is_fresh(&nonce, client, 1000 + LIFETIME_SECONDS));
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
