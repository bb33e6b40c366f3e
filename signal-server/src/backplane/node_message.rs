//! Messages between nodes, as JSON on the channel of each node.
//!
//! Invariant: the Lua scripts write the same fields. Secrets appear only as hashes.

use std::{collections::HashMap, fmt, sync::Arc};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use signal_protocol::{DirectedKind, Email, LeaveReason, MemberId, RoomName, Status};

/// Random name of one run of a relay in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NodeName(Arc<str>);

/// The shared record of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: MemberId,
    /// The owner node: the node of its current or last socket.
    pub(crate) node: NodeName,
    /// Join order, from Redis.
    #[serde(default)]
    pub(crate) order: u64,
    pub(crate) email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    pub(crate) token: SecretHash,
    /// Number of takeovers from a failed node, whose backlog was lost.
    #[serde(default)]
    pub(crate) takeover_epoch: u32,
}

/// SHA-256 of a secret, for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretHash(String);

/// The backlog of a member that moves to another node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handover {
    /// Messages that its socket did not get, in order.
    pub(crate) frames: Vec<String>,
    /// Per node: number of the last message that the member received.
    pub(crate) received: HashMap<NodeName, u64>,
    /// The backlog of an earlier node follows.
    #[serde(default)]
    pub(crate) more: bool,
}

/// Location of the backlog of a member that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BacklogLocation {
    /// The previous node is alive and hands it over.
    PreviousNode,
    /// The previous node stopped and left it in Redis.
    Redis,
    /// Lost with the previous node.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RefusalReason {
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
pub(crate) enum NodeMessage {
    Joined {
        room: RoomName,
        member: Record,
    },
    Left {
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
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
    /// Answers to join requests.
    Entered {
        request: u64,
        room: RoomName,
        id: MemberId,
        members: Vec<Record>,
    },
    Resumed {
        request: u64,
        backlog: BacklogLocation,
        room: RoomName,
        id: MemberId,
        /// Passcode proof of the room, hashed, or empty.
        proof: String,
        kept: Option<Handover>,
        members: Vec<Record>,
    },
    Refused {
        request: u64,
        reason: RefusalReason,
        wait_ms: u64,
    },
    Snapshot {
        room: RoomName,
        refused: Vec<MemberId>,
        members: Vec<Record>,
    },
}

/// A directed message to a remote member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ForwardedMessage {
    pub(crate) room: RoomName,
    pub(crate) to: MemberId,
    /// The sender's node, which keeps it until it is acknowledged.
    pub(crate) node: NodeName,
    /// Sequence number of that node. It only grows.
    pub(crate) number: u64,
    /// Number of the previous message to the same member, or 0.
    pub(crate) after: u64,
    pub(crate) frame: String,
}

impl NodeName {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl SecretHash {
    pub(crate) fn of(secret: &str) -> Self {
        use fmt::Write;
        let mut hex = String::with_capacity(64);
        for byte in digest(&SHA256, secret.as_bytes()).as_ref() {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

pub(crate) fn json(value: &impl Serialize) -> String {
    // Strings and numbers only: serialising them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}
