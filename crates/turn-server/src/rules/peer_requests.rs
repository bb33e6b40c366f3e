//! CreatePermission and ChannelBind (RFC 8656, 10 and 12).
//!
//! Invariant: pure. A peer that the policy forbids gets no permission. A request with several peers
//! permits all of them or none.

use std::net::{IpAddr, SocketAddr};

use stun_types::prelude::AttributeStaticType;
use stun_types::{
    attribute::ErrorCode,
    message::{IntegrityKey, Message},
};
use turn_types::attribute::{ChannelNumber, XorPeerAddress};

use super::{
    Now, Rules,
    allocation::{Allocation, BindError, Full},
    peer_policy::Verdict,
    relay_addresses::Family,
    responses::{EncodeResult, signed_error_response, success},
};

/// Channel numbers of RFC 5766, 11. RFC 8656, 12, allows fewer.
const CHANNEL_NUMBERS: std::ops::RangeInclusive<u16> = 0x4000..=0x7fff;

impl Rules {
    pub(super) fn handle_create_permission(
        &self,
        now: Now,
        allocation: &mut Allocation,
        request: &Message<'_>,
        key: &IntegrityKey,
    ) -> EncodeResult {
        let permitted = self.permit_all(now, allocation, request);
        self.respond_with(request, key, permitted)
    }

    pub(super) fn handle_channel_bind(
        &self,
        now: Now,
        allocation: &mut Allocation,
        request: &Message<'_>,
        key: &IntegrityKey,
    ) -> EncodeResult {
        let bound = self.bind(now, allocation, request);
        self.respond_with(request, key, bound)
    }

    /// # Errors
    /// The error code of the response.
    fn permit_all(
        &self,
        now: Now,
        allocation: &mut Allocation,
        request: &Message<'_>,
    ) -> Result<(), u16> {
        let transaction = request.transaction_id();
        let mut peers = Vec::new();
        for index in 0.. {
            if request
                .nth_raw_attribute(XorPeerAddress::TYPE, index)
                .is_none()
            {
                break;
            }
            let peer = request
                .nth_attribute::<XorPeerAddress>(index)
                .map_err(|_| ErrorCode::BAD_REQUEST)?;
            let peer = peer.addr(transaction).ip();
            self.check_address(allocation, peer)?;
            peers.push(peer);
        }
        if peers.is_empty() {
            return Err(ErrorCode::BAD_REQUEST);
        }
        peers
            .into_iter()
            .try_for_each(|peer| allocation.permit(peer, now.instant))
            .map_err(|Full| ErrorCode::INSUFFICIENT_CAPACITY)
    }

    fn bind(
        &self,
        now: Now,
        allocation: &mut Allocation,
        request: &Message<'_>,
    ) -> Result<(), u16> {
        let (Ok(number), Ok(peer)) = (
            request.attribute::<ChannelNumber>(),
            request.attribute::<XorPeerAddress>(),
        ) else {
            return Err(ErrorCode::BAD_REQUEST);
        };
        let number = number.channel();
        let peer: SocketAddr = peer.addr(request.transaction_id());
        if !CHANNEL_NUMBERS.contains(&number) {
            return Err(ErrorCode::BAD_REQUEST);
        }
        self.check_address(allocation, peer.ip())?;
        if !self.allows(peer) {
            return Err(ErrorCode::FORBIDDEN);
        }
        allocation
            .bind(number, peer, now.instant)
            .map_err(|reason| match reason {
                BindError::InUse => ErrorCode::BAD_REQUEST,
                BindError::Full => ErrorCode::INSUFFICIENT_CAPACITY,
            })
    }

    fn check_address(&self, allocation: &Allocation, peer: IpAddr) -> Result<(), u16> {
        if Family::of(peer) != Family::of(allocation.relayed.ip()) {
            return Err(ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH);
        }
        match self.peer_policy.evaluate(peer) {
            Verdict::Allowed | Verdict::OwnAddress => Ok(()),
            Verdict::Forbidden => Err(ErrorCode::FORBIDDEN),
        }
    }

    fn respond_with(
        &self,
        request: &Message<'_>,
        key: &IntegrityKey,
        result: Result<(), u16>,
    ) -> EncodeResult {
        let Err(code) = result else {
            return success(request, key, &[]);
        };
        match code {
            ErrorCode::FORBIDDEN => self.counters.refused.peer.inc(),
            ErrorCode::INSUFFICIENT_CAPACITY => self.counters.refused.capacity.inc(),
            _ => self.counters.refused.other.inc(),
        }
        signed_error_response(request, key, code)
    }
}
