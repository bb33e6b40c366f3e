//! TURN connection: joins the transport to the server, the client protocol and the clock.
//!
//! Invariant: sending never waits. A packet that the transport does not take at once is dropped and
//! counted.

use std::{future::pending, io, net::SocketAddr, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};
use tracing::debug;

use crate::{
    now,
    server::Credentials,
    transport::ServerTransport,
    turn::{Output, Sent, TurnClient},
};

/// Time for the server to answer the release.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(1);

/// One allocation on one transport. It lives as long as [`TurnConnection::next`] is awaited again
/// and again.
#[derive(Debug)]
pub struct TurnConnection {
    transport: ServerTransport,
    client: TurnClient,
    /// Dropped packets since the last [`TurnConnection::take_dropped`].
    dropped: u64,
}

impl TurnConnection {
    /// Requests an allocation. [`TurnConnection::next`] returns the result. `local` is the local
    /// address of the transport.
    #[must_use]
    pub fn open(
        transport: ServerTransport,
        local: SocketAddr,
        server: SocketAddr,
        credentials: &Credentials,
    ) -> Self {
        let client = TurnClient::new(transport.framing(), local, server, credentials, now());
        Self {
            transport,
            client,
            dropped: 0,
        }
    }

    /// Queues a packet; never waits. `source` is one of the relayed transport addresses. The packet
    /// leaves while [`TurnConnection::next`] is awaited.
    pub fn send(&mut self, source: SocketAddr, peer: SocketAddr, bytes: &[u8]) -> Sent {
        self.client.handle_send(source, peer, bytes, now())
    }

    /// Sends and receives until the next output. Cancel safe.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn next(&mut self) -> io::Result<Output> {
        loop {
            while let Some(output) = self.client.poll_output() {
                match output {
                    Output::Transmit(bytes) => match self.transport.try_send(&bytes) {
                        Sent::Taken => {}
                        Sent::Dropped => self.dropped += 1,
                    },
                    Output::Allocated(_)
                    | Output::Refused(_)
                    | Output::PeerRefused { .. }
                    | Output::Received { .. }
                    | Output::Ended => return Ok(output),
                }
            }
            let due = self.client.poll_timeout(now());
            tokio::select! {
                frame = self.transport.receive() => self.client.handle_input(&frame?, now()),
                () = reached(due) => self.client.handle_timeout(now()),
            }
        }
    }

    /// Packets that the transport dropped since the last call.
    pub fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }

    /// Releases the allocation and waits for the server's response.
    pub async fn release(mut self) {
        self.client.release(now());
        let released = timeout(RELEASE_TIMEOUT, async {
            loop {
                match self.next().await {
                    Ok(Output::Ended) | Err(_) => return,
                    Ok(_) => {}
                }
            }
        });
        if released.await.is_err() {
            debug!("the TURN server did not answer the release");
        }
        let _ = timeout(RELEASE_TIMEOUT, self.transport.close()).await;
    }
}

/// Waits until `due`. Never returns without one.
async fn reached(due: Option<std::time::Instant>) {
    match due {
        Some(due) => sleep_until(Instant::from_std(due)).await,
        None => pending().await,
    }
}
