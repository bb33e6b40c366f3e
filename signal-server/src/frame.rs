//! One encoded message on its way to members: encoded once, cheap to clone.
//!
//! Invariant: a directed frame is somebody's and may wait for a lost member; the others are only
//! true for the socket, or at the moment, they were made for.

use std::{
    hash::{Hash, Hasher},
    time::Instant,
};

use rustc_hash::FxHasher;
use signal_protocol::{DeliveredFrame, DirectedFrame, MemberId, ServerMessage};
use tokio_tungstenite::tungstenite::Utf8Bytes;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    kind: FrameKind,
    charged: Charged,
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

/// Whose a frame is, and of a directed one whose share of a queue it takes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charged {
    To(SenderKey),
    /// The relay's own, or taken on already: it was charged when it came.
    Nobody,
}

/// Tells the members of a room apart. Relays draw ids, so two of one key are not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SenderKey(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// What another member sent to this one.
    Directed,
    /// A member's status: a newer one of the same member makes it void.
    Status,
    /// A member has come into the room.
    Joined,
    /// A member has gone; who has not heard that it came need not hear this.
    Left,
    /// An answer to the socket, or what changed in the room: `participants` tells it again.
    Passing,
}

impl SenderKey {
    pub(crate) fn new(id: &str) -> Self {
        let mut hasher = FxHasher::default();
        id.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Frame {
    pub(crate) fn encode(message: &ServerMessage) -> Self {
        let (kind, charged) = match message {
            ServerMessage::Delivered(delivered) => (
                FrameKind::Directed,
                Charged::To(SenderKey::new(delivered.from.as_str())),
            ),
            ServerMessage::UserStatus { from, .. } => (
                FrameKind::Status,
                Charged::To(SenderKey::new(from.as_str())),
            ),
            ServerMessage::UserJoined { user } => (
                FrameKind::Joined,
                Charged::To(SenderKey::new(user.id.as_str())),
            ),
            ServerMessage::UserLeft { id, .. } => {
                (FrameKind::Left, Charged::To(SenderKey::new(id.as_str())))
            }
            ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Error(_) => (FrameKind::Passing, Charged::Nobody),
        };
        Self {
            kind,
            charged,
            measured: Measured::Not,
            text: message.encode().into(),
        }
    }

    /// What `from` says to another member.
    pub(crate) fn directed(directed: DirectedFrame<'_>, from: &MemberId) -> Self {
        Self {
            kind: FrameKind::Directed,
            charged: Charged::To(SenderKey::new(from.as_str())),
            measured: Measured::Not,
            text: directed.delivered(from).into(),
        }
    }

    /// What another node has made of what a member said.
    pub(crate) fn received(text: String) -> Self {
        let from = DeliveredFrame::read(&text).map_or("", |delivered| delivered.from);
        Self {
            kind: FrameKind::Directed,
            charged: Charged::To(SenderKey::new(from)),
            text: text.into(),
            measured: Measured::Not,
        }
    }

    /// It has been taken on for its receiver, and its sender has been told nothing else.
    pub(crate) fn taken_on(mut self) -> Self {
        self.charged = Charged::Nobody;
        self
    }

    /// On its way to a socket since then. What had to wait for its member begins anew.
    pub(crate) fn sent_at(mut self, now: Instant) -> Self {
        self.measured = match self.kind {
            FrameKind::Directed => Measured::Relayed(now),
            FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Passing => {
                self.measured
            }
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

    pub(crate) fn charged(&self) -> Charged {
        self.charged
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
