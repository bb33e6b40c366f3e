//! One encoded message for members: encoded once, cheap to clone.
//!
//! Invariant: a directed frame belongs to its receiver and may wait in a backlog. Any other frame
//! is valid only for its socket, or only now.

use std::{
    hash::{Hash, Hasher},
    time::Instant,
};

use rustc_hash::FxHasher;
use signal_protocol::{DeliveredFrame, DirectedFrame, MemberId, ServerMessage};
use tungstenite::Utf8Bytes;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    kind: FrameKind,
    queue_share: QueueShare,
    measured: Measured,
    text: Utf8Bytes,
}

/// The latency histogram that a frame counts in, and its start time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    Join(Instant),
    Relayed(Instant),
    Not,
}

/// The sender whose queue share a frame uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueShare {
    Sender(SenderKey),
    /// A frame of the relay, or one that was counted before.
    Exempt,
}

/// Hash of a member id. Ids are random, so collisions do not occur in practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderKey(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// A message from another member.
    Directed,
    /// A status. A newer one of the same member replaces it.
    Status,
    /// A member joined.
    Joined,
    /// A member left. Redundant if its join was not sent.
    Left,
    /// An answer to the socket, or a change that `participants` repeats.
    Transient,
}

impl SenderKey {
    pub fn new(id: &str) -> Self {
        let mut hasher = FxHasher::default();
        id.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Frame {
    pub fn encode(message: &ServerMessage) -> Self {
        let (kind, queue_share) = match message {
            ServerMessage::Delivered(delivered) => (
                FrameKind::Directed,
                QueueShare::Sender(SenderKey::new(delivered.from.as_str())),
            ),
            ServerMessage::UserStatus { from, .. } => (
                FrameKind::Status,
                QueueShare::Sender(SenderKey::new(from.as_str())),
            ),
            ServerMessage::UserJoined { user } => (
                FrameKind::Joined,
                QueueShare::Sender(SenderKey::new(user.id.as_str())),
            ),
            ServerMessage::UserLeft { id, .. } => (
                FrameKind::Left,
                QueueShare::Sender(SenderKey::new(id.as_str())),
            ),
            ServerMessage::UserLost { id } | ServerMessage::UserBack { id } => (
                FrameKind::Transient,
                QueueShare::Sender(SenderKey::new(id.as_str())),
            ),
            ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Error(_) => (FrameKind::Transient, QueueShare::Exempt),
        };
        Self {
            kind,
            queue_share,
            measured: Measured::Not,
            text: message.encode().into(),
        }
    }

    /// A message of `from` to another member.
    pub fn directed(directed: DirectedFrame<'_>, from: &MemberId) -> Self {
        Self {
            kind: FrameKind::Directed,
            queue_share: QueueShare::Sender(SenderKey::new(from.as_str())),
            measured: Measured::Not,
            text: directed.delivered(from).into(),
        }
    }

    /// A frame that another node encoded.
    pub fn received(text: String) -> Self {
        let from = DeliveredFrame::read(&text).map_or("", |delivered| delivered.from);
        Self {
            kind: FrameKind::Directed,
            queue_share: QueueShare::Sender(SenderKey::new(from)),
            text: text.into(),
            measured: Measured::Not,
        }
    }

    /// The frame no longer counts against its sender, because the relay has accepted it.
    pub fn exempt(mut self) -> Self {
        self.queue_share = QueueShare::Exempt;
        self
    }

    /// Starts the latency measurement. The time in a backlog does not count.
    pub fn sent_at(mut self, now: Instant) -> Self {
        self.measured = match self.kind {
            FrameKind::Directed => Measured::Relayed(now),
            FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient => {
                self.measured
            }
        };
        self
    }

    /// Marks the answer to a join that was read at this time.
    pub fn answers_join(mut self, read: Instant) -> Self {
        self.measured = Measured::Join(read);
        self
    }

    pub fn measured(&self) -> Measured {
        self.measured
    }

    pub fn queue_share(&self) -> QueueShare {
        self.queue_share
    }

    pub fn kind(&self) -> FrameKind {
        self.kind
    }

    pub fn bytes(&self) -> usize {
        self.text.as_str().len()
    }

    pub fn into_text(self) -> Utf8Bytes {
        self.text
    }

    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }
}
