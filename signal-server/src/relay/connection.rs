//! Registration of one socket with the relay.
#![allow(
    clippy::disallowed_methods,
    reason = "a drop guard cannot be given the time"
)]
//!
//! Invariant: dropping the connection undoes the registration in every case.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use relay_core::{
    admission::{AddressKey, SharedAllowance, SharedBuckets},
    frame::Frame,
    rooms::{Loss, SocketId},
};
use signal_protocol::{ClientMessage, DirectedFrame, ServerMessage};

use super::{Handled, JoinAnswered, Origin, Relay};
use crate::{metrics::Metrics, outbox::Outbox};

#[derive(Debug)]
pub(crate) struct Connection {
    relay: Arc<Relay>,
    registration: Registration,
    /// How its socket ended.
    loss: Loss,
}

/// State of a registered socket.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) socket: SocketId,
    pub(super) address: AddressKey,
    /// Token buckets of its networks, shared by their sockets.
    pub(super) messages: SharedBuckets,
    /// Host name that the client used.
    pub(super) host: Option<Box<str>>,
    pub(super) outbox: Arc<Outbox>,
}

impl Connection {
    pub(super) fn new(relay: Arc<Relay>, registration: Registration) -> Self {
        Self {
            relay,
            registration,
            loss: Loss::Broken,
        }
    }

    /// Ends the registration.
    pub(crate) fn disconnect(mut self, loss: Loss) {
        self.loss = loss;
    }

    /// Takes a token from the buckets of each network of the address.
    ///
    /// # Errors
    /// Time until the next token.
    pub(crate) fn take_of_address(
        &self,
        allowance: SharedAllowance,
        now: Instant,
    ) -> Result<(), Duration> {
        let mut buckets = self.registration.messages.iter();
        buckets.try_for_each(|(breadth, bucket)| allowance.take(bucket, *breadth, now))
    }

    pub(crate) fn socket(&self) -> SocketId {
        self.registration.socket
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.registration.outbox
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.relay.metrics()
    }

    /// Returns the pending join that delays the next message, if any.
    pub(crate) fn handle_message(
        &self,
        now: Instant,
        message: ClientMessage,
    ) -> Option<JoinAnswered> {
        let origin = Origin {
            address: self.registration.address,
            host: self.registration.host.as_deref(),
        };
        let Handled {
            answer,
            join_answered,
        } = self
            .relay
            .handle_message(now, self.registration.socket, origin, message);
        if let Some(answer) = answer {
            self.answer(&answer);
        }
        join_answered
    }

    pub(crate) fn handle_directed(&self, now: Instant, directed: DirectedFrame<'_>) {
        if let Some(answer) = self
            .relay
            .handle_directed(now, self.registration.socket, directed)
        {
            self.answer(&answer);
        }
    }

    /// Answers on this socket.
    pub(crate) fn answer(&self, message: &ServerMessage) {
        if let ServerMessage::Error(error) = message {
            self.metrics().errors.count(error.code);
        }
        // A full outbox closes itself: the session ends as too slow.
        self.registration
            .outbox
            .answer(Frame::encode(message))
            .wake();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.relay.disconnect(
            Instant::now(),
            self.registration.socket,
            self.registration.address,
            self.loss,
        );
    }
}
