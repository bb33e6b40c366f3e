//! WebSocket close codes of the bridge (RFC 6455, 7.4).
//!
//! Invariant: the codes are part of the wire; a code keeps its meaning.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum CloseReason {
    /// The transport shuts down.
    GoingAway = 1001,
    /// A message that the wire format does not have.
    Malformed = 1007,
    /// Requests above the rate limit.
    TooFast = 1008,
    /// A message above the maximum size.
    TooLong = 1009,
    /// The page did not read its messages in time.
    TooSlow = 4002,
}

impl CloseReason {
    pub(super) const fn code(self) -> u16 {
        self as u16
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "going away",
            Self::Malformed => "malformed message",
            Self::TooFast => "too many requests",
            Self::TooLong => "message too long",
            Self::TooSlow => "did not read in time",
        }
    }
}
