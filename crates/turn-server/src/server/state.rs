//! State that all listeners share, and the handling of one client frame.
//!
//! Invariant: no function here waits. Every task ends when `stop` is cancelled.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use stun_types::attribute::ErrorCode;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{active_allocation::ActiveAllocation, client_transport::ClientTransport};
use crate::rules::{
    AllocationRequest, ClientAllocation, Now, Outcome, Rules, frames,
    relay_addresses::RelayAddresses,
};

/// What every listener holds.
#[derive(Debug)]
pub(super) struct ServerState {
    /// Also held by each allocation.
    pub(super) rules: Arc<Rules>,
    pub(super) addresses: RelayAddresses,
    /// Cancelled when the server stops.
    pub(super) stop: CancellationToken,
    /// All tasks of the server.
    pub(super) tasks: TaskTracker,
}

/// Addresses of the 5-tuple that identifies a client (RFC 8656, 6). The listener knows the
/// protocol.
#[derive(Debug, Clone, Copy)]
pub(super) struct FiveTuple {
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
}

/// What the listener does after a frame.
#[derive(Debug)]
pub(super) enum ListenerAction {
    None,
    Respond(Vec<u8>),
    /// Store the allocation under the 5-tuple, run it, and respond.
    Open {
        allocation: Arc<ActiveAllocation>,
        response: Vec<u8>,
    },
    /// Remove the ended allocation, and respond.
    Remove {
        response: Vec<u8>,
    },
}

impl ServerState {
    /// Handles one STUN message or ChannelData frame without padding. `active` is the allocation of
    /// this 5-tuple.
    pub(super) fn handle_frame(
        &self,
        now: Now,
        five_tuple: FiveTuple,
        active: Option<&Arc<ActiveAllocation>>,
        client_transport: impl FnOnce() -> ClientTransport,
        frame: &[u8],
    ) -> ListenerAction {
        if frames::is_channel_data(frame) {
            self.handle_channel_data(now.instant, active, frame);
            return ListenerAction::None;
        }
        let active = active.filter(|active| active.is_open(now.instant));
        let outcome = {
            let mut allocation = active.map(|active| active.allocation());
            let current = match (&mut allocation, active) {
                (Some(allocation), Some(active)) => Some(ClientAllocation {
                    allocation,
                    member: active.member(),
                }),
                (None, _) | (_, None) => None,
            };
            self.rules.handle(now, five_tuple.client, current, frame)
        };
        match outcome {
            Outcome::Ignore => ListenerAction::None,
            Outcome::Respond(response) => {
                if let Some(active) = active {
                    active.notify_refresh();
                }
                ListenerAction::Respond(response)
            }
            Outcome::Allocate(request) => {
                self.allocate(now.instant, five_tuple, *request, client_transport())
            }
            Outcome::Release(response) => {
                if let Some(active) = active {
                    active.end();
                }
                ListenerAction::Remove { response }
            }
            Outcome::Relay { peer, payload } => {
                if let Some(active) = active {
                    active.send(now.instant, peer, payload);
                }
                ListenerAction::None
            }
        }
    }

    fn handle_channel_data(
        &self,
        now: Instant,
        active: Option<&Arc<ActiveAllocation>>,
        frame: &[u8],
    ) {
        let relayed = {
            let allocation = active.map(|active| active.allocation());
            self.rules
                .handle_channel_data(now, allocation.as_deref(), frame)
        };
        if let (Some(active), Some((peer, payload))) = (active, relayed) {
            active.send(now, peer, payload);
        }
    }

    fn allocate(
        &self,
        now: Instant,
        five_tuple: FiveTuple,
        request: AllocationRequest<'_>,
        client_transport: ClientTransport,
    ) -> ListenerAction {
        let refused = |code| match request.refuse(code) {
            Ok(response) => ListenerAction::Respond(response),
            Err(_) => ListenerAction::None,
        };
        let counters = &self.rules.counters;
        let relay_address = self.addresses.select(request.family, five_tuple.server);
        let Some(relay_address) = relay_address else {
            counters.refused.capacity.inc();
            return refused(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED);
        };
        let (socket, port) = match self.rules.ports.bind(relay_address.local, request.parity) {
            Ok(bound) => bound,
            Err(error) => {
                tracing::debug!(%error, "no port to relay on");
                counters.refused.capacity.inc();
                return refused(ErrorCode::INSUFFICIENT_CAPACITY);
            }
        };
        let relayed = SocketAddr::new(relay_address.public, port.number);
        let (allocation, Ok(response)) = request.grant(relayed, now) else {
            return ListenerAction::None;
        };
        let opened = ActiveAllocation::open(
            Arc::clone(&self.rules),
            socket,
            relay_address,
            allocation,
            (request.slot, port),
            client_transport,
        );
        match opened {
            Ok(allocation) => ListenerAction::Open {
                allocation,
                response,
            },
            Err(error) => {
                tracing::debug!(%error, "no socket to relay on");
                counters.refused.capacity.inc();
                ListenerAction::None
            }
        }
    }
}
