//! The way back to a client: datagrams, or a stream.
//!
//! Invariant: sending never waits. What the network does not take at once is dropped, as datagrams
//! are; a stream keeps up to `MOST_WAITING` bytes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use socket2::SockRef;
use tokio::{net::UdpSocket, sync::Notify};

/// More than the fastest call sends in the time a live connection may stall.
const MOST_WAITING: usize = 256 * 1024;

#[derive(Debug, Clone)]
pub(super) enum Downlink {
    Datagrams {
        socket: Arc<UdpSocket>,
        client: SocketAddr,
    },
    Stream(Arc<Outgoing>),
}

/// What waits for a stream to take it.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// A std mutex: it is held for one copy.
    waiting: Mutex<Vec<u8>>,
    came: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Taken,
    Dropped,
}

impl Downlink {
    pub(super) fn try_send(&self, frame: &[u8]) -> Sent {
        match self {
            Self::Datagrams { socket, client } => send_to(socket, frame, *client),
            Self::Stream(outgoing) => outgoing.try_push(frame),
        }
    }
}

impl Outgoing {
    /// A whole frame; padding is added (RFC 8656, 12.5).
    pub(super) fn try_push(&self, frame: &[u8]) -> Sent {
        let mut waiting = self.lock();
        if waiting.len() + frame.len() > MOST_WAITING {
            return Sent::Dropped;
        }
        let was_empty = waiting.is_empty();
        waiting.extend_from_slice(frame);
        let padded = waiting.len().next_multiple_of(4);
        waiting.resize(padded, 0);
        drop(waiting);
        if was_empty {
            self.came.notify_one();
        }
        Sent::Taken
    }

    /// All that waits, in exchange for an empty buffer. Dropping the future loses nothing.
    pub(super) async fn take(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
        loop {
            {
                let mut waiting = self.lock();
                if !waiting.is_empty() {
                    std::mem::swap(&mut *waiting, buffer);
                    return;
                }
            }
            self.came.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Past tokio's readiness, which a fresh socket does not have yet, and at the cost of one call.
pub(super) fn send_to(socket: &UdpSocket, datagram: &[u8], to: SocketAddr) -> Sent {
    match SockRef::from(socket).send_to(datagram, &to.into()) {
        Ok(_) => Sent::Taken,
        Err(error) => {
            tracing::trace!(%error, "datagram dropped");
            Sent::Dropped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_wait_padded_and_within_bounds() {
        let outgoing = Outgoing::default();
        assert_eq!(outgoing.try_push(&[1, 2, 3, 4]), Sent::Taken);
        assert_eq!(outgoing.try_push(&[5]), Sent::Taken);
        let mut taken = Vec::new();
        outgoing.take(&mut taken).await;
        assert_eq!(taken, [1, 2, 3, 4, 5, 0, 0, 0]);
        let frame = vec![0; 1000];
        let pushed = (0..1000)
            .take_while(|_| outgoing.try_push(&frame) == Sent::Taken)
            .count();
        assert_eq!(pushed, MOST_WAITING / 1000);
        outgoing.take(&mut taken).await;
        assert_eq!(taken.len(), pushed * 1000);
    }
}
