//! The packets themselves: which way each goes out, and how they come in.
//!
//! Invariant: never waits. What a socket or a queue does not take at once is dropped and counted,
//! as a full router would do.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::{net::UdpSocket, sync::mpsc};

use super::{NetworkEvent, Transport};

/// What a relay is to carry.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(super) enum Way {
    Socket(Arc<UdpSocket>),
    Relay(mpsc::Sender<Outgoing>),
}

#[derive(Debug)]
pub(super) struct Traffic {
    /// By the local candidate's address. Not tokio's lock: it is held for one system call and
    /// never across an await.
    ways: RwLock<HashMap<SocketAddr, Way>>,
    events: mpsc::Sender<NetworkEvent>,
    dropped: AtomicU64,
}

impl Traffic {
    pub(super) fn new(events: mpsc::Sender<NetworkEvent>) -> Self {
        Self {
            ways: RwLock::default(),
            events,
            dropped: AtomicU64::new(0),
        }
    }

    pub(super) fn open(&self, address: SocketAddr, way: Way) {
        self.ways
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(address, way);
    }

    pub(super) fn close(&self, address: SocketAddr) {
        self.ways
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&address);
    }

    pub(super) fn try_send(&self, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let ways = self.ways.read().unwrap_or_else(PoisonError::into_inner);
        let taken = match ways.get(&source) {
            Some(Way::Socket(socket)) => socket.try_send_to(bytes, destination).is_ok(),
            Some(Way::Relay(queue)) => queue
                .try_send(Outgoing {
                    source,
                    destination,
                    bytes: bytes.to_vec(),
                })
                .is_ok(),
            None => false,
        };
        if !taken {
            self.count_dropped();
        }
    }

    /// `destination` is the local candidate's address.
    pub(super) fn deliver(
        &self,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: Vec<u8>,
        arrival: Instant,
    ) {
        let received = NetworkEvent::Received {
            transport: Transport::Udp,
            source,
            destination,
            bytes,
            arrival,
        };
        if self.events.try_send(received).is_err() {
            self.count_dropped();
        }
    }

    pub(super) fn count_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_full_queue_drops_and_counts() {
        let (events, mut received) = mpsc::channel(1);
        let traffic = Traffic::new(events);
        let (peer, here) = (address("192.0.2.1:1"), address("192.0.2.2:2"));
        let now = crate::network::now();
        traffic.deliver(peer, here, vec![1], now);
        traffic.deliver(peer, here, vec![2], now);
        assert_eq!(traffic.dropped(), 1);
        let Ok(NetworkEvent::Received { bytes, .. }) = received.try_recv() else {
            panic!("the first packet is there");
        };
        assert_eq!(bytes, [1]);
    }

    #[test]
    fn a_relay_takes_what_its_queue_holds() {
        let (events, _received) = mpsc::channel(1);
        let traffic = Traffic::new(events);
        let (relay, peer) = (address("192.0.2.1:1"), address("192.0.2.2:2"));
        traffic.try_send(relay, peer, &[0]);
        assert_eq!(traffic.dropped(), 1, "no way is open yet");
        let (queue, mut outgoing) = mpsc::channel(1);
        traffic.open(relay, Way::Relay(queue));
        traffic.try_send(relay, peer, &[1]);
        traffic.try_send(relay, peer, &[2]);
        assert_eq!(traffic.dropped(), 2);
        let sent = outgoing.try_recv().unwrap();
        assert_eq!((sent.destination, sent.bytes), (peer, vec![1]));
        traffic.close(relay);
        traffic.try_send(relay, peer, &[3]);
        assert_eq!(traffic.dropped(), 3);
    }
}
