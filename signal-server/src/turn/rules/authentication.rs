//! Who sent a request: long-term credentials (RFC 8489, 9.2.4).
//!
//! Invariant: passes only a member of a room who proved its password: with credentials that have
//! not expired for something new, with those of its allocation for that.

use std::{net::SocketAddr, sync::Arc};

use stun_types::{
    attribute::{ErrorCode, MessageIntegrity, Nonce, Realm, Username},
    message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message},
    prelude::AttributeStaticType,
};

use super::{Held, Now, REALM, Rules};
use crate::turn::{
    answers::{Written, challenge, refusal, signed_refusal},
    members::Member,
    secret::Claim,
};

/// By whom a request is signed.
pub(super) struct Signed {
    pub(super) username: String,
    pub(super) key: IntegrityKey,
    pub(super) member: Arc<Member>,
}

impl Rules {
    /// # Errors
    /// What to answer.
    pub(super) fn authenticate(
        &self,
        now: Now,
        client: SocketAddr,
        held: Option<&Held<'_>>,
        request: &Message<'_>,
    ) -> Result<Signed, Written> {
        let ask = |code| challenge(request, code, REALM, &self.nonces.draw(client, now.unix));
        if !request.has_attribute(MessageIntegrity::TYPE) {
            return Err(ask(ErrorCode::UNAUTHORIZED));
        }
        let (Ok(username), Ok(realm), Ok(nonce)) = (
            request.attribute::<Username>(),
            request.attribute::<Realm>(),
            request.attribute::<Nonce>(),
        ) else {
            self.counters.refused.other.inc();
            return Err(refusal(request, ErrorCode::BAD_REQUEST));
        };
        if !self.nonces.is_fresh(nonce.nonce(), client, now.unix) {
            return Err(ask(ErrorCode::STALE_NONCE));
        }
        let username = username.username();
        let key = self.key(username);
        let proved = realm.realm() == REALM && request.validate_integrity_with_key(&key).is_ok();
        if proved && held.is_some_and(|held| held.allocation.username != username) {
            self.counters.refused.credentials.inc();
            let wrong = ErrorCode::WRONG_CREDENTIALS;
            return Err(signed_refusal(request, &key, wrong));
        }
        let member = match held {
            Some(held) => Some(Arc::clone(held.member)),
            None => Claim::read(username)
                .filter(|claim| claim.expires > now.unix)
                .and_then(|claim| self.members.find(claim.member)),
        };
        match member.filter(|member| proved && member.is_good(now.instant)) {
            Some(member) => Ok(Signed {
                username: username.to_owned(),
                key,
                member,
            }),
            None => {
                self.counters.refused.credentials.inc();
                Err(ask(ErrorCode::UNAUTHORIZED))
            }
        }
    }

    fn key(&self, username: &str) -> IntegrityKey {
        let password = self.secret.password(username);
        LongTermKeyCredentials::new(username.to_owned(), password, REALM.to_owned())
            .make_key(IntegrityAlgorithm::Sha1)
    }
}
