//! Why a server did not help: what `icecandidateerror` tells.

use std::{io, net::SocketAddr};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// STUN's (RFC 8489, 14.8; RFC 8656, 19), or [`Failure::UNREACHABLE`].
    pub(super) code: u16,
    pub(super) text: String,
    /// From where it was asked.
    pub(super) local: Option<SocketAddr>,
}

impl Failure {
    /// W3C webrtc-pc, `RTCPeerConnectionIceErrorEvent.errorCode`: no answer came.
    pub(super) const UNREACHABLE: u16 = 701;

    pub(super) fn new(code: u16, text: &str) -> Self {
        Self {
            code,
            text: text.to_owned(),
            local: None,
        }
    }

    pub(super) fn unreachable() -> Self {
        Self::new(Self::UNREACHABLE, "the server did not answer")
    }

    pub(super) fn at(self, local: SocketAddr) -> Self {
        Self {
            local: Some(local),
            ..self
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(
            Self::UNREACHABLE,
            &format!("the server was not reached: {error}"),
        )
    }
}
