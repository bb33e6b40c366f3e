//! Messages from a client to the relay, and how the relay reads them.
//!
//! Invariant: each error of `decode` is the `error` message that answers the frame. `decode` never
//! decodes a payload.

mod directed;
mod string_token;

pub use directed::DirectedFrame;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    DeliveredKind, DeviceId, Email, ErrorCode, ErrorMessage, MemberId, Payload, ResumeToken,
    RoomName, Status, limits,
};

/// Client → relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ClientMessage {
    #[serde(rename = "room:join")]
    RoomJoin(RoomJoin),
    #[serde(rename = "room:leave")]
    RoomLeave,
    #[serde(rename = "user:status")]
    UserStatus { status: Status },
    #[serde(rename = "ice:refresh")]
    IceRefresh,
    #[serde(rename = "ping")]
    Ping,
    /// A message to one other member, which the relay forwards unchanged.
    #[serde(untagged)]
    Directed(Directed),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct RoomJoin {
    pub room: RoomName,
    pub email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Derived from the room's passcode; must equal that of the first member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<ResumeToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Directed {
    #[serde(rename = "type")]
    pub kind: DirectedKind,
    pub to: MemberId,
    #[cfg_attr(test, ts(as = "String"))]
    pub payload: Payload,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum DirectedKind {
    /// Rings a member.
    #[serde(rename = "user:call")]
    UserCall,
    #[serde(rename = "call:accepted")]
    CallAccepted,
    #[serde(rename = "call:declined")]
    CallDeclined,
    #[serde(rename = "call:ended")]
    CallEnded,
    /// A new offer inside a call.
    #[serde(rename = "peer:nego:needed")]
    PeerNegoNeeded,
    /// The answer to it.
    #[serde(rename = "peer:nego:done")]
    PeerNegoDone,
    /// A trickled ICE candidate.
    #[serde(rename = "peer:candidate")]
    PeerCandidate,
    /// What members say to each other besides calls.
    #[serde(rename = "user:message")]
    UserMessage,
}

impl DirectedKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::UserCall,
        Self::CallAccepted,
        Self::CallDeclined,
        Self::CallEnded,
        Self::PeerNegoNeeded,
        Self::PeerNegoDone,
        Self::PeerCandidate,
        Self::UserMessage,
    ];

    /// The `type` on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCall => "user:call",
            Self::CallAccepted => "call:accepted",
            Self::CallDeclined => "call:declined",
            Self::CallEnded => "call:ended",
            Self::PeerNegoNeeded => "peer:nego:needed",
            Self::PeerNegoDone => "peer:nego:done",
            Self::PeerCandidate => "peer:candidate",
            Self::UserMessage => "user:message",
        }
    }

    /// The `type` under which the other member gets it.
    #[must_use]
    pub const fn delivered(self) -> DeliveredKind {
        match self {
            Self::UserCall => DeliveredKind::IncomingCall,
            Self::CallAccepted => DeliveredKind::CallAccepted,
            Self::CallDeclined => DeliveredKind::CallDeclined,
            Self::CallEnded => DeliveredKind::CallEnded,
            Self::PeerNegoNeeded => DeliveredKind::PeerNegoNeeded,
            Self::PeerNegoDone => DeliveredKind::PeerNegoFinal,
            Self::PeerCandidate => DeliveredKind::PeerCandidate,
            Self::UserMessage => DeliveredKind::UserMessage,
        }
    }

    fn from_str(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == kind)
    }
}

/// All fields of all client messages, each unparsed. One pass over the frame fills it. Each message
/// parses only its own fields, so others are ignored.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    to: Option<&'a RawValue>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
    #[serde(borrow)]
    room: Option<&'a RawValue>,
    #[serde(borrow)]
    email: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    proof: Option<&'a RawValue>,
    #[serde(borrow)]
    resume: Option<&'a RawValue>,
    #[serde(borrow)]
    device: Option<&'a RawValue>,
}

impl ClientMessage {
    /// Reads one frame.
    ///
    /// # Errors
    /// The `error` message that answers it.
    pub fn decode(frame: &str) -> Result<Self, ErrorMessage> {
        match DirectedFrame::read(frame) {
            Some(directed) => Ok(Self::Directed(directed.into_message())),
            None => Self::decode_general(frame),
        }
    }

    pub(crate) fn decode_general(frame: &str) -> Result<Self, ErrorMessage> {
        // The derived reader would also accept an array of the fields.
        if !frame.trim_ascii_start().starts_with('{') {
            return Err(no_message("it does not start with `{`"));
        }
        let envelope: Envelope<'_> =
            serde_json::from_str(frame).map_err(|error| no_message(&error.to_string()))?;
        let kind = envelope.kind.clone();
        envelope.into_message().map_err(|error| error.about(&kind))
    }

    /// The message as one frame.
    #[must_use]
    pub fn encode(&self) -> String {
        // Strings, numbers and raw JSON only: serialization cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Envelope<'_> {
    fn into_message(self) -> Result<ClientMessage, ErrorMessage> {
        match self.kind.as_ref() {
            "room:join" => self.into_join().map(ClientMessage::RoomJoin),
            "room:leave" => Ok(ClientMessage::RoomLeave),
            "user:status" => {
                let status = required("status", self.status)?;
                Ok(ClientMessage::UserStatus {
                    status: Status::parse(&status)?,
                })
            }
            "ice:refresh" => Ok(ClientMessage::IceRefresh),
            "ping" => Ok(ClientMessage::Ping),
            other => {
                let kind = DirectedKind::from_str(other).ok_or_else(unknown_type)?;
                let to = required("to", self.to)?;
                let raw = self.payload.ok_or_else(|| missing("payload"))?;
                let payload = Payload::from_raw(raw).ok_or_else(|| not_a_string("payload"))?;
                Ok(ClientMessage::Directed(Directed {
                    kind,
                    to: MemberId::new(&to),
                    payload,
                }))
            }
        }
    }

    fn into_join(self) -> Result<RoomJoin, ErrorMessage> {
        let status = optional("status", self.status)?;
        let device = optional("device", self.device)?;
        Ok(RoomJoin {
            room: RoomName::parse(&required("room", self.room)?)?,
            email: Email::parse(&required("email", self.email)?)?,
            status: status.as_deref().map(Status::parse).transpose()?,
            proof: secret("proof", self.proof)?.map(Cow::into_owned),
            resume: secret("resume", self.resume)?
                .as_deref()
                .map(ResumeToken::new),
            device: device.as_deref().map(DeviceId::parse).transpose()?,
        })
    }
}

fn required<'a>(name: &str, raw: Option<&'a RawValue>) -> Result<Cow<'a, str>, ErrorMessage> {
    optional(name, raw)?.ok_or_else(|| missing(name))
}

fn optional<'a>(
    name: &str,
    raw: Option<&'a RawValue>,
) -> Result<Option<Cow<'a, str>>, ErrorMessage> {
    raw.map(|raw| serde_json::from_str::<Text<'a>>(raw.get()))
        .transpose()
        .map(|text| text.map(|text| text.0))
        .map_err(|_| not_a_string(name))
}

fn secret<'a>(name: &str, raw: Option<&'a RawValue>) -> Result<Option<Cow<'a, str>>, ErrorMessage> {
    let text = optional(name, raw)?;
    if text
        .as_ref()
        .is_some_and(|text| text.len() > limits::SECRET_BYTES)
    {
        return Err(ErrorMessage::new(
            ErrorCode::TooLarge,
            format!("`{name}` is at most {} bytes.", limits::SECRET_BYTES),
        ));
    }
    Ok(text)
}

/// A string, borrowed from the frame unless it contains an escape.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn no_message(problem: &str) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::BadMessage,
        format!("Send one JSON object with a `type`: {problem}."),
    )
}

fn unknown_type() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::UnknownType,
        "This relay does not know that message type; it speaks snug.v1.",
    )
}

fn missing(field: &str) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::BadMessage,
        format!("The field `{field}` is missing."),
    )
}

fn not_a_string(field: &str) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::BadMessage,
        format!("The field `{field}` must be a string."),
    )
}
