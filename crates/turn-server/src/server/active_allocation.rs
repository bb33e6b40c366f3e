//! A running allocation: its socket to the peers and its transport to the client.
//!
//! Invariant: the allocation ends on expiry, on release, with its member or with its listener. Then
//! it returns its port and its slot. A datagram is relayed at once or dropped.

use std::{
    cell::RefCell,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::{net::UdpSocket, sync::Notify, task::yield_now, time::sleep_until};
use tokio_util::sync::CancellationToken;

use super::{
    client_transport::{ClientTransport, SendOutcome, send_to},
    clock,
};
use crate::{
    Direction,
    rules::{
        Rules,
        allocation::{Allocation, Delivery},
        frames::{self, HEADROOM, TAILROOM},
        members::{AllocationSlot, Member},
        ports::Port,
        relay_addresses::RelayAddress,
    },
};

/// After this number of datagrams, other tasks run.
const MAX_DATAGRAMS_PER_WAKE: usize = 32;
/// The largest UDP datagram.
const MAX_DATAGRAM_BYTES: usize = 65535;

thread_local! {
    /// Shared by all allocations of a thread. No await happens between filling and sending it.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; HEADROOM + MAX_DATAGRAM_BYTES + TAILROOM]);
}

/// An allocation with its socket. Its listener and its task share it.
#[derive(Debug)]
pub(super) struct ActiveAllocation {
    rules: Arc<Rules>,
    socket: UdpSocket,
    relay_address: RelayAddress,
    /// A std mutex: held briefly, never across an await.
    allocation: Mutex<Allocation>,
    /// Wakes the task after a request of the client.
    refreshed: Notify,
    slot: AllocationSlot,
    /// Held for its drop.
    _port: Port,
    /// Also cancelled when the member leaves.
    ended: CancellationToken,
    client_transport: ClientTransport,
}

/// Whether the socket may hold more datagrams.
enum DrainState {
    Empty,
    MayHoldMore,
}

impl ActiveAllocation {
    pub(super) fn open(
        rules: Arc<Rules>,
        socket: std::net::UdpSocket,
        relay_address: RelayAddress,
        allocation: Allocation,
        (slot, port): (AllocationSlot, Port),
        client_transport: ClientTransport,
    ) -> io::Result<Arc<Self>> {
        let socket = UdpSocket::from_std(socket)?;
        rules.counters.allocations.inc();
        rules.counters.allocations_open.inc();
        Ok(Arc::new(Self {
            ended: slot.member.left.child_token(),
            rules,
            socket,
            relay_address,
            allocation: Mutex::new(allocation),
            refreshed: Notify::new(),
            slot,
            _port: port,
            client_transport,
        }))
    }

    pub(super) fn member(&self) -> &Arc<Member> {
        &self.slot.member
    }

    pub(super) fn allocation(&self) -> MutexGuard<'_, Allocation> {
        self.allocation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_open(&self, now: Instant) -> bool {
        !self.ended.is_cancelled() && self.allocation().expires > now
    }

    /// Wakes the task: the deadline may have changed.
    pub(super) fn notify_refresh(&self) {
        self.refreshed.notify_one();
    }

    pub(super) fn end(&self) {
        self.ended.cancel();
    }

    /// Sends to a peer that passed the policy, the permission and the consent check.
    pub(super) fn send(&self, now: Instant, peer: SocketAddr, payload: &[u8]) {
        if !self.has_bandwidth(payload.len(), now) {
            return;
        }
        let to = self.relay_address.to_local(peer);
        let direction = &self.rules.counters.to_peers;
        self.count(send_to(&self.socket, payload, to), direction, payload.len());
    }

    /// Relays datagrams from peers until the allocation ends.
    pub(super) async fn run(self: Arc<Self>) {
        let mut presence = self.member().presence();
        let mut deadline = self.allocation().deadline(*presence.borrow_and_update());
        let mut timer = pin!(sleep_until(deadline.into()));
        let mut ended = pin!(self.ended.cancelled());
        loop {
            tokio::select! {
                biased;
                () = &mut ended => break,
                () = self.refreshed.notified() => {}
                // Cannot fail: this allocation holds the member, which holds the sender.
                _ = presence.changed() => {}
                () = &mut timer => {
                    // Datagrams from peers may have moved the deadline.
                    let new_deadline = self.allocation().deadline(*presence.borrow_and_update());
                    if new_deadline <= deadline {
                        break;
                    }
                }
                readable = self.socket.readable() => {
                    if readable.is_err() {
                        break;
                    }
                    match SCRATCH.with_borrow_mut(|scratch| self.drain(scratch)) {
                        DrainState::Empty => {}
                        DrainState::MayHoldMore => yield_now().await,
                    }
                    continue;
                }
            }
            deadline = self.allocation().deadline(*presence.borrow_and_update());
            timer.as_mut().reset(deadline.into());
        }
        self.ended.cancel();
    }

    fn drain(&self, scratch: &mut [u8]) -> DrainState {
        let now = clock::now();
        for _ in 0..MAX_DATAGRAMS_PER_WAKE {
            let buffer = &mut scratch[HEADROOM..HEADROOM + MAX_DATAGRAM_BYTES];
            match self.socket.try_recv_from(buffer) {
                Ok((length, from)) => self.handle_datagram(now, from, scratch, length),
                // The system may report an unreachable peer here.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {}
                Err(_) => return DrainState::Empty,
            }
        }
        DrainState::MayHoldMore
    }

    fn handle_datagram(&self, now: Instant, from: SocketAddr, scratch: &mut [u8], length: usize) {
        let from = self.relay_address.to_public(from);
        let payload = HEADROOM..HEADROOM + length;
        let delivery = self.rules.handle_peer_datagram(
            now,
            &mut self.allocation(),
            from,
            &scratch[payload.clone()],
        );
        let frame = match delivery {
            Some(Delivery::Channel(number)) => frames::channel_data(scratch, payload, number),
            Some(Delivery::Indication) => {
                frames::data_indication(scratch, payload, from, rand::random())
            }
            None => return,
        };
        let Some(frame) = frame else {
            return;
        };
        if self.has_bandwidth(length, now) {
            let direction = &self.rules.counters.to_members;
            self.count(self.client_transport.try_send(frame), direction, length);
        }
    }

    fn has_bandwidth(&self, bytes: usize, now: Instant) -> bool {
        self.rules.has_bandwidth(self.member(), bytes, now)
    }

    fn count(&self, sent: SendOutcome, direction: &Direction, bytes: usize) {
        match sent {
            SendOutcome::Accepted => {
                direction.packets.inc();
                direction.bytes.inc_by(bytes as u64);
            }
            SendOutcome::Dropped => self.rules.counters.dropped.congestion.inc(),
        }
    }
}

impl Drop for ActiveAllocation {
    fn drop(&mut self) {
        self.rules.counters.allocations_open.dec();
    }
}
