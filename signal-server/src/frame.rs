//! One encoded message on its way to members: encoded once, cheap to clone.
//!
//! Invariant: a directed frame is somebody's and may wait for a lost member; the others are only
//! true for the socket, or at the moment, they were made for.

use std::time::Instant;

use axum::extract::ws::Utf8Bytes;
use signal_protocol::{DirectedFrame, MemberId, ServerMessage};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    kind: FrameKind,
    measured: Measured,
    text: Utf8Bytes,
}

/// What the way of a frame is measured as, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measured {
    Join(Instant),
    Relayed(Instant),
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// What another member sent to this one.
    Directed,
    /// An answer to the socket, or what changed in the room: `participants` tells it again.
    Passing,
}

impl Frame {
    pub(crate) fn encode(message: &ServerMessage) -> Self {
        let kind = match message {
            ServerMessage::Delivered(_) => FrameKind::Directed,
            ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::UserJoined { .. }
            | ServerMessage::UserLeft { .. }
            | ServerMessage::UserStatus { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Error(_) => FrameKind::Passing,
        };
        Self {
            kind,
            measured: Measured::Not,
            text: message.encode().into(),
        }
    }

    /// What `from` says to another member.
    pub(crate) fn directed(directed: DirectedFrame<'_>, from: &MemberId) -> Self {
        Self {
            kind: FrameKind::Directed,
            measured: Measured::Not,
            text: directed.delivered(from).into(),
        }
    }

    /// What another node has made of what a member said.
    pub(crate) fn received(text: String) -> Self {
        Self {
            kind: FrameKind::Directed,
            text: text.into(),
            measured: Measured::Not,
        }
    }

    /// On its way to a socket since then. What had to wait for its member begins anew.
    pub(crate) fn sent_at(mut self, now: Instant) -> Self {
        self.measured = match self.kind {
            FrameKind::Directed => Measured::Relayed(now),
            FrameKind::Passing => self.measured,
        };
        self
    }

    /// The answer to a join that was read then.
    pub(crate) fn answers_join(mut self, read: Instant) -> Self {
        self.measured = Measured::Join(read);
        self
    }

    pub(crate) fn measured(&self) -> Measured {
        self.measured
    }

    pub(crate) fn kind(&self) -> FrameKind {
        self.kind
    }

    pub(crate) fn bytes(&self) -> usize {
        self.text.as_str().len()
    }

    pub(crate) fn into_text(self) -> Utf8Bytes {
        self.text
    }

    pub(crate) fn as_str(&self) -> &str {
        self.text.as_str()
    }
}
