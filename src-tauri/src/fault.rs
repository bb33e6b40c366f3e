//! What went wrong, for the page: a code with parameters. The page has the sentences, in
//! `ui/src/text/en/shell.ts`.
//!
//! Invariant: no sentence for people crosses to the page. A `cause` or `detail` is what the system
//! or the relay said.

use serde::Serialize;
use signal_protocol::{AddressError, ErrorCode, ErrorMessage};

use crate::{
    identity::IdentityFailure,
    own_relay::ShareFailure,
    received_files::FileFailure,
    settings::SaveFailure,
    signaling::{Busy, ConnectFailure},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ShellFault {
    /// The connection is retried, as after each of the next.
    ConnectionLost,
    RelayRestarts,
    /// The relay closed the connection or did not answer, at the first join.
    NoAnswer,
    /// Another window continues the room session.
    TakenOver,
    /// The relay does not allow this app.
    AppRefused,
    /// In the words of the relay, where its code has no sentence of ours.
    RelayRefuses {
        #[cfg_attr(test, ts(type = "ErrorCode"))]
        error: ErrorCode,
        detail: String,
    },
    /// Try again in a moment.
    Busy,
    /// The page sent what the shell cannot read.
    BadMessage {
        detail: String,
    },
    NotSaved {
        path: String,
        cause: String,
    },
    IdentityNotKept {
        path: String,
        cause: String,
    },
    /// Of a later version.
    IdentityNewer {
        path: String,
    },
    /// The relay of this computer belongs to another window.
    OtherWindow,
    DiskFull,
    NotWritten {
        cause: String,
    },
    /// The folder takes no files.
    FolderRefused {
        cause: String,
    },
    WindowRefused {
        cause: String,
    },
    #[serde(untagged)]
    Connect(ConnectFailure),
    #[serde(untagged)]
    Address(#[cfg_attr(test, ts(type = "AddressError"))] AddressError),
}

impl From<ConnectFailure> for ShellFault {
    fn from(failure: ConnectFailure) -> Self {
        Self::Connect(failure)
    }
}

impl From<AddressError> for ShellFault {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

/// Of the relay, or of the same rules here.
impl From<ErrorMessage> for ShellFault {
    fn from(error: ErrorMessage) -> Self {
        Self::RelayRefuses {
            error: error.code,
            detail: error.message,
        }
    }
}

impl From<Busy> for ShellFault {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<SaveFailure> for ShellFault {
    fn from(failure: SaveFailure) -> Self {
        Self::NotSaved {
            path: failure.path().to_owned(),
            cause: failure.cause().to_string(),
        }
    }
}

impl From<IdentityFailure> for ShellFault {
    fn from(failure: IdentityFailure) -> Self {
        match failure {
            IdentityFailure::Disk { path, cause } => Self::IdentityNotKept {
                path,
                cause: cause.to_string(),
            },
            IdentityFailure::Newer { path } => Self::IdentityNewer { path },
            IdentityFailure::Misuse(detail) => Self::BadMessage {
                detail: detail.to_owned(),
            },
        }
    }
}

impl From<ShareFailure> for ShellFault {
    fn from(failure: ShareFailure) -> Self {
        match failure {
            ShareFailure::OtherWindow => Self::OtherWindow,
            ShareFailure::NotRunning(failure) => Self::Connect(failure),
        }
    }
}

impl From<FileFailure> for ShellFault {
    fn from(failure: FileFailure) -> Self {
        match failure {
            FileFailure::Full => Self::DiskFull,
            FileFailure::Disk(cause) => Self::NotWritten {
                cause: cause.to_string(),
            },
            FileFailure::Folder(cause) => Self::FolderRefused {
                cause: cause.to_string(),
            },
            FileFailure::Misuse(detail) => Self::BadMessage {
                detail: detail.to_owned(),
            },
        }
    }
}
