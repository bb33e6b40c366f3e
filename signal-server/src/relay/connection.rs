//! One socket's place in the relay.
#![allow(
    clippy::disallowed_methods,
    reason = "a drop guard cannot be given the time"
)]
//!
//! Invariant: dropping it undoes what connecting did, whatever ended the socket.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use signal_protocol::{ClientMessage, DirectedFrame, ServerMessage};

use super::{Asked, Handled, Origin, Relay};
use crate::{
    admission::{AddressKey, SharedAllowance, SharedBuckets},
    frame::Frame,
    metrics::Metrics,
    outbox::Outbox,
    rooms::SocketId,
};

#[derive(Debug)]
pub(crate) struct Connection {
    relay: Arc<Relay>,
    place: Place,
}

/// What a socket was given when it was taken.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) socket: SocketId,
    pub(super) address: AddressKey,
    /// Shared by the sockets of each of its networks.
    pub(super) messages: SharedBuckets,
    /// What the client has reached us by.
    pub(super) host: Option<Box<str>>,
    pub(super) outbox: Arc<Outbox>,
}

impl Connection {
    pub(super) fn new(relay: Arc<Relay>, place: Place) -> Self {
        Self { relay, place }
    }

    /// Counts a message against what the sockets of its address may send together, and those of
    /// the wider networks.
    ///
    /// # Errors
    /// How long until they may send again.
    pub(crate) fn take_of_address(
        &self,
        allowance: SharedAllowance,
        now: Instant,
    ) -> Result<(), Duration> {
        let mut buckets = self.place.messages.iter();
        buckets.try_for_each(|(breadth, bucket)| bucket.take(allowance, *breadth, now))
    }

    pub(crate) fn socket(&self) -> SocketId {
        self.place.socket
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.place.outbox
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.relay.metrics()
    }

    /// Answers for what is to be waited before the next message, if for anything.
    pub(crate) fn handle_message(&self, now: Instant, message: ClientMessage) -> Option<Asked> {
        let origin = Origin {
            address: self.place.address,
            host: self.place.host.as_deref(),
        };
        let Handled { answer, asked } =
            self.relay
                .handle_message(now, self.place.socket, origin, message);
        if let Some(answer) = answer {
            self.answer(&answer);
        }
        asked
    }

    pub(crate) fn handle_directed(&self, now: Instant, directed: DirectedFrame<'_>) {
        if let Some(answer) = self.relay.handle_directed(now, self.place.socket, directed) {
            self.answer(&answer);
        }
    }

    /// Sends to this socket itself.
    pub(crate) fn answer(&self, message: &ServerMessage) {
        if let ServerMessage::Error(error) = message {
            self.metrics().errors.count(error.code);
        }
        // When the outbox is full it has closed itself: the session ends as one that does not read.
        self.place.outbox.answer(Frame::encode(message)).wake();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.relay
            .disconnect(Instant::now(), self.place.socket, self.place.address);
    }
}
