//! What nodes tell each other, as JSON on each node's own channel.
//!
//! Invariant: the scripts write these too, so a field here is a field there. Of secrets only
//! hashes stand in it.

use std::{collections::HashMap, fmt, sync::Arc};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use signal_protocol::{DirectedKind, Email, LeaveReason, MemberId, RoomName, Status};

/// One run of a relay that shares its rooms: drawn at its start, unlike any other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NodeName(Arc<str>);

/// A member as all nodes know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: MemberId,
    /// Where its socket is, or was when it was lost.
    pub(crate) node: NodeName,
    /// Of arrival; given by Redis.
    #[serde(default)]
    pub(crate) order: u64,
    pub(crate) email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    pub(crate) token: SecretHash,
    /// How often it was taken over from a node that was away, and with it what it had.
    #[serde(default)]
    pub(crate) breaks: u32,
}

/// Enough to know a secret again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretHash(String);

/// What a node holds for a member that another node takes over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handover {
    /// Sent to the member and not yet to its socket, in order.
    pub(crate) frames: Vec<String>,
    /// Up to which message of each node those were.
    pub(crate) heard: HashMap<NodeName, u64>,
    /// What the node before that one holds comes behind it.
    #[serde(default)]
    pub(crate) more: bool,
}

/// What becomes of that which the member's node before held for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum How {
    /// That node is there and hands it over.
    Asked,
    /// That node has ended and left it with Redis.
    Kept,
    /// That node is away, and it with it.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Why {
    Full,
    /// The network it came from has its share of the room.
    ShareFull,
    Passcode,
    /// Too many wrong ones.
    Guesses,
    /// It came back to nothing, and nobody new is let in from its address.
    Held,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub(crate) enum Note {
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
    /// It is another node's now.
    Moved {
        room: RoomName,
        member: Record,
    },
    HandedOver {
        room: RoomName,
        id: MemberId,
        handover: Handover,
    },
    /// Exactly these of the room are that node's.
    Synced {
        room: RoomName,
        node: NodeName,
        members: Vec<Record>,
    },
    Directed(Parcel),
    /// That message of this node went to nobody: the member was no longer where it was sent.
    Astray {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// What this node had sent to the member before it asked has gone where it went.
    Fenced {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// The member has got what that node sent to it, up to there.
    Heard {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// Something is missing of what that node sends to the member.
    Again {
        room: RoomName,
        to: MemberId,
    },
    /// What a member of that node said found no room at its receiver's. Its sender is told.
    NotTaken {
        room: RoomName,
        from: MemberId,
        kind: DirectedKind,
    },
    /// Answers to what this node asked for.
    Entered {
        request: u64,
        room: RoomName,
        id: MemberId,
        members: Vec<Record>,
    },
    Resumed {
        request: u64,
        how: How,
        room: RoomName,
        id: MemberId,
        /// Of the room: a hash, or nothing.
        proof: String,
        kept: Option<Handover>,
        members: Vec<Record>,
    },
    Refused {
        request: u64,
        why: Why,
        wait_ms: u64,
    },
    Snapshot {
        room: RoomName,
        refused: Vec<MemberId>,
        members: Vec<Record>,
    },
}

/// A message on its way to a member on another node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parcel {
    pub(crate) room: RoomName,
    pub(crate) to: MemberId,
    /// Who keeps it until it is heard.
    pub(crate) node: NodeName,
    /// Of that node's messages; they only grow.
    pub(crate) number: u64,
    /// The one to the same member that must have come before, or 0.
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
