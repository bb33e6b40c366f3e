//! One socket's place in the relay.
#![allow(
    clippy::disallowed_methods,
    reason = "a drop guard cannot be given the time"
)]
//!
//! Invariant: dropping it undoes what connecting did, whatever ended the socket.

use std::{sync::Arc, time::Instant};

use signal_protocol::{ClientMessage, DirectedFrame, ServerMessage};

use super::{Origin, Relay};
use crate::{
    admission::AddressKey, frame::Frame, metrics::Metrics, outbox::Outbox, rooms::SocketId,
};

#[derive(Debug)]
pub(crate) struct Connection {
    relay: Arc<Relay>,
    socket: SocketId,
    address: AddressKey,
    /// What the client has reached us by.
    host: Option<Box<str>>,
    outbox: Arc<Outbox>,
}

impl Connection {
    pub(super) fn new(
        relay: Arc<Relay>,
        socket: SocketId,
        address: AddressKey,
        host: Option<Box<str>>,
        outbox: Arc<Outbox>,
    ) -> Self {
        Self {
            relay,
            socket,
            address,
            host,
            outbox,
        }
    }

    pub(crate) fn socket(&self) -> SocketId {
        self.socket
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.relay.metrics()
    }

    pub(crate) fn handle_message(&self, now: Instant, message: ClientMessage) {
        let origin = Origin {
            address: self.address,
            host: self.host.as_deref(),
        };
        let answer = self.relay.handle_message(now, self.socket, origin, message);
        if let Some(answer) = answer {
            self.answer(&answer);
        }
    }

    pub(crate) fn handle_directed(&self, now: Instant, directed: DirectedFrame<'_>) {
        if let Some(answer) = self.relay.handle_directed(now, self.socket, directed) {
            self.answer(&answer);
        }
    }

    /// Sends to this socket itself.
    pub(crate) fn answer(&self, message: &ServerMessage) {
        if let ServerMessage::Error(error) = message {
            self.metrics().errors.count(error.code);
        }
        // When the outbox is full it has closed itself: the session ends as one that does not read.
        match self.outbox.try_send(Frame::encode(message)) {
            Ok(wake) => wake.wake(),
            Err(not_sent) => not_sent.wake.wake(),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.relay
            .disconnect(Instant::now(), self.socket, self.address);
    }
}
