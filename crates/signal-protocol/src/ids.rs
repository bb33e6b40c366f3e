//! Names and secrets in messages, each checked once where it enters.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, ErrorMessage, limits};

/// The id of a member: chosen by the relay, unguessable, valid in its room only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
pub struct MemberId(Arc<str>);

impl MemberId {
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The secret with which a lost member resumes. It is valid once.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
pub struct ResumeToken(Arc<str>);

impl ResumeToken {
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ResumeToken(…)")
    }
}

/// The secret that a device sends with each of its joins, 16 to 64 bytes. Others never see it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
pub struct DeviceId(Arc<str>);

impl DeviceId {
    /// # Errors
    /// `too-large`, or `bad-message` if it is too short to be a secret.
    pub fn parse(text: &str) -> Result<Self, ErrorMessage> {
        let code = match text.len() {
            length if limits::DEVICE_BYTES.contains(&length) => return Ok(Self(text.into())),
            length if length > *limits::DEVICE_BYTES.end() => ErrorCode::TooLarge,
            _ => ErrorCode::BadMessage,
        };
        let message = "`device` has 16 to 64 bytes; send a random one, or none.";
        Err(ErrorMessage::new(code, message))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DeviceId(…)")
    }
}

/// A room's name: 1–128 of `A-Z a-z 0-9 _ - .`, and not `.` or `..`, which no link can carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
pub struct RoomName(Arc<str>);

impl RoomName {
    /// # Errors
    /// `bad-room`, with the allowed form.
    pub fn parse(text: &str) -> Result<Self, ErrorMessage> {
        let right_size = (1..=limits::ROOM_CHARS).contains(&text.len());
        let right_letters = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if !right_size || !right_letters || text == "." || text == ".." {
            return Err(ErrorMessage::new(
                ErrorCode::BadRoom,
                "A room number is 1 to 128 letters, digits, dots, dashes or underscores.",
            ));
        }
        Ok(Self(text.into()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for RoomName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.message)
    }
}

impl From<RoomName> for String {
    fn from(room: RoomName) -> Self {
        room.0.as_ref().into()
    }
}

/// A name for others, 1–512 bytes. It is not verified and may be sealed, so it proves nothing.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
pub struct Email(Arc<str>);

impl Email {
    /// # Errors
    /// `bad-email`, with the allowed form.
    pub fn parse(text: &str) -> Result<Self, ErrorMessage> {
        if (1..=limits::EMAIL_BYTES).contains(&text.len()) {
            return Ok(Self(text.into()));
        }
        Err(ErrorMessage::new(
            ErrorCode::BadEmail,
            "Enter an email of at most 512 bytes; others see it as your name.",
        ))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(…)")
    }
}

impl TryFrom<String> for Email {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.message)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0.as_ref().into()
    }
}

/// A member's state for all others in the room, up to 2 KiB. The relay keeps it and never reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
pub struct Status(Arc<str>);

impl Status {
    /// # Errors
    /// `too-large`.
    pub fn parse(text: &str) -> Result<Self, ErrorMessage> {
        if text.len() <= limits::STATUS_BYTES {
            return Ok(Self(text.into()));
        }
        Err(ErrorMessage::new(
            ErrorCode::TooLarge,
            "A status is at most 2 KiB; send a shorter one.",
        ))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Status {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.message)
    }
}

impl From<Status> for String {
    fn from(status: Status) -> Self {
        status.0.as_ref().into()
    }
}
