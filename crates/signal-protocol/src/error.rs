//! The relay's answer to a message that it cannot carry out.

use serde::{Deserialize, Serialize};

/// The error, stable across versions. The message beside it says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ErrorCode {
    /// Not JSON, not an object, or a field is missing or of the wrong type.
    BadMessage,
    /// The `type` is not one of this protocol.
    UnknownType,
    /// The message needs a room and the socket is in none.
    NotJoined,
    /// The socket is in a room already.
    AlreadyJoined,
    /// The room name is invalid.
    BadRoom,
    /// The email is empty or too long.
    BadEmail,
    /// No member with that id is in the sender's room.
    NoSuchUser,
    /// The room accepts no more members.
    RoomFull,
    /// The proof differs from that of the room's first member.
    WrongPasscode,
    /// Too many messages or attempts.
    RateLimited,
    /// A field is longer than its limit.
    TooLarge,
    /// The relay accepts no more sockets.
    ServerFull,
    /// The relay is about to stop.
    ShuttingDown,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::BadMessage,
        Self::UnknownType,
        Self::NotJoined,
        Self::AlreadyJoined,
        Self::BadRoom,
        Self::BadEmail,
        Self::NoSuchUser,
        Self::RoomFull,
        Self::WrongPasscode,
        Self::RateLimited,
        Self::TooLarge,
        Self::ServerFull,
        Self::ShuttingDown,
    ];

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadMessage => "bad-message",
            Self::UnknownType => "unknown-type",
            Self::NotJoined => "not-joined",
            Self::AlreadyJoined => "already-joined",
            Self::BadRoom => "bad-room",
            Self::BadEmail => "bad-email",
            Self::NoSuchUser => "no-such-user",
            Self::RoomFull => "room-full",
            Self::WrongPasscode => "wrong-passcode",
            Self::RateLimited => "rate-limited",
            Self::TooLarge => "too-large",
            Self::ServerFull => "server-full",
            Self::ShuttingDown => "shutting-down",
        }
    }
}

/// The `error` message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ErrorMessage {
    pub code: ErrorCode,
    /// For people: the cause and the remedy.
    pub message: String,
    /// The `type` of the message that this answers, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}

impl ErrorMessage {
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            about: None,
            retry_after_ms: None,
        }
    }

    /// The same error, as the answer to a message of that `type`.
    #[must_use]
    pub fn about(mut self, kind: &str) -> Self {
        const MAX_CHARS: usize = 64;
        self.about = Some(kind.chars().take(MAX_CHARS).collect());
        self
    }
}
