//! What a TURN server is asked (RFC 8656, 7 to 12), and how long what it grants lasts.
//!
//! Invariant: pure; whatever is asked is signed as soon as the server has said how.

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

/// What is asked for; the server may grant less (RFC 8656, 7.1).
const LIFETIME: Duration = Duration::from_secs(600);
/// How long before its end an allocation is refreshed, unless it lives shorter than twice this.
const REFRESH_BEFORE: Duration = Duration::from_secs(60);
/// ADDITIONAL-ADDRESS-FAMILY before it had a number; coturn knows it by this up to 4.6. Servers
/// ignore what they do not know in this range (RFC 8489, 14).
const OLD_ADDITIONAL: AttributeType = AttributeType::new(0x8032);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Families {
    /// IPv4, and IPv6 where the server has it (RFC 8656, 7.1).
    Both,
    /// What the server gives to who says nothing: IPv4.
    Unsaid,
    OnlyV6,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Allocate(Families),
    Refresh,
    Release,
    Bind { peer: SocketAddr, number: u16 },
}

pub(super) fn write(purpose: Purpose, auth: &Auth) -> Result<Vec<u8>, StunWriteError> {
    let method = match purpose {
        Purpose::Allocate(_) => ALLOCATE,
        Purpose::Refresh | Purpose::Release => REFRESH,
        Purpose::Bind { .. } => CHANNEL_BIND,
    };
    let mut message = Message::builder_request(method, MessageWriteVec::new());
    match purpose {
        Purpose::Allocate(families) => {
            message.add_attribute(&RequestedTransport::new(RequestedTransport::UDP))?;
            message.add_attribute(&seconds(LIFETIME))?;
            match families {
                Families::Both => {
                    message.add_attribute(&AdditionalAddressFamily::new(AddressFamily::IPV6))?;
                    message.add_attribute(&RawAttribute::new(OLD_ADDITIONAL, &[2, 0, 0, 0]))?;
                }
                Families::Unsaid => {}
                Families::OnlyV6 => {
                    message.add_attribute(&RequestedAddressFamily::new(AddressFamily::IPV6))?;
                }
            }
        }
        Purpose::Refresh => message.add_attribute(&seconds(LIFETIME))?,
        Purpose::Release => message.add_attribute(&seconds(Duration::ZERO))?,
        Purpose::Bind { peer, number } => {
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

/// When to refresh, and when it ends.
pub(super) fn schedule(lifetime: Duration, now: Instant) -> (Instant, Instant) {
    let before = REFRESH_BEFORE.min(lifetime / 2);
    (now + lifetime - before, now + lifetime)
}
