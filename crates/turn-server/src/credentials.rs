//! Shared secret and the time-limited credentials made from it: a user name with its expiry, and
//! its HMAC as the password (draft-uberti-behave-turn-rest-00, 2.2).
//!
//! Invariant: pure, but for a generated secret. Checking a password needs no state. Secrets and
//! passwords appear in no log.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::distr::{Alphanumeric, SampleString};
use ring::hmac;

use crate::MemberId;

/// 43 alphanumeric characters hold 256 bits.
const GENERATED_CHARS: usize = 43;

/// The secret that makes credentials. The issuer of credentials and the TURN server share it;
/// coturn calls it `static-auth-secret`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// User name and password for a client: `username` and `credential` of an `RTCIceServer`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The expiry in seconds since 1970, a colon and the member's id.
    pub username: String,
    /// The HMAC-SHA1 of the user name, in Base64.
    pub password: String,
}

/// The content of a user name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claim<'a> {
    /// Seconds since 1970.
    pub(crate) expires: u64,
    pub(crate) member: &'a str,
}

impl Secret {
    /// A secret that others know too. A short one can be guessed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// A random secret of 256 bits.
    #[must_use]
    pub fn generate() -> Self {
        Self(Alphanumeric.sample_string(&mut rand::rng(), GENERATED_CHARS))
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.0.len()
    }

    /// Credentials of a member for any TURN server that has this secret. `expires` is in seconds
    /// since 1970.
    #[must_use]
    pub fn credentials(&self, member: &MemberId, expires: u64) -> Credentials {
        let username = format!("{expires}:{}", member.as_str());
        let password = self.password(&username);
        Credentials { username, password }
    }

    pub(crate) fn password(&self, username: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.as_bytes());
        BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()))
    }
}

impl<'a> Claim<'a> {
    pub(crate) fn read(username: &'a str) -> Option<Self> {
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
