//! Encodes STUN and TURN responses: success, error and authentication challenge.
//!
//! Invariant: pure. The response to an authenticated request carries MESSAGE-INTEGRITY
//! (RFC 8489, 9.2.4).

use std::net::SocketAddr;

use stun_types::{
    attribute::{AttributeType, ErrorCode, Nonce, Realm, UnknownAttributes, XorMappedAddress},
    message::{IntegrityAlgorithm, IntegrityKey, Message, MessageWriteVec, StunWriteError},
    prelude::{AttributeWrite, MessageWrite, MessageWriteExt},
};

pub(super) type EncodeResult = Result<Vec<u8>, StunWriteError>;

pub(super) fn success(
    request: &Message<'_>,
    key: &IntegrityKey,
    attributes: &[&dyn AttributeWrite],
) -> EncodeResult {
    let mut response = Message::builder_success(request, MessageWriteVec::new());
    for attribute in attributes {
        response.add_attribute(*attribute)?;
    }
    response.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)?;
    Ok(response.finish())
}

pub(super) fn binding(request: &Message<'_>, client: SocketAddr) -> EncodeResult {
    let mut response = Message::builder_success(request, MessageWriteVec::new());
    let mapped = XorMappedAddress::new(client, request.transaction_id());
    response.add_attribute(&mapped)?;
    response.add_fingerprint()?;
    Ok(response.finish())
}

/// Without MESSAGE-INTEGRITY.
pub(super) fn error_response(request: &Message<'_>, code: u16) -> EncodeResult {
    Ok(error_builder(request, code)?.finish())
}

pub(super) fn signed_error_response(
    request: &Message<'_>,
    key: &IntegrityKey,
    code: u16,
) -> EncodeResult {
    let mut response = error_builder(request, code)?;
    response.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)?;
    Ok(response.finish())
}

/// Lists the unknown attributes (RFC 8489, 6.3.1).
pub(super) fn unknown_attributes(request: &Message<'_>, types: &[AttributeType]) -> EncodeResult {
    let mut response = error_builder(request, ErrorCode::UNKNOWN_ATTRIBUTE)?;
    response.add_attribute(&UnknownAttributes::new(types))?;
    Ok(response.finish())
}

/// Asks for credentials or a fresh nonce (RFC 8489, 9.2.4).
pub(super) fn challenge(
    request: &Message<'_>,
    code: u16,
    realm: &str,
    nonce: &str,
) -> EncodeResult {
    let mut response = error_builder(request, code)?;
    response.add_attribute(&Realm::new(realm)?)?;
    response.add_attribute(&Nonce::new(nonce)?)?;
    Ok(response.finish())
}

fn error_builder(request: &Message<'_>, code: u16) -> Result<MessageWriteVec, StunWriteError> {
    let mut response = Message::builder_error(request, MessageWriteVec::new());
    response.add_attribute(&ErrorCode::builder(code).build()?)?;
    Ok(response)
}
