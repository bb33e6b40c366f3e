//! Transport from the server to a client: UDP or a stream (TCP, TLS).
//!
//! Invariant: sending never waits. A datagram that the socket does not take at once is dropped. A
//! stream buffers up to `MAX_BUFFERED_BYTES`, then drops whole frames.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use socket2::SockRef;
use tokio::{net::UdpSocket, sync::Notify};

/// More than the fastest call sends during a stall that a live connection survives.
const MAX_BUFFERED_BYTES: usize = 256 * 1024;

#[derive(Debug, Clone)]
pub(super) enum ClientTransport {
    Udp {
        socket: Arc<UdpSocket>,
        client: SocketAddr,
    },
    Stream(Arc<SendBuffer>),
}

/// Frames that a stream has not written yet.
#[derive(Debug, Default)]
pub(super) struct SendBuffer {
    /// A std mutex: held for one copy, never across an await.
    buffered: Mutex<Vec<u8>>,
    data_available: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendOutcome {
    Accepted,
    Dropped,
}

impl ClientTransport {
    pub(super) fn try_send(&self, frame: &[u8]) -> SendOutcome {
        match self {
            Self::Udp { socket, client } => send_to(socket, frame, *client),
            Self::Stream(send_buffer) => send_buffer.try_push(frame),
        }
    }
}

impl SendBuffer {
    /// Appends a whole frame and its padding (RFC 8656, 12.5).
    pub(super) fn try_push(&self, frame: &[u8]) -> SendOutcome {
        let mut buffered = self.lock();
        if buffered.len() + frame.len() > MAX_BUFFERED_BYTES {
            return SendOutcome::Dropped;
        }
        let was_empty = buffered.is_empty();
        buffered.extend_from_slice(frame);
        let padded = buffered.len().next_multiple_of(4);
        buffered.resize(padded, 0);
        drop(buffered);
        if was_empty {
            self.data_available.notify_one();
        }
        SendOutcome::Accepted
    }

    /// Waits for frames and moves all of them into `buffer`. Cancel safe.
    pub(super) async fn take(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
        loop {
            {
                let mut buffered = self.lock();
                if !buffered.is_empty() {
                    std::mem::swap(&mut *buffered, buffer);
                    return;
                }
            }
            self.data_available.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.buffered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends with one system call. Bypasses tokio's readiness, which a new socket does not have yet.
pub(super) fn send_to(socket: &UdpSocket, datagram: &[u8], to: SocketAddr) -> SendOutcome {
    match SockRef::from(socket).send_to(datagram, &to.into()) {
        Ok(_) => SendOutcome::Accepted,
        Err(error) => {
            tracing::trace!(%error, "datagram dropped");
            SendOutcome::Dropped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn buffered_frames_are_padded_and_bounded() {
        let send_buffer = SendBuffer::default();
        assert_eq!(send_buffer.try_push(&[1, 2, 3, 4]), SendOutcome::Accepted);
        assert_eq!(send_buffer.try_push(&[5]), SendOutcome::Accepted);
        let mut taken = Vec::new();
        send_buffer.take(&mut taken).await;
        assert_eq!(taken, [1, 2, 3, 4, 5, 0, 0, 0]);
        let frame = vec![0; 1000];
        let pushed = (0..1000)
            .take_while(|_| send_buffer.try_push(&frame) == SendOutcome::Accepted)
            .count();
        assert_eq!(pushed, MAX_BUFFERED_BYTES / 1000);
        send_buffer.take(&mut taken).await;
        assert_eq!(taken.len(), pushed * 1000);
    }
}
