//! What a TURN server answers: successes, refusals and challenges, as bytes.
//!
//! Invariant: pure; what answers a request that proved its password is signed with it
//! (RFC 8489, 9.2.4).

use std::net::SocketAddr;

use stun_types::{
    attribute::{AttributeType, ErrorCode, Nonce, Realm, UnknownAttributes, XorMappedAddress},
    message::{IntegrityAlgorithm, IntegrityKey, Message, MessageWriteVec, StunWriteError},
    prelude::{AttributeWrite, MessageWrite, MessageWriteExt},
};

pub(super) type Written = Result<Vec<u8>, StunWriteError>;

pub(super) fn success(
    request: &Message<'_>,
    key: &IntegrityKey,
    attributes: &[&dyn AttributeWrite],
) -> Written {
    let mut answer = Message::builder_success(request, MessageWriteVec::new());
    for attribute in attributes {
        answer.add_attribute(*attribute)?;
    }
    answer.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)?;
    Ok(answer.finish())
}

pub(super) fn binding(request: &Message<'_>, client: SocketAddr) -> Written {
    let mut answer = Message::builder_success(request, MessageWriteVec::new());
    let mapped = XorMappedAddress::new(client, request.transaction_id());
    answer.add_attribute(&mapped)?;
    answer.add_fingerprint()?;
    Ok(answer.finish())
}

/// Without a signature.
pub(super) fn refusal(request: &Message<'_>, code: u16) -> Written {
    Ok(error(request, code)?.finish())
}

pub(super) fn signed_refusal(request: &Message<'_>, key: &IntegrityKey, code: u16) -> Written {
    let mut answer = error(request, code)?;
    answer.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)?;
    Ok(answer.finish())
}

/// Names what was not understood.
pub(super) fn unknown(request: &Message<'_>, types: &[AttributeType]) -> Written {
    let mut answer = error(request, ErrorCode::UNKNOWN_ATTRIBUTE)?;
    answer.add_attribute(&UnknownAttributes::new(types))?;
    Ok(answer.finish())
}

/// Asks for credentials, or for a fresh nonce.
pub(super) fn challenge(request: &Message<'_>, code: u16, realm: &str, nonce: &str) -> Written {
    let mut answer = error(request, code)?;
    answer.add_attribute(&Realm::new(realm)?)?;
    answer.add_attribute(&Nonce::new(nonce)?)?;
    Ok(answer.finish())
}

fn error(request: &Message<'_>, code: u16) -> Result<MessageWriteVec, StunWriteError> {
    let mut answer = Message::builder_error(request, MessageWriteVec::new());
    answer.add_attribute(&ErrorCode::builder(code).build()?)?;
    Ok(answer)
}
