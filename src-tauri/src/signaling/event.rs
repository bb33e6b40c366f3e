//! Signaling events for the page.
//!
//! Invariant: the resume token never leaves Rust; a `room:joined` passes with an empty one.

use serde::Serialize;
use signal_protocol::{ResumeToken, ServerMessage};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SignalingEvent {
    Connecting,
    Connected,
    /// Lost; the shell reconnects.
    Waiting {
        message: String,
    },
    /// Ended, until the person joins again.
    Failed {
        field: Field,
        message: String,
    },
    Message {
        #[cfg_attr(test, ts(type = "ServerMessage"))]
        message: ServerMessage,
    },
}

/// The input field that shows the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Field {
    Email,
    Room,
    Relay,
}

impl SignalingEvent {
    pub(super) fn failed(field: Field, message: impl Into<String>) -> Self {
        Self::Failed {
            field,
            message: message.into(),
        }
    }

    pub(super) fn message(mut message: ServerMessage) -> Self {
        if let ServerMessage::RoomJoined(joined) = &mut message {
            joined.resume = ResumeToken::new("");
        }
        Self::Message { message }
    }
}
