//! Why a request was refused, and the `DOMException` for it.
//!
//! Invariant: the message says what is wrong with the request.

use crate::{
    connection::ConnectionError,
    wire::{
        event::Reply,
        id::{CaptureId, CertificateId, ConnectionId, ReceiverId, SourceId},
    },
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("There is no connection {}.", .0.0)]
    UnknownConnection(ConnectionId),
    #[error("There is no source {}.", .0.0)]
    UnknownSource(SourceId),
    #[error("There is no receiver {}.", .0.0)]
    UnknownReceiver(ReceiverId),
    #[error("There is no certificate {}.", .0.0)]
    UnknownCertificate(CertificateId),
    #[error("There is no capture {}.", .0.0)]
    UnknownCapture(CaptureId),
    #[error("The capture was not granted, or too long ago.")]
    NotGranted,
    #[error("The system starts no thread for the capture.")]
    NoThread,
    #[error("The id is taken: ids are never used again.")]
    Taken,
    #[error("The page has too many of them open; close some.")]
    TooMany,
    #[error("Connection {} has ended.", .0.0)]
    Gone(ConnectionId),
    #[error("{0}")]
    Connection(#[from] ConnectionError),
    #[error("{0} is out of its range.")]
    OutOfRange(&'static str),
}

impl Refusal {
    pub(super) fn reply(&self) -> Reply {
        Reply::Failed {
            name: self.name().to_owned(),
            message: self.to_string(),
        }
    }

    /// Name as in W3C WebIDL, 2.8.1.
    fn name(&self) -> &'static str {
        match self {
            Self::UnknownConnection(_)
            | Self::UnknownSource(_)
            | Self::UnknownReceiver(_)
            | Self::UnknownCapture(_)
            | Self::UnknownCertificate(_)
            | Self::Taken
            | Self::Gone(_)
            | Self::Connection(ConnectionError::InvalidState(_)) => "InvalidStateError",
            Self::TooMany | Self::Connection(ConnectionError::Operation(_)) => "OperationError",
            Self::Connection(ConnectionError::InvalidAccess(_)) => "InvalidAccessError",
            Self::NotGranted => "NotAllowedError",
            Self::NoThread => "NotReadableError",
            Self::OutOfRange(_) => "RangeError",
        }
    }
}
