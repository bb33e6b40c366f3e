//! Command errors, as the page gets them: faults with a code.

use serde::{Serialize, Serializer};

use crate::{
    fault::ShellFault, identity::IdentityFailure, own_relay::ShareFailure,
    received_files::FileFailure, settings::SaveFailure, signaling::Busy,
};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CommandError(pub(crate) ShellFault);

impl Serialize for CommandError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl From<Busy> for CommandError {
    fn from(busy: Busy) -> Self {
        Self(busy.into())
    }
}

impl From<SaveFailure> for CommandError {
    fn from(failure: SaveFailure) -> Self {
        Self(failure.into())
    }
}

impl From<IdentityFailure> for CommandError {
    fn from(failure: IdentityFailure) -> Self {
        Self(failure.into())
    }
}

impl From<ShareFailure> for CommandError {
    fn from(failure: ShareFailure) -> Self {
        Self(failure.into())
    }
}

impl From<FileFailure> for CommandError {
    fn from(failure: FileFailure) -> Self {
        Self(failure.into())
    }
}

impl From<ShellFault> for CommandError {
    fn from(fault: ShellFault) -> Self {
        Self(fault)
    }
}

impl From<tauri::Error> for CommandError {
    fn from(error: tauri::Error) -> Self {
        Self(ShellFault::WindowRefused {
            cause: error.to_string(),
        })
    }
}
