//! A connection to a TURN server and what is spoken on it: joins the wire, the protocol and the
//! clock.
//!
//! Invariant: sending never waits; what the wire does not take at once is counted.

use std::{future::pending, io, net::SocketAddr, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};
use tracing::debug;

use crate::{
    now,
    server::Credentials,
    turn::{Output, Sent, Turn},
    wire::Wire,
};

/// How long a server gets to answer the goodbye.
const RELEASE_WITHIN: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Link {
    wire: Wire,
    turn: Turn,
    /// Packets the wire did not take, not counted yet.
    dropped: u64,
}

impl Link {
    /// Asks for an allocation; [`Link::next`] tells how that went. `local` is the wire's address
    /// here.
    #[must_use]
    pub fn open(
        wire: Wire,
        local: SocketAddr,
        server: SocketAddr,
        credentials: &Credentials,
    ) -> Self {
        let turn = Turn::new(wire.carriage(), local, server, credentials, now());
        Self {
            wire,
            turn,
            dropped: 0,
        }
    }

    /// Never waits. `source` is one of the relayed addresses; goes out while [`Link::next`] is
    /// awaited.
    pub fn send(&mut self, source: SocketAddr, peer: SocketAddr, bytes: &[u8]) -> Sent {
        self.turn.handle_send(source, peer, bytes, now())
    }

    /// What the protocol tells next; sends, receives and waits until then. May be given up at the
    /// await and asked again.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn next(&mut self) -> io::Result<Output> {
        loop {
            while let Some(output) = self.turn.poll_output() {
                match output {
                    Output::Transmit(bytes) => match self.wire.try_send(&bytes) {
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
            let due = self.turn.poll_timeout(now());
            tokio::select! {
                frame = self.wire.receive() => self.turn.handle_input(&frame?, now()),
                () = reached(due) => self.turn.handle_timeout(now()),
            }
        }
    }

    /// Packets the wire did not take since this was last asked.
    pub fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }

    /// Gives the allocation back, and waits for the server to say so.
    pub async fn release(mut self) {
        self.turn.release(now());
        let released = timeout(RELEASE_WITHIN, async {
            loop {
                match self.next().await {
                    Ok(Output::Ended) | Err(_) => return,
                    Ok(_) => {}
                }
            }
        });
        if released.await.is_err() {
            debug!("a relay did not answer the goodbye");
        }
        let _ = timeout(RELEASE_WITHIN, self.wire.close()).await;
    }
}

/// Never, where there is nothing to wait for.
async fn reached(due: Option<std::time::Instant>) {
    match due {
        Some(due) => sleep_until(Instant::from_std(due)).await,
        None => pending().await,
    }
}
