//! Messages between nodes, as JSON on the channel of each node.
//!
//! Invariant: the Lua scripts write the same fields. Secrets appear only as hashes.

use std::{collections::HashMap, fmt, sync::Arc};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use signal_protocol::{DeviceId, DirectedKind, Email, LeaveReason, MemberId, RoomName, Status};

/// Random name of one run of a relay in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeName(Arc<str>);

/// The shared record of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub id: MemberId,
    /// The owner node: the node of its current or last socket.
    pub node: NodeName,
    /// Join order, from Redis.
    #[serde(default)]
    pub order: u64,
    pub email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    pub token: SecretHash,
    /// Number of takeovers from a failed node, whose backlog was lost.
    #[serde(default)]
    pub takeover_epoch: u32,
    /// Of the secret of its device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<SecretHash>,
    /// Set while the member has no socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<RecordedLoss>,
}

/// A loss, by whether the other members know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedLoss {
    Unannounced,
    Announced,
}

/// SHA-256 of a secret, for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash(String);

/// The backlog of a member that moves to another node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Messages that its socket did not get, in order.
    pub frames: Vec<String>,
    /// Per node: number of the last message that the member received.
    pub received: HashMap<NodeName, u64>,
    /// The backlog of an earlier node follows.
    #[serde(default)]
    pub more: bool,
}

/// Location of the backlog of a member that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BacklogLocation {
    /// The previous node is alive and hands it over.
    PreviousNode,
    /// The previous node stopped and left it in Redis.
    Redis,
    /// Lost with the previous node.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    Full,
    /// The network of the join holds its share of the room.
    ShareFull,
    Passcode,
    /// Too many wrong passcodes.
    PasscodeAttempts,
    /// Not a resume, and the node limits joins from this address.
    RateLimited,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NodeMessage {
    Joined {
        room: RoomName,
        member: Record,
    },
    Left {
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
        /// The new member of the same device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaced_by: Option<MemberId>,
    },
    Changed {
        room: RoomName,
        member: Record,
    },
    /// Another node owns the member.
    Moved {
        room: RoomName,
        member: Record,
    },
    HandedOver {
        room: RoomName,
        id: MemberId,
        handover: Handover,
    },
    /// The complete list of members that the node has in the room.
    Synced {
        room: RoomName,
        node: NodeName,
        members: Vec<Record>,
    },
    Directed(ForwardedMessage),
    /// A forwarded message reached no node, because the member has another owner.
    Misrouted {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// Redis has processed all forward attempts before this barrier.
    FlushBarrier {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// The member received the messages of this node up to `number`.
    Ack {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// The member has a gap in the messages of this node.
    ResendRequest {
        room: RoomName,
        to: MemberId,
    },
    /// The queue of the receiver was full. The node tells the sender.
    ReceiverFull {
        room: RoomName,
        from: MemberId,
        kind: DirectedKind,
    },
    Entered(JoinEntered),
    Resumed(JoinResumed),
    Refused(JoinRefused),
    Snapshot {
        room: RoomName,
        refused: Vec<MemberId>,
        members: Vec<Record>,
    },
}

/// The answer to a join request. It belongs to the socket that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinAnswer {
    Entered(JoinEntered),
    Resumed(JoinResumed),
    Refused(JoinRefused),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinEntered {
    pub request: u64,
    pub room: RoomName,
    pub id: MemberId,
    pub members: Vec<Record>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinResumed {
    pub request: u64,
    pub backlog: BacklogLocation,
    pub room: RoomName,
    pub id: MemberId,
    /// Passcode proof of the room, hashed, or empty.
    pub proof: String,
    pub kept: Option<Handover>,
    pub members: Vec<Record>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRefused {
    pub request: u64,
    pub reason: RefusalReason,
    pub wait_ms: u64,
}

/// A directed message to a remote member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardedMessage {
    pub room: RoomName,
    pub to: MemberId,
    /// The sender's node, which keeps it until it is acknowledged.
    pub node: NodeName,
    /// Sequence number of that node. It only grows.
    pub number: u64,
    /// Number of the previous message to the same member, or 0.
    pub after: u64,
    pub frame: String,
}

impl NodeMessage {
    /// # Errors
    /// The message itself: it is for the rooms.
    #[expect(
        clippy::result_large_err,
        reason = "most messages are for the rooms: a box would allocate for each of them"
    )]
    pub fn into_join_answer(self) -> Result<JoinAnswer, Self> {
        match self {
            Self::Entered(entered) => Ok(JoinAnswer::Entered(entered)),
            Self::Resumed(resumed) => Ok(JoinAnswer::Resumed(resumed)),
            Self::Refused(refused) => Ok(JoinAnswer::Refused(refused)),
            for_rooms @ (Self::Joined { .. }
            | Self::Left { .. }
            | Self::Changed { .. }
            | Self::Moved { .. }
            | Self::HandedOver { .. }
            | Self::Synced { .. }
            | Self::Directed(_)
            | Self::Misrouted { .. }
            | Self::FlushBarrier { .. }
            | Self::Ack { .. }
            | Self::ResendRequest { .. }
            | Self::ReceiverFull { .. }
            | Self::Snapshot { .. }) => Err(for_rooms),
        }
    }
}

impl NodeName {
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<&DeviceId> for SecretHash {
    fn from(device: &DeviceId) -> Self {
        Self::of(device.as_str())
    }
}

impl SecretHash {
    pub fn of(secret: &str) -> Self {
        use fmt::Write;
        let mut hex = String::with_capacity(64);
        for byte in digest(&SHA256, secret.as_bytes()).as_ref() {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    pub fn into_string(self) -> String {
        self.0
    }
}
