//! An allocation that runs: its socket towards peers, and the way back to its client.
//!
//! Invariant: it ends with its time, its release, its member or its listener, whichever is first,
//! and then gives back its port and its place. A datagram is relayed at once or dropped.

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
    addresses::Relaying,
    allocation::{Allocation, Form},
    clock,
    downlink::{Downlink, Sent, send_to},
    frames::{self, BACK, FRONT},
    members::{Member, Place},
    ports::Port,
    server::Server,
};
use crate::metrics::Direction;

/// So many datagrams are taken before other tasks get their turn.
const BATCH: usize = 32;
/// The largest datagram there is.
const DATAGRAM: usize = 65535;

thread_local! {
    /// One for all allocations of a thread: nothing awaits between filling and sending it.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; FRONT + DATAGRAM + BACK]);
}

#[derive(Debug)]
pub(super) struct Relayed {
    server: Arc<Server>,
    socket: UdpSocket,
    relaying: Relaying,
    /// A std mutex: what happens under it is short and never awaits.
    allocation: Mutex<Allocation>,
    refreshed: Notify,
    place: Place,
    /// Held for its drop.
    _port: Port,
    /// Also cancelled when its member has left.
    ended: CancellationToken,
    downlink: Downlink,
}

/// Whether there may be more at once.
enum Drained {
    Dry,
    More,
}

impl Relayed {
    pub(super) fn open(
        server: Arc<Server>,
        socket: std::net::UdpSocket,
        relaying: Relaying,
        allocation: Allocation,
        (place, port): (Place, Port),
        downlink: Downlink,
    ) -> io::Result<Arc<Self>> {
        let socket = UdpSocket::from_std(socket)?;
        server.rules.counters.allocations.inc();
        server.rules.counters.allocations_open.inc();
        Ok(Arc::new(Self {
            ended: place.member.left.child_token(),
            server,
            socket,
            relaying,
            allocation: Mutex::new(allocation),
            refreshed: Notify::new(),
            place,
            _port: port,
            downlink,
        }))
    }

    pub(super) fn member(&self) -> &Arc<Member> {
        &self.place.member
    }

    pub(super) fn allocation(&self) -> MutexGuard<'_, Allocation> {
        self.allocation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_open(&self, now: Instant) -> bool {
        !self.ended.is_cancelled() && self.allocation().expires > now
    }

    /// Its end may be another.
    pub(super) fn refreshed(&self) {
        self.refreshed.notify_one();
    }

    pub(super) fn end(&self) {
        self.ended.cancel();
    }

    pub(super) fn send_on_channel(&self, now: Instant, number: u16, payload: &[u8]) {
        let rules = &self.server.rules;
        let allocation = self.allocation();
        let peer = allocation.peer(number, now);
        let Some(peer) = peer.filter(|peer| rules.still_allows(*peer)) else {
            rules.counters.dropped.not_permitted.inc();
            return;
        };
        if !rules.has_consent(&allocation, peer, payload, now) {
            return;
        }
        drop(allocation);
        self.send(now, peer, payload);
    }

    /// To a peer that it may reach.
    pub(super) fn send(&self, now: Instant, peer: SocketAddr, payload: &[u8]) {
        if !self.has_bandwidth(payload.len(), now) {
            return;
        }
        let to = self.relaying.to_local(peer);
        let counted = &self.server.rules.counters.to_peers;
        self.count(send_to(&self.socket, payload, to), counted, payload.len());
    }

    /// Relays what peers send, until it ends.
    pub(super) async fn run(self: Arc<Self>) {
        let mut presence = self.member().presence();
        let mut ends = self.allocation().ends(*presence.borrow_and_update());
        let mut timer = pin!(sleep_until(ends.into()));
        let mut ended = pin!(self.ended.cancelled());
        loop {
            tokio::select! {
                biased;
                () = &mut ended => break,
                () = self.refreshed.notified() => {}
                // Its member holds the sender, and this the member.
                _ = presence.changed() => {}
                () = &mut timer => {
                    // Peers may have sent since it was set.
                    let now_ends = self.allocation().ends(*presence.borrow_and_update());
                    if now_ends <= ends {
                        break;
                    }
                }
                readable = self.socket.readable() => {
                    if readable.is_err() {
                        break;
                    }
                    match SCRATCH.with_borrow_mut(|scratch| self.drain(scratch)) {
                        Drained::Dry => {}
                        Drained::More => yield_now().await,
                    }
                    continue;
                }
            }
            ends = self.allocation().ends(*presence.borrow_and_update());
            timer.as_mut().reset(ends.into());
        }
        self.ended.cancel();
    }

    fn drain(&self, scratch: &mut [u8]) -> Drained {
        let now = clock::now();
        for _ in 0..BATCH {
            let place = &mut scratch[FRONT..FRONT + DATAGRAM];
            match self.socket.try_recv_from(place) {
                Ok((length, from)) => self.handle_datagram(now, from, scratch, length),
                // Where peers were out of reach, the system may say so here.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {}
                Err(_) => return Drained::Dry,
            }
        }
        Drained::More
    }

    fn handle_datagram(&self, now: Instant, from: SocketAddr, scratch: &mut [u8], length: usize) {
        let from = self.relaying.to_public(from);
        let payload = FRONT..FRONT + length;
        let form = self
            .allocation()
            .handle_datagram(from, &scratch[payload.clone()], now);
        let frame = match form {
            Some(Form::Channel(number)) => frames::channel_data(scratch, payload, number),
            Some(Form::Indication) => {
                frames::data_indication(scratch, payload, from, rand::random())
            }
            None => {
                self.server.rules.counters.dropped.not_permitted.inc();
                return;
            }
        };
        let Some(frame) = frame else {
            return;
        };
        if self.has_bandwidth(length, now) {
            let counted = &self.server.rules.counters.to_members;
            self.count(self.downlink.try_send(frame), counted, length);
        }
    }

    fn has_bandwidth(&self, bytes: usize, now: Instant) -> bool {
        let dropped = &self.server.rules.counters.dropped;
        if !self.member().bandwidth.take(bytes, now) {
            dropped.member_bandwidth.inc();
            return false;
        }
        if !self.server.total_bandwidth.take(bytes, now) {
            dropped.total_bandwidth.inc();
            return false;
        }
        true
    }

    fn count(&self, sent: Sent, counted: &Direction, bytes: usize) {
        match sent {
            Sent::Taken => {
                counted.packets.inc();
                counted.bytes.inc_by(bytes as u64);
            }
            Sent::Dropped => self.server.rules.counters.dropped.congestion.inc(),
        }
    }
}

impl Drop for Relayed {
    fn drop(&mut self) {
        self.server.rules.counters.allocations_open.dec();
    }
}
