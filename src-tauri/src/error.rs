//! Command errors: `{code, message}`, the code for the page, the message for people.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{own_relay::ShareFailure, settings::SaveFailure, signaling::Busy};

#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// Try again in a moment.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The page sent an invalid protocol message.
    #[error("{0}")]
    BadMessage(String),
    /// Correct the room number or the relay's address.
    #[error("{0}")]
    BadInvite(String),
    /// Free space on the disk, or make the folder writable.
    #[error(transparent)]
    NotSaved(#[from] SaveFailure),
    /// The own relay stays as it was.
    #[error(transparent)]
    NotShared(#[from] ShareFailure),
    /// The window is gone or the system refuses.
    #[error("The window could not be marked ({0}).")]
    Window(#[from] tauri::Error),
}

/// The stable error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum CommandErrorCode {
    Busy,
    BadMessage,
    BadInvite,
    NotSaved,
    NotShared,
    Window,
}

impl CommandError {
    const fn code(&self) -> CommandErrorCode {
        match self {
            Self::Busy(_) => CommandErrorCode::Busy,
            Self::BadMessage(_) => CommandErrorCode::BadMessage,
            Self::BadInvite(_) => CommandErrorCode::BadInvite,
            Self::NotSaved(_) => CommandErrorCode::NotSaved,
            Self::NotShared(_) => CommandErrorCode::NotShared,
            Self::Window(_) => CommandErrorCode::Window,
        }
    }
}

impl Serialize for CommandError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_struct("CommandError", 2)?;
        answer.serialize_field("code", &self.code())?;
        answer.serialize_field("message", &self.to_string())?;
        answer.end()
    }
}
