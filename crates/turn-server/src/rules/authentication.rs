//! Authenticates a request by long-term credentials (RFC 8489, 9.2.4).
//!
//! Invariant: pure. Only a member passes. A new allocation needs credentials that have not
//! expired. A request on an allocation needs the credentials of that allocation.

use std::{net::SocketAddr, sync::Arc};

use stun_types::{
    attribute::{ErrorCode, MessageIntegrity, Nonce, Realm, Username},
    message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message},
    prelude::AttributeStaticType,
};

use super::{
    ClientAllocation, Now, Rules,
    members::Member,
    responses::{EncodeResult, challenge, error_response, signed_error_response},
};
use crate::credentials::Claim;

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
        let challenge_with = |code| {
            let nonce = self.nonces.issue(client, now.unix);
            challenge(request, code, &self.realm, &nonce)
        };
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
            realm.realm() == self.realm && request.validate_integrity_with_key(&key).is_ok();
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

    /// The long-term key of any user name: the secret is enough to know it.
    fn key(&self, username: &str) -> IntegrityKey {
        let password = self.secret.password(username);
        LongTermKeyCredentials::new(username.to_owned(), password, self.realm.clone())
            .make_key(IntegrityAlgorithm::Sha1)
    }
}
