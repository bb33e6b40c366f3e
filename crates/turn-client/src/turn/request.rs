//! Encodes TURN requests (RFC 8656, 7 to 12) and schedules refreshes.
//!
//! Invariant: pure. Requests are signed after the first challenge of the server.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use stun_proto::types::{
    AddressFamily,
    attribute::{AttributeType, RawAttribute},
    message::{Message, MessageWriteVec, StunWriteError},
    prelude::{MessageWrite, MessageWriteExt},
};
use turn_types::{
    attribute::{
        AdditionalAddressFamily, ChannelNumber, Lifetime, RequestedAddressFamily,
        RequestedTransport, XorPeerAddress,
    },
    message::{ALLOCATE, CHANNEL_BIND, REFRESH},
};

use super::auth::Auth;

/// Requested lifetime. The server may grant less (RFC 8656, 7.1).
const LIFETIME: Duration = Duration::from_secs(600);
/// Time between a refresh and the expiry. A short lifetime is refreshed at its half.
const REFRESH_MARGIN: Duration = Duration::from_secs(60);
/// ADDITIONAL-ADDRESS-FAMILY as a draft numbered it; coturn uses it up to 4.6. Servers ignore
/// unknown attributes of this range (RFC 8489, 14).
const DRAFT_ADDITIONAL_ADDRESS_FAMILY: AttributeType = AttributeType::new(0x8032);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Families {
    /// IPv4, and IPv6 if the server supports it (RFC 8656, 7.1).
    Both,
    /// No family attribute: IPv4 (RFC 8656, 7.2).
    Default,
    V6Only,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestKind {
    Allocate(Families),
    Refresh,
    Release,
    Bind { peer: SocketAddr, number: u16 },
}

pub(super) fn write(kind: RequestKind, auth: &Auth) -> Result<Vec<u8>, StunWriteError> {
    let method = match kind {
        RequestKind::Allocate(_) => ALLOCATE,
        RequestKind::Refresh | RequestKind::Release => REFRESH,
        RequestKind::Bind { .. } => CHANNEL_BIND,
    };
    let mut message = Message::builder_request(method, MessageWriteVec::new());
    match kind {
        RequestKind::Allocate(families) => {
            message.add_attribute(&RequestedTransport::new(RequestedTransport::UDP))?;
            message.add_attribute(&seconds(LIFETIME))?;
            match families {
                Families::Both => {
                    message.add_attribute(&AdditionalAddressFamily::new(AddressFamily::IPV6))?;
                    message.add_attribute(&RawAttribute::new(
                        DRAFT_ADDITIONAL_ADDRESS_FAMILY,
                        &[2, 0, 0, 0],
                    ))?;
                }
                Families::Default => {}
                Families::V6Only => {
                    message.add_attribute(&RequestedAddressFamily::new(AddressFamily::IPV6))?;
                }
            }
        }
        RequestKind::Refresh => message.add_attribute(&seconds(LIFETIME))?,
        RequestKind::Release => message.add_attribute(&seconds(Duration::ZERO))?,
        RequestKind::Bind { peer, number } => {
            let peer = XorPeerAddress::new(peer, message.transaction_id());
            message.add_attribute(&ChannelNumber::new(number))?;
            message.add_attribute(&peer)?;
        }
    }
    auth.sign(&mut message)?;
    Ok(message.finish())
}

fn seconds(lifetime: Duration) -> Lifetime {
    Lifetime::new(u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX))
}

pub(super) fn lifetime(message: &Message<'_>) -> Duration {
    let granted = message.attribute::<Lifetime>();
    granted.map_or(LIFETIME, |granted| {
        Duration::from_secs(granted.seconds().into())
    })
}

/// When to refresh and when the allocation expires.
pub(super) fn schedule(lifetime: Duration, now: Instant) -> (Instant, Instant) {
    let before = REFRESH_MARGIN.min(lifetime / 2);
    (now + lifetime - before, now + lifetime)
}
