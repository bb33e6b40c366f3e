//! Why a bridge was closed, as WebSocket close codes (RFC 6455, 7.4).

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Closing {
    /// The transport ends.
    GoingAway = 1001,
    /// A message that is none of the wire's.
    Malformed = 1007,
    /// More requests than any page makes.
    TooFast = 1008,
    /// A message longer than any of the wire's.
    TooLong = 1009,
    /// The page did not read what was sent to it.
    TooSlow = 4002,
}

impl Closing {
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
