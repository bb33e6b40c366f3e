//! An ICE connectivity check and its answer (RFC 8445, 7). A relay lets a check pass to a peer
//! without consent, and the answer is the consent.
//!
//! Invariant: pure. Both ends know one password: they run in the same program.

use stun_proto::types::{
    attribute::Username,
    message::{
        BINDING, IntegrityAlgorithm, IntegrityKey, Message, MessageClass, MessageWriteVec,
        ShortTermCredentials, TransactionId,
    },
    prelude::{MessageWrite, MessageWriteExt},
};

/// Identifies a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckId(TransactionId);

/// Makes and answers checks, with one password for both ends.
#[derive(Debug)]
pub struct Check {
    key: IntegrityKey,
}

impl Check {
    /// `password` signs requests and answers (RFC 8489, 9.1).
    #[must_use]
    pub fn new(password: &str) -> Self {
        let credentials = ShortTermCredentials::new(password.to_owned());
        Self {
            key: credentials.make_key(),
        }
    }

    /// A new check to send to the peer.
    #[must_use]
    pub fn request(&self) -> (CheckId, Vec<u8>) {
        let mut request = Message::builder_request(BINDING, MessageWriteVec::new());
        let id = CheckId(request.transaction_id());
        // A short user name always fits.
        if let Ok(username) = Username::new("peer:self") {
            let _ = request.add_attribute(&username);
        }
        (id, self.sign(request))
    }

    /// The answer to a check. `None` for other bytes.
    #[must_use]
    pub fn answer(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let request = self.read(bytes, MessageClass::Request)?;
        let answer = Message::builder_success(&request, MessageWriteVec::new());
        Some(self.sign(answer))
    }

    /// The check that these bytes answer.
    #[must_use]
    pub fn answered(&self, bytes: &[u8]) -> Option<CheckId> {
        let answer = self.read(bytes, MessageClass::Success)?;
        Some(CheckId(answer.transaction_id()))
    }

    fn read<'a>(&self, bytes: &'a [u8], class: MessageClass) -> Option<Message<'a>> {
        let message = Message::from_bytes(bytes).ok()?;
        let is_one = message.has_method(BINDING) && message.class() == class;
        (is_one && message.validate_integrity_with_key(&self.key).is_ok()).then_some(message)
    }

    fn sign(&self, mut message: MessageWriteVec) -> Vec<u8> {
        // Cannot fail: the message has neither attribute yet.
        let _ = message.add_message_integrity_with_key(&self.key, IntegrityAlgorithm::Sha1);
        let _ = message.add_fingerprint();
        message.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_is_answered_only_with_its_password() {
        let (one, same, other) = (Check::new("one"), Check::new("one"), Check::new("two"));
        let (id, request) = one.request();
        let answer = same.answer(&request).unwrap();
        assert_eq!(one.answered(&answer), Some(id));
        assert_ne!(one.request().0, id);
        assert_eq!(other.answer(&request), None);
        assert_eq!(other.answered(&answer), None);
        assert_eq!(one.answered(&request), None);
        assert_eq!(one.answer(&answer), None);
        assert_eq!(one.answer(b"media"), None);
    }
}
