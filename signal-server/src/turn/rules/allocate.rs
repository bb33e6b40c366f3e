//! Allocate and Refresh (RFC 8656, 7 and 8).
//!
//! Invariant: pure; a request that came twice is answered twice and carried out once.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use stun_types::{
    AddressFamily,
    attribute::{ErrorCode, XorMappedAddress},
    message::{IntegrityKey, Message},
    prelude::AttributeStaticType,
};
use turn_types::attribute::{
    EvenPort, Lifetime, RequestedAddressFamily, RequestedTransport, ReservationToken,
    XorRelayedAddress,
};

use super::{Held, Now, Outcome, Rules, answer, authentication::Signed};
use crate::turn::{
    addresses::Family,
    allocation::{Allocation, LIFETIME},
    answers::{Written, signed_refusal, success},
    members::{NoPlace, Place},
    ports::Parity,
};

/// An allocation that may be made, once there is a port for it.
#[derive(Debug)]
pub(in crate::turn) struct Wanted<'a> {
    pub(in crate::turn) family: Family,
    pub(in crate::turn) parity: Parity,
    pub(in crate::turn) place: Place,
    request: Message<'a>,
    client: SocketAddr,
    username: String,
    key: IntegrityKey,
    lifetime: Duration,
}

impl Wanted<'_> {
    /// Ready at this address, and what to answer.
    pub(in crate::turn) fn grant(
        &self,
        relayed: SocketAddr,
        now: Instant,
    ) -> (Allocation, Written) {
        let transaction = self.request.transaction_id();
        let username = self.username.clone();
        let allocation = Allocation::new(relayed, username, transaction, now, self.lifetime);
        let answer = granted(&self.request, &self.key, self.client, &allocation, now);
        (allocation, answer)
    }

    pub(in crate::turn) fn refuse(&self, code: u16) -> Written {
        signed_refusal(&self.request, &self.key, code)
    }
}

impl Rules {
    pub(super) fn handle_allocate<'a>(
        &self,
        now: Now,
        client: SocketAddr,
        held: Option<Held<'_>>,
        request: Message<'a>,
        signed: Signed,
    ) -> Outcome<'a> {
        if let Some(held) = held {
            let allocation = &*held.allocation;
            if allocation.asked == request.transaction_id() {
                let again = granted(&request, &signed.key, client, allocation, now.instant);
                return answer(again);
            }
            return self.refuse(&request, &signed.key, ErrorCode::ALLOCATION_MISMATCH);
        }
        let (family, parity) = match what_is_asked(&request) {
            Ok(asked) => asked,
            Err(code) => return self.refuse(&request, &signed.key, code),
        };
        let place = match self.members.take_place(&signed.member, client.ip()) {
            Ok(place) => place,
            Err(NoPlace::Quota) => {
                self.counters.refused.quota.inc();
                let quota = ErrorCode::ALLOCATION_QUOTA_REACHED;
                return answer(signed_refusal(&request, &signed.key, quota));
            }
            Err(NoPlace::Capacity) => {
                let capacity = ErrorCode::INSUFFICIENT_CAPACITY;
                return self.refuse(&request, &signed.key, capacity);
            }
        };
        let lifetime = lifetime(&request).clamp(Duration::from_secs(1), LIFETIME);
        Outcome::Allocate(Box::new(Wanted {
            family,
            parity,
            place,
            request,
            client,
            username: signed.username,
            key: signed.key,
            lifetime,
        }))
    }

    pub(super) fn handle_refresh<'a>(
        &self,
        now: Now,
        allocation: &mut Allocation,
        request: &Message<'_>,
        key: &IntegrityKey,
    ) -> Outcome<'a> {
        let other_family = request.has_attribute(RequestedAddressFamily::TYPE)
            && asked_family(request) != Some(Family::of(allocation.relayed.ip()));
        if other_family {
            let mismatch = ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH;
            return self.refuse(request, key, mismatch);
        }
        let lifetime = lifetime(request).min(LIFETIME);
        let written = success(request, key, &[&seconds(lifetime)]);
        if !lifetime.is_zero() {
            allocation.expires = now.instant + lifetime;
            return answer(written);
        }
        match answer(written) {
            Outcome::Answer(bytes) => Outcome::Release(bytes),
            other @ (Outcome::Silence
            | Outcome::Allocate(_)
            | Outcome::Release(_)
            | Outcome::Relay { .. }) => other,
        }
    }

    fn refuse<'a>(&self, request: &Message<'_>, key: &IntegrityKey, code: u16) -> Outcome<'a> {
        match code {
            ErrorCode::INSUFFICIENT_CAPACITY => self.counters.refused.capacity.inc(),
            _ => self.counters.refused.other.inc(),
        }
        answer(signed_refusal(request, key, code))
    }
}

/// # Errors
/// The code to refuse it with.
fn what_is_asked(request: &Message<'_>) -> Result<(Family, Parity), u16> {
    match request.attribute::<RequestedTransport>() {
        Ok(transport) if transport.protocol() == RequestedTransport::UDP => {}
        // Connections to peers (RFC 6062) are no part of a call.
        Ok(_) => return Err(ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL),
        Err(_) => return Err(ErrorCode::BAD_REQUEST),
    }
    let wants_even = request.has_attribute(EvenPort::TYPE);
    let wants_family = request.has_attribute(RequestedAddressFamily::TYPE);
    if request.has_attribute(ReservationToken::TYPE) {
        return Err(if wants_even || wants_family {
            ErrorCode::BAD_REQUEST
        } else {
            // Nothing is ever reserved.
            ErrorCode::INSUFFICIENT_CAPACITY
        });
    }
    let family = match (wants_family, asked_family(request)) {
        (false, _) => Family::V4,
        (true, Some(family)) => family,
        (true, None) => return Err(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED),
    };
    if !wants_even {
        return Ok((family, Parity::Any));
    }
    match request.attribute::<EvenPort>() {
        Ok(even) if even.requested() => Err(ErrorCode::INSUFFICIENT_CAPACITY),
        Ok(_) => Ok((family, Parity::Even)),
        Err(_) => Err(ErrorCode::BAD_REQUEST),
    }
}

fn asked_family(request: &Message<'_>) -> Option<Family> {
    match request.attribute::<RequestedAddressFamily>().ok()?.family() {
        AddressFamily::IPV4 => Some(Family::V4),
        AddressFamily::IPV6 => Some(Family::V6),
    }
}

fn granted(
    request: &Message<'_>,
    key: &IntegrityKey,
    client: SocketAddr,
    allocation: &Allocation,
    now: Instant,
) -> Written {
    let transaction = request.transaction_id();
    let relayed = XorRelayedAddress::new(allocation.relayed, transaction);
    let mapped = XorMappedAddress::new(client, transaction);
    let left = seconds(allocation.expires.saturating_duration_since(now));
    success(request, key, &[&relayed, &left, &mapped])
}

fn lifetime(request: &Message<'_>) -> Duration {
    request.attribute::<Lifetime>().map_or(LIFETIME, |asked| {
        Duration::from_secs(asked.seconds().into())
    })
}

fn seconds(lifetime: Duration) -> Lifetime {
    Lifetime::new(lifetime.as_secs().try_into().unwrap_or(u32::MAX))
}
