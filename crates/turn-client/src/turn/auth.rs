//! Long-term credentials: signs what we send, checks what comes back (RFC 8489, 9.2).
//!
//! Invariant: nothing is signed before the server has given its realm and a nonce.

use std::fmt;

use stun_proto::types::{
    attribute::{ErrorCode, MessageIntegrity, MessageIntegritySha256, Nonce, Realm, Username},
    message::{
        IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message, MessageWriteVec,
        StunWriteError,
    },
    prelude::{AttributeStaticType, MessageWriteExt},
};

use crate::server::Credentials;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Challenge {
    /// The request may be asked again, signed anew.
    Answerable,
    /// It was no challenge, or our answer to the last one was wrong.
    No,
}

pub(super) struct Auth {
    credentials: Credentials,
    realm: Option<Known>,
}

struct Known {
    realm: Realm,
    nonce: Nonce,
    key: IntegrityKey,
}

// Neither the password nor its key may stand in a log.
impl fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Auth").finish_non_exhaustive()
    }
}

impl Auth {
    pub(super) fn new(credentials: &Credentials) -> Self {
        Self {
            credentials: credentials.clone(),
            realm: None,
        }
    }

    pub(super) fn sign(&self, message: &mut MessageWriteVec) -> Result<(), StunWriteError> {
        let Some(known) = &self.realm else {
            return Ok(());
        };
        message.add_attribute(&Username::new(&self.credentials.username)?)?;
        message.add_attribute(&known.realm)?;
        message.add_attribute(&known.nonce)?;
        message.add_message_integrity_with_key(&known.key, IntegrityAlgorithm::Sha1)
    }

    pub(super) fn vouches_for(&self, message: &Message<'_>) -> bool {
        self.realm
            .as_ref()
            .is_none_or(|known| message.validate_integrity_with_key(&known.key).is_ok())
    }

    pub(super) fn denies(&self, message: &Message<'_>) -> bool {
        let signed = message.has_attribute(MessageIntegrity::TYPE)
            || message.has_attribute(MessageIntegritySha256::TYPE);
        signed && !self.vouches_for(message)
    }

    /// Takes realm and nonce from a refusal for want of them, or of fresh ones.
    pub(super) fn handle_challenge(&mut self, message: &Message<'_>, code: u16) -> Challenge {
        let (Ok(realm), Ok(nonce)) = (message.attribute::<Realm>(), message.attribute::<Nonce>())
        else {
            return Challenge::No;
        };
        match (code, &self.realm) {
            (ErrorCode::UNAUTHORIZED, None) | (ErrorCode::STALE_NONCE, _) => {}
            // A second refusal of the same credentials in the same realm: they are wrong.
            (_, _) => return Challenge::No,
        }
        let key = LongTermKeyCredentials::new(
            self.credentials.username.clone(),
            self.credentials.password.clone(),
            realm.realm().to_owned(),
        )
        .make_key(IntegrityAlgorithm::Sha1);
        self.realm = Some(Known { realm, nonce, key });
        Challenge::Answerable
    }
}
