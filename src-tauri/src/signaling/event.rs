//! Signaling events for the page.
//!
//! Invariant: the resume token never leaves Rust; a `room:joined` passes with an empty one.

use serde::Serialize;
use signal_protocol::{ResumeToken, ServerMessage};

use crate::fault::ShellFault;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SignalingEvent {
    Connecting,
    Connected,
    /// Lost; the shell reconnects.
    Waiting {
        reason: ShellFault,
    },
    /// Ended, until the person joins again.
    Failed {
        field: Field,
        reason: ShellFault,
    },
    Message {
        #[cfg_attr(test, ts(type = "ServerMessage"))]
        message: ServerMessage,
    },
}

/// The input field beside which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Field {
    Email,
    Room,
    Relay,
}

impl SignalingEvent {
    pub(super) fn failed(field: Field, reason: impl Into<ShellFault>) -> Self {
        Self::Failed {
            field,
            reason: reason.into(),
        }
    }

    pub(super) fn message(mut message: ServerMessage) -> Self {
        if let ServerMessage::RoomJoined(joined) = &mut message {
            joined.resume = ResumeToken::new("");
        }
        Self::Message { message }
    }
}
