//! Allocate and Refresh (RFC 8656, 7 and 8).
//!
//! Invariant: pure. A retransmitted request gets a response again but has no second effect.

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

use super::{
    ClientAllocation, Now, Outcome, Rules,
    allocation::{Allocation, MAX_LIFETIME},
    authentication::Authenticated,
    members::{AllocationRefusal, AllocationSlot},
    ports::Parity,
    relay_addresses::Family,
    respond,
    responses::{EncodeResult, signed_error_response, success},
};

/// An accepted Allocate request that waits for a port.
#[derive(Debug)]
pub(crate) struct AllocationRequest<'a> {
    pub(crate) family: Family,
    pub(crate) parity: Parity,
    pub(crate) slot: AllocationSlot,
    request: Message<'a>,
    client: SocketAddr,
    username: String,
    key: IntegrityKey,
    lifetime: Duration,
}

impl AllocationRequest<'_> {
    /// The allocation at this relayed transport address, and the response.
    pub(crate) fn grant(&self, relayed: SocketAddr, now: Instant) -> (Allocation, EncodeResult) {
        let transaction = self.request.transaction_id();
        let username = self.username.clone();
        let allocation = Allocation::new(relayed, username, transaction, now, self.lifetime);
        let response = allocate_success(&self.request, &self.key, self.client, &allocation, now);
        (allocation, response)
    }

    pub(crate) fn refuse(&self, code: u16) -> EncodeResult {
        signed_error_response(&self.request, &self.key, code)
    }
}

impl Rules {
    pub(super) fn handle_allocate<'a>(
        &self,
        now: Now,
        client: SocketAddr,
        current: Option<ClientAllocation<'_>>,
        request: Message<'a>,
        authenticated: Authenticated,
    ) -> Outcome<'a> {
        if let Some(current) = current {
            let allocation = &*current.allocation;
            if allocation.transaction == request.transaction_id() {
                let key = &authenticated.key;
                return respond(allocate_success(
                    &request,
                    key,
                    client,
                    allocation,
                    now.instant,
                ));
            }
            return self.refuse(&request, &authenticated.key, ErrorCode::ALLOCATION_MISMATCH);
        }
        let (family, parity) = match parse_allocate(&request) {
            Ok(parsed) => parsed,
            Err(code) => return self.refuse(&request, &authenticated.key, code),
        };
        let slot = match self.members.take_slot(&authenticated.member, client.ip()) {
            Ok(slot) => slot,
            Err(AllocationRefusal::Quota) => {
                self.counters.refused.quota.inc();
                let quota = ErrorCode::ALLOCATION_QUOTA_REACHED;
                return respond(signed_error_response(&request, &authenticated.key, quota));
            }
            Err(AllocationRefusal::Capacity) => {
                let capacity = ErrorCode::INSUFFICIENT_CAPACITY;
                return self.refuse(&request, &authenticated.key, capacity);
            }
        };
        let lifetime = lifetime(&request).clamp(Duration::from_secs(1), MAX_LIFETIME);
        Outcome::Allocate(Box::new(AllocationRequest {
            family,
            parity,
            slot,
            request,
            client,
            username: authenticated.username,
            key: authenticated.key,
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
            && requested_family(request) != Some(Family::of(allocation.relayed.ip()));
        if other_family {
            let mismatch = ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH;
            return self.refuse(request, key, mismatch);
        }
        let lifetime = lifetime(request).min(MAX_LIFETIME);
        let response = success(request, key, &[&seconds(lifetime)]);
        if !lifetime.is_zero() {
            allocation.expires = now.instant + lifetime;
            return respond(response);
        }
        match respond(response) {
            Outcome::Respond(bytes) => Outcome::Release(bytes),
            other @ (Outcome::Ignore
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
        respond(signed_error_response(request, key, code))
    }
}

/// # Errors
/// The error code of the response.
fn parse_allocate(request: &Message<'_>) -> Result<(Family, Parity), u16> {
    match request.attribute::<RequestedTransport>() {
        Ok(transport) if transport.protocol() == RequestedTransport::UDP => {}
        // TCP allocations (RFC 6062) are not supported.
        Ok(_) => return Err(ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL),
        Err(_) => return Err(ErrorCode::BAD_REQUEST),
    }
    let wants_even = request.has_attribute(EvenPort::TYPE);
    let wants_family = request.has_attribute(RequestedAddressFamily::TYPE);
    if request.has_attribute(ReservationToken::TYPE) {
        return Err(if wants_even || wants_family {
            ErrorCode::BAD_REQUEST
        } else {
            // The server reserves no ports.
            ErrorCode::INSUFFICIENT_CAPACITY
        });
    }
    let family = match (wants_family, requested_family(request)) {
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

fn requested_family(request: &Message<'_>) -> Option<Family> {
    match request.attribute::<RequestedAddressFamily>().ok()?.family() {
        AddressFamily::IPV4 => Some(Family::V4),
        AddressFamily::IPV6 => Some(Family::V6),
    }
}

fn allocate_success(
    request: &Message<'_>,
    key: &IntegrityKey,
    client: SocketAddr,
    allocation: &Allocation,
    now: Instant,
) -> EncodeResult {
    let transaction = request.transaction_id();
    let relayed = XorRelayedAddress::new(allocation.relayed, transaction);
    let mapped = XorMappedAddress::new(client, transaction);
    let remaining = seconds(allocation.expires.saturating_duration_since(now));
    success(request, key, &[&relayed, &remaining, &mapped])
}

fn lifetime(request: &Message<'_>) -> Duration {
    request
        .attribute::<Lifetime>()
        .map_or(MAX_LIFETIME, |requested| {
            Duration::from_secs(requested.seconds().into())
        })
}

fn seconds(lifetime: Duration) -> Lifetime {
    Lifetime::new(lifetime.as_secs().try_into().unwrap_or(u32::MAX))
}
