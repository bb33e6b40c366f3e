//! Failure of a STUN or TURN server, as `icecandidateerror` reports it.

use std::{io, net::SocketAddr};

/// Why a server was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// STUN error code (RFC 8489, 14.8; RFC 8656, 19), or [`Failure::UNREACHABLE`].
    pub code: u16,
    /// The server's reason, or a sentence of this crate.
    pub text: String,
    /// Local address of the request.
    pub local: Option<SocketAddr>,
}

impl Failure {
    /// No response (W3C webrtc-pc, `RTCPeerConnectionIceErrorEvent.errorCode`).
    pub const UNREACHABLE: u16 = 701;

    /// Without a local address.
    #[must_use]
    pub fn new(code: u16, text: &str) -> Self {
        Self {
            code,
            text: text.to_owned(),
            local: None,
        }
    }

    /// The server did not answer.
    #[must_use]
    pub fn unreachable() -> Self {
        Self::new(Self::UNREACHABLE, "the server did not answer")
    }

    /// The same, with the local address of the request.
    #[must_use]
    pub fn at(self, local: SocketAddr) -> Self {
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
