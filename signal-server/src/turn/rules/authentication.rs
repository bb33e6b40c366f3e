//! Authenticates a request by long-term credentials (RFC 8489, 9.2.4).
//!
//! Invariant: only a member of a room passes. A new allocation needs credentials that have not
//! expired. A request on an allocation needs the credentials of that allocation.

use std::{net::SocketAddr, sync::Arc};

use stun_types::{
    attribute::{ErrorCode, MessageIntegrity, Nonce, Realm, Username},
    message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message},
    prelude::AttributeStaticType,
};

use super::{ClientAllocation, Now, REALM, Rules};
use crate::turn::{
    members::Member,
    responses::{EncodeResult, challenge, error_response, signed_error_response},
    secret::Claim,
};

/// The sender of an authenticated request.
pub(super) struct Authenticated {
    pub(super) username: String,
    pub(super) key: IntegrityKey,
    pub(super) member: Arc<Member>,
}

impl Rules {
    /// # Errors
    /// The response to send.
    pub(super) fn authenticate(
        &self,
        now: Now,
        client: SocketAddr,
        current: Option<&ClientAllocation<'_>>,
        request: &Message<'_>,
    ) -> Result<Authenticated, EncodeResult> {
        let challenge_with =
            |code| challenge(request, code, REALM, &self.nonces.issue(client, now.unix));
        if !request.has_attribute(MessageIntegrity::TYPE) {
            return Err(challenge_with(ErrorCode::UNAUTHORIZED));
        }
        let (Ok(username), Ok(realm), Ok(nonce)) = (
            request.attribute::<Username>(),
            request.attribute::<Realm>(),
            request.attribute::<Nonce>(),
        ) else {
            self.counters.refused.other.inc();
            return Err(error_response(request, ErrorCode::BAD_REQUEST));
        };
        if !self.nonces.is_fresh(nonce.nonce(), client, now.unix) {
            return Err(challenge_with(ErrorCode::STALE_NONCE));
        }
        let username = username.username();
        let key = self.key(username);
        let is_authentic =
            realm.realm() == REALM && request.validate_integrity_with_key(&key).is_ok();
        if is_authentic && current.is_some_and(|current| current.allocation.username != username) {
            self.counters.refused.credentials.inc();
            let wrong = ErrorCode::WRONG_CREDENTIALS;
            return Err(signed_error_response(request, &key, wrong));
        }
        let member = match current {
            Some(current) => Some(Arc::clone(current.member)),
            None => Claim::read(username)
                .filter(|claim| claim.expires > now.unix)
                .and_then(|claim| self.members.find(claim.member)),
        };
        match member.filter(|member| is_authentic && member.is_authorized(now.instant)) {
            Some(member) => Ok(Authenticated {
                username: username.to_owned(),
                key,
                member,
            }),
            None => {
                self.counters.refused.credentials.inc();
                Err(challenge_with(ErrorCode::UNAUTHORIZED))
            }
        }
    }

    fn key(&self, username: &str) -> IntegrityKey {
        let password = self.secret.password(username);
        LongTermKeyCredentials::new(username.to_owned(), password, REALM.to_owned())
            .make_key(IntegrityAlgorithm::Sha1)
    }
}
