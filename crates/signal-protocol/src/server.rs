//! Messages from the relay to a client.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DirectedKind, Email, ErrorMessage, MemberId, Payload, ResumeToken, RoomName, Status};

/// Relay → client. A client ignores a type it does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub enum ServerMessage {
    #[serde(rename = "room:joined")]
    RoomJoined(Box<RoomJoined>),
    #[serde(rename = "room:left")]
    RoomLeft,
    #[serde(rename = "user:joined")]
    UserJoined { user: Participant },
    #[serde(rename = "user:left", rename_all = "camelCase")]
    UserLeft {
        id: MemberId,
        reason: LeaveReason,
        /// The member that is about to join from the same device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaced_by: Option<MemberId>,
    },
    /// The member has had no socket for a while.
    #[serde(rename = "user:lost")]
    UserLost { id: MemberId },
    /// It has one again.
    #[serde(rename = "user:back")]
    UserBack { id: MemberId },
    #[serde(rename = "user:status")]
    UserStatus { from: MemberId, status: Status },
    #[serde(rename = "ice:servers", rename_all = "camelCase")]
    IceServers {
        ice_servers: Vec<IceServer>,
        ice_ttl: u32,
    },
    #[serde(rename = "pong")]
    Pong,
    #[serde(rename = "error")]
    Error(ErrorMessage),
    /// A message of another member.
    #[serde(untagged)]
    Delivered(Delivered),
}

impl ServerMessage {
    /// The message as one frame.
    #[must_use]
    pub fn encode(&self) -> String {
        if let Self::Delivered(delivered) = self {
            let payload = delivered.payload.as_token();
            return encode_delivered(delivered.kind, &delivered.from, payload);
        }
        // Strings, numbers and raw JSON only: serialization cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads one frame.
    ///
    /// # Errors
    /// It is no message of this protocol. Ignore it, since newer relays may send more.
    pub fn decode(frame: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(frame)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoomJoined {
    #[serde(rename = "self")]
    pub myself: SelfParticipant,
    pub room: RoomName,
    /// The others, in order of arrival.
    pub participants: Vec<Participant>,
    pub ice_servers: Vec<IceServer>,
    /// Validity of the ICE servers' credentials, in seconds.
    pub ice_ttl: u32,
    pub resume: ResumeToken,
    pub resumed: bool,
    pub limits: RoomLimits,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SelfParticipant {
    pub id: MemberId,
    pub email: Email,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Participant {
    pub id: MemberId,
    pub email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// The member has had no socket for a while. Absent is false.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub lost: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoomLimits {
    pub participants: u32,
    pub message_bytes: u32,
}

/// W3C webrtc-pc's `RTCIceServer`. Logs never contain its credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IceServer")
            .field("urls", &self.urls)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum LeaveReason {
    /// It left.
    Left,
    /// Its socket was lost, and it did not resume within the grace.
    Lost,
    /// The relay removed it.
    Removed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Delivered {
    #[serde(rename = "type")]
    pub kind: DeliveredKind,
    pub from: MemberId,
    #[cfg_attr(test, ts(as = "String"))]
    pub payload: Payload,
}

/// By hand, because the relay does this more often than anything else: the payload is copied once
/// and not read. `payload` must be one valid JSON string token.
pub(crate) fn encode_delivered(kind: DeliveredKind, from: &MemberId, payload: &str) -> String {
    let escaped;
    let plain = from
        .as_str()
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric());
    // Ids from a relay need no escapes.
    let (quote, from) = if plain {
        ("\"", from.as_str())
    } else {
        escaped = serde_json::to_string(from).unwrap_or_default();
        ("", escaped.as_str())
    };
    [
        "{\"type\":\"",
        kind.as_str(),
        "\",\"from\":",
        quote,
        from,
        quote,
        ",\"payload\":",
        payload,
        "}",
    ]
    .concat()
}

/// The relay's view of a directed message in the frame for its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveredFrame<'a> {
    /// As sent.
    pub kind: DirectedKind,
    pub from: &'a str,
}

impl<'a> DeliveredFrame<'a> {
    /// Reads a frame that a relay wrote. `None` for any other.
    #[must_use]
    pub fn read(frame: &'a str) -> Option<Self> {
        let (kind, rest) = frame.strip_prefix("{\"type\":\"")?.split_once('"')?;
        let (from, _) = rest
            .strip_prefix(",\"from\":\"")?
            .split_once("\",\"payload\":")?;
        let is_kind = |known: &DirectedKind| known.delivered().as_str() == kind;
        Some(Self {
            kind: DirectedKind::ALL.into_iter().find(is_kind)?,
            from,
        })
    }
}

/// The `type` of a directed message at its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum DeliveredKind {
    #[serde(rename = "incoming:call")]
    IncomingCall,
    #[serde(rename = "call:accepted")]
    CallAccepted,
    #[serde(rename = "call:declined")]
    CallDeclined,
    #[serde(rename = "call:ended")]
    CallEnded,
    #[serde(rename = "peer:nego:needed")]
    PeerNegoNeeded,
    #[serde(rename = "peer:nego:final")]
    PeerNegoFinal,
    #[serde(rename = "peer:candidate")]
    PeerCandidate,
    #[serde(rename = "user:message")]
    UserMessage,
}

impl DeliveredKind {
    /// The `type` on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IncomingCall => "incoming:call",
            Self::CallAccepted => "call:accepted",
            Self::CallDeclined => "call:declined",
            Self::CallEnded => "call:ended",
            Self::PeerNegoNeeded => "peer:nego:needed",
            Self::PeerNegoFinal => "peer:nego:final",
            Self::PeerCandidate => "peer:candidate",
            Self::UserMessage => "user:message",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivered_frame_has_the_senders_id() {
        for id in ["", "Ab0", "a-b", "\"", "é\\\n"] {
            let delivered = Delivered {
                kind: DeliveredKind::IncomingCall,
                from: MemberId::new(id),
                payload: Payload::from_text("x"),
            };
            let message = ServerMessage::Delivered(delivered);
            assert_eq!(ServerMessage::decode(&message.encode()).ok(), Some(message));
        }
    }

    #[test]
    fn delivered_frame_has_kind_and_sender() {
        for kind in DirectedKind::ALL {
            let frame = encode_delivered(kind.delivered(), &MemberId::new("Ab0"), "\"x\"");
            let read = DeliveredFrame::read(&frame);
            assert_eq!(read, Some(DeliveredFrame { kind, from: "Ab0" }));
        }
        for frame in [
            "",
            "{}",
            "{\"type\":\"pong\"}",
            "{\"type\":\"error\",\"from\":\"a\"}",
        ] {
            assert_eq!(DeliveredFrame::read(frame), None, "{frame}");
        }
    }
}
