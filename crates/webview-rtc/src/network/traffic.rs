//! Routes packets between ICE and the sockets and relays.
//!
//! Invariant: never waits. A packet that a socket or a queue does not accept at once is dropped and
//! counted, as in a full router.

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

/// A packet to send over a relay.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(super) enum SendPath {
    Socket(Arc<UdpSocket>),
    Relay(mpsc::Sender<Outgoing>),
}

#[derive(Debug)]
pub(super) struct Traffic {
    /// By the address of the local candidate. A std lock: held for one system call, never across an
    /// await.
    paths: RwLock<HashMap<SocketAddr, SendPath>>,
    events: mpsc::Sender<NetworkEvent>,
    dropped: AtomicU64,
}

impl Traffic {
    pub(super) fn new(events: mpsc::Sender<NetworkEvent>) -> Self {
        Self {
            paths: RwLock::default(),
            events,
            dropped: AtomicU64::new(0),
        }
    }

    pub(super) fn open(&self, address: SocketAddr, path: SendPath) {
        self.paths
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(address, path);
    }

    pub(super) fn close(&self, address: SocketAddr) {
        self.paths
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&address);
    }

    pub(super) fn try_send(&self, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let paths = self.paths.read().unwrap_or_else(PoisonError::into_inner);
        let taken = match paths.get(&source) {
            Some(SendPath::Socket(socket)) => socket.try_send_to(bytes, destination).is_ok(),
            Some(SendPath::Relay(queue)) => queue
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

    /// `destination` is the address of the local candidate.
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
    fn packets_beyond_the_event_queue_are_dropped_and_counted() {
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
    fn packets_beyond_the_relay_queue_are_dropped_and_counted() {
        let (events, _received) = mpsc::channel(1);
        let traffic = Traffic::new(events);
        let (relay, peer) = (address("192.0.2.1:1"), address("192.0.2.2:2"));
        traffic.try_send(relay, peer, &[0]);
        assert_eq!(traffic.dropped(), 1, "no path is open yet");
        let (queue, mut outgoing) = mpsc::channel(1);
        traffic.open(relay, SendPath::Relay(queue));
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
