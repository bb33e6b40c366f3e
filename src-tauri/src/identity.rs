//! The long-lived identity of this person on this computer, and the pinned ones of others, for the
//! page: the web engine of the Linux window cannot keep a key.
//!
//! Invariant: the secret never leaves the shell; it signs sessions in rooms and nothing else. A
//! change reads and writes the file under its lock, so several windows lose nothing of each other.

mod file;
mod pins;
#[cfg(test)]
mod tests;

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};

pub(crate) use file::{IdentityFailure, IdentityFile};
pub(crate) use pins::Pin;

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum IdentityRequest {
    /// Vouches for a session, 64 hexadecimal digits.
    Sign {
        room: String,
        session: String,
    },
    /// What is known of others.
    Pins,
    Keep {
        pin: Pin,
    },
    /// Whether the owner of a key is blocked; of no use for one without a pin.
    Block {
        key: String,
        blocked: bool,
    },
    Forget {
        email: String,
    },
    /// Another identity in place of this one.
    Renew,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum IdentityAnswer {
    /// In hexadecimal.
    Signed {
        key: String,
        signature: String,
    },
    Pins {
        pins: Vec<Pin>,
    },
    Done,
}

/// The limits of the relay.
const MAX_ROOM: usize = 128;
const MAX_EMAIL: usize = 1024;
const SESSION: usize = 32;

impl IdentityFile {
    pub(crate) fn answer(
        &self,
        request: IdentityRequest,
    ) -> Result<IdentityAnswer, IdentityFailure> {
        match request {
            IdentityRequest::Sign { room, session } => {
                let session = bytes_of::<SESSION>(&session);
                let (Some(session), 1..=MAX_ROOM) = (session, room.len()) else {
                    return Err(IdentityFailure::Misuse(
                        "Only a session in a room is signed.",
                    ));
                };
                let secret = self.change(|kept| *kept.secret())?;
                let pair = Ed25519KeyPair::from_seed_unchecked(&secret)
                    .map_err(|_| IdentityFailure::Misuse("The key of this identity is no key."))?;
                Ok(IdentityAnswer::Signed {
                    key: hex(pair.public_key().as_ref()),
                    signature: hex(pair.sign(&signed(&room, &session)).as_ref()),
                })
            }
            IdentityRequest::Pins => Ok(IdentityAnswer::Pins {
                pins: self.read()?.pins,
            }),
            IdentityRequest::Keep { pin } => {
                if !pin.is_valid() {
                    return Err(IdentityFailure::Misuse("A pin is an email and a key."));
                }
                self.change(|kept| pins::keep(&mut kept.pins, pin))?;
                Ok(IdentityAnswer::Done)
            }
            IdentityRequest::Block { key, blocked } => {
                self.change(|kept| pins::block(&mut kept.pins, &key, blocked))?;
                Ok(IdentityAnswer::Done)
            }
            IdentityRequest::Forget { email } => {
                self.change(|kept| kept.pins.retain(|pin| pin.email != email))?;
                Ok(IdentityAnswer::Done)
            }
            IdentityRequest::Renew => {
                self.change(file::Kept::renew)?;
                Ok(IdentityAnswer::Done)
            }
        }
    }
}

/// As in docs/protocol.md, "Identities".
fn signed(room: &str, session: &[u8]) -> Vec<u8> {
    [b"snug identity 1", room.as_bytes(), session]
        .into_iter()
        .flat_map(|field| {
            let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
            [&length.to_be_bytes()[..], field].concat()
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// From lower-case digits.
fn bytes_of<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let is_hex = hex
        .bytes()
        .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hex || hex.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
