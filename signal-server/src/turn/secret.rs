//! The secret that credentials are made with, and the names and passwords made with it: a user
//! name that says when it expires, and its HMAC (draft-uberti-behave-turn-rest-00, 2.2).
//!
//! Invariant: pure; a password needs no memory to be checked, and stands in no log.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::distr::{Alphanumeric, SampleString};
use ring::hmac;
use signal_protocol::MemberId;

/// 256 bits.
const DRAWN_CHARS: usize = 43;

/// What this relay and its TURN server share.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A name and its password, as `RTCIceServer` has them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// What a user name says.
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

    /// One that nobody knows.
    pub fn draw() -> Self {
        Self(Alphanumeric.sample_string(&mut rand::rng(), DRAWN_CHARS))
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
    fn a_password_is_what_others_compute() {
        let credentials = Secret::new("north").credentials(&MemberId::new("ann"), 1_700_000_000);
        assert_eq!(credentials.username, "1700000000:ann");
        assert_eq!(credentials.password, "jeamH6dA5l2I9g3jmieza7CzEDo=");
    }

    #[test]
    fn a_user_name_is_read_back_or_refused() {
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
    fn nothing_secret_is_shown() {
        let secret = Secret::new("north");
        let credentials = secret.credentials(&MemberId::new("ann"), 1);
        assert_eq!(format!("{secret:?} {credentials:?}"), "Secret Credentials");
        assert_ne!(Secret::draw(), Secret::draw());
    }
}
