//! Long-term credentials: signs requests and verifies responses (RFC 8489, 9.2).
//!
//! Invariant: requests are unsigned until the server has sent its realm and a nonce.

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
    /// Send the request again with the new realm and nonce.
    Retry,
    /// No challenge, or the credentials are wrong.
    Failed,
}

pub(super) struct Auth {
    credentials: Credentials,
    realm: Option<RealmKey>,
}

struct RealmKey {
    realm: Realm,
    nonce: Nonce,
    key: IntegrityKey,
}

// Keeps the password and its key out of logs.
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
        let Some(realm_key) = &self.realm else {
            return Ok(());
        };
        message.add_attribute(&Username::new(&self.credentials.username)?)?;
        message.add_attribute(&realm_key.realm)?;
        message.add_attribute(&realm_key.nonce)?;
        message.add_message_integrity_with_key(&realm_key.key, IntegrityAlgorithm::Sha1)
    }

    pub(super) fn verifies(&self, message: &Message<'_>) -> bool {
        self.realm
            .as_ref()
            .is_none_or(|realm_key| message.validate_integrity_with_key(&realm_key.key).is_ok())
    }

    pub(super) fn has_wrong_integrity(&self, message: &Message<'_>) -> bool {
        let signed = message.has_attribute(MessageIntegrity::TYPE)
            || message.has_attribute(MessageIntegritySha256::TYPE);
        signed && !self.verifies(message)
    }

    /// Takes the realm and nonce of a 401 or 438 error response.
    pub(super) fn handle_challenge(&mut self, message: &Message<'_>, code: u16) -> Challenge {
        let (Ok(realm), Ok(nonce)) = (message.attribute::<Realm>(), message.attribute::<Nonce>())
        else {
            return Challenge::Failed;
        };
        match (code, &self.realm) {
            (ErrorCode::UNAUTHORIZED, None) | (ErrorCode::STALE_NONCE, _) => {}
            // A second 401 in the same realm: the credentials are wrong.
            (_, _) => return Challenge::Failed,
        }
        let key = LongTermKeyCredentials::new(
            self.credentials.username.clone(),
            self.credentials.password.clone(),
            realm.realm().to_owned(),
        )
        .make_key(IntegrityAlgorithm::Sha1);
        self.realm = Some(RealmKey { realm, nonce, key });
        Challenge::Retry
    }
}
