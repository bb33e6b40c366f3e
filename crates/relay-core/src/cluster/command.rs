//! Commands of a node to Redis.
//!
//! Invariant: commands run in the order in which they were decided. `Sync` restores what a lost
//! connection dropped, so each command but `HandOver` may be dropped. `Sync` runs first, because it
//! removes members that are not in its list.

use signal_protocol::{DirectedKind, LeaveReason, MemberId, ResumeToken, RoomName};

use super::node_message::{ForwardedMessage, Handover, NodeName, Record, SecretHash};
use crate::admission::AddressKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Join(Box<Join>),
    Leave {
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
    },
    /// A changed status or token, or a lost or new socket.
    Update {
        room: RoomName,
        member: Box<Record>,
        /// The token that Redis knows. With another one the member has moved meanwhile, and the
        /// update is void.
        token_before: SecretHash,
    },
    Directed(Box<ForwardAttempt>),
    /// Returns as a node message, after the results of all earlier forward attempts.
    FlushBarrier {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    Ack {
        node: NodeName,
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// Asks that node to send all messages to the member again.
    ResendRequest {
        node: NodeName,
        room: RoomName,
        to: MemberId,
    },
    /// Tells that node that the queue of the receiver was full.
    ReceiverFull {
        node: NodeName,
        room: RoomName,
        from: MemberId,
        kind: DirectedKind,
    },
    HandOver {
        room: RoomName,
        id: MemberId,
        handover: Handover,
        target: HandoverTarget,
    },
    /// All local members of the room, read when the command runs.
    Sync(RoomName),
    Bye,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    pub request: u64,
    pub room: RoomName,
    /// Hashed.
    pub proof: Option<String>,
    pub resume: Option<ResumeToken>,
    /// The record of the new member, if the join does not resume one.
    pub member: Record,
    pub address: AddressKey,
    pub admission: Admission,
}

/// A message, and the node that its sender takes for the owner. Redis delivers it to that node or
/// to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardAttempt {
    pub message: ForwardedMessage,
    pub owner_node: NodeName,
    pub takeover_epoch: u32,
}

/// The receiver of a handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandoverTarget {
    /// The current owner node, which may be this one.
    CurrentOwner,
    /// The next owner node, if this node still owns the member.
    NextOwner,
}

/// The joins that the rate limits of this node admit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Anyone,
    ResumesOnly,
}

/// The local members of one room, for `Sync`.
#[derive(Debug, Default)]
pub struct RoomRecords {
    pub proof: Option<String>,
    pub members: Vec<Record>,
}

impl Command {
    /// Approximate size.
    pub fn bytes(&self) -> usize {
        const FIXED_BYTES: usize = 256;
        match self {
            Self::Directed(attempt) => FIXED_BYTES + attempt.message.frame.len(),
            Self::HandOver { handover, .. } => {
                FIXED_BYTES + handover.frames.iter().map(String::len).sum::<usize>()
            }
            Self::Update { member, .. } => {
                FIXED_BYTES
                    + member
                        .status
                        .as_ref()
                        .map_or(0, |status| status.as_str().len())
            }
            Self::Join(_)
            | Self::Leave { .. }
            | Self::FlushBarrier { .. }
            | Self::Ack { .. }
            | Self::ResendRequest { .. }
            | Self::ReceiverFull { .. }
            | Self::Sync(_)
            | Self::Bye => FIXED_BYTES,
        }
    }
}
