//! Messages to other members, queued while the connection is lost.
//!
//! Invariant: at most [`MAX_MESSAGES`] messages in send order. A full outbox drops the oldest: a
//! newer offer or candidate replaces it.

use std::collections::VecDeque;

use signal_protocol::{ClientMessage, Directed};

const MAX_MESSAGES: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Directed>,
}

impl Outbox {
    pub(super) fn push(&mut self, message: Directed) {
        if self.messages.len() == MAX_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    pub(super) fn drain_all(&mut self) -> Vec<ClientMessage> {
        self.messages
            .drain(..)
            .map(ClientMessage::Directed)
            .collect()
    }

    pub(super) fn clear(&mut self) {
        self.messages.clear();
    }
}
