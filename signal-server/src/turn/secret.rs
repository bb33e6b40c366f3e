//! Shared secret and the time-limited credentials made from it: a user name with its expiry, and its
//! HMAC as the password (draft-uberti-behave-turn-rest-00, 2.2).
//!
//! Invariant: pure. Checking a password needs no state. Secrets and passwords appear in no log.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::distr::{Alphanumeric, SampleString};
use ring::hmac;
use signal_protocol::MemberId;

/// 43 alphanumeric characters hold 256 bits.
const GENERATED_CHARS: usize = 43;

/// The secret that the relay shares with the TURN server.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// User name and password for `RTCIceServer`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// The content of a user name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claim<'a> {
    /// Seconds since 1970.
    pub(super) expires: u64,
    pub(super) member: &'a str,
}

impl Secret {
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// A random secret.
    pub fn generate() -> Self {
        Self(Alphanumeric.sample_string(&mut rand::rng(), GENERATED_CHARS))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// `expires` in seconds since 1970.
    pub(crate) fn credentials(&self, member: &MemberId, expires: u64) -> Credentials {
        let username = format!("{expires}:{}", member.as_str());
        let password = self.password(&username);
        Credentials { username, password }
    }

    pub(super) fn password(&self, username: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.as_bytes());
        BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()))
    }
}

impl<'a> Claim<'a> {
    pub(super) fn read(username: &'a str) -> Option<Self> {
        let (expires, member) = username.split_once(':')?;
        Some(Self {
            expires: expires.parse().ok()?,
            member,
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `openssl dgst -sha1 -hmac north -binary | base64`.
    #[test]
    fn password_matches_openssl() {
        let credentials = Secret::new("north").credentials(&MemberId::new("ann"), 1_700_000_000);
        assert_eq!(credentials.username, "1700000000:ann");
        assert_eq!(credentials.password, "jeamH6dA5l2I9g3jmieza7CzEDo=");
    }

    #[test]
    fn user_name_is_parsed_or_refused() {
        let claim = |expires, member| Some(Claim { expires, member });
        assert_eq!(Claim::read("12:ann"), claim(12, "ann"));
        assert_eq!(Claim::read("12:"), claim(12, ""));
        for nonsense in [
            "",
            "ann",
            ":ann",
            "-1:ann",
            "12.5:ann",
            "99999999999999999999:ann",
        ] {
            assert_eq!(Claim::read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn debug_output_hides_secrets() {
        let secret = Secret::new("north");
        let credentials = secret.credentials(&MemberId::new("ann"), 1);
        assert_eq!(format!("{secret:?} {credentials:?}"), "Secret Credentials");
        assert_ne!(Secret::generate(), Secret::generate());
    }
}
