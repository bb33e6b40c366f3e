//! Reasons of a closed socket, as WebSocket close codes.

/// The close codes of `snug.v1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// The other end is going away.
    GoingAway = 1001,
    /// A binary frame arrived. The protocol is text.
    BinaryFrame = 1003,
    /// The frame is no valid WebSocket data.
    Policy = 1008,
    /// A frame was larger than [`crate::limits::FRAME_BYTES`].
    TooLarge = 1009,
    /// The relay restarts: reconnect with resume, at a random delay.
    Restart = 1012,
    /// The relay is overloaded: try later.
    Overloaded = 1013,
    /// Another socket resumed this member.
    TakenOver = 4000,
    /// The socket was silent for [`crate::limits::SILENCE`].
    HeartbeatLost = 4001,
    /// The socket did not read its messages.
    TooSlow = 4002,
    /// The socket kept exceeding the message rate.
    RateExceeded = 4003,
}

impl CloseCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::GoingAway,
        Self::BinaryFrame,
        Self::Policy,
        Self::TooLarge,
        Self::Restart,
        Self::Overloaded,
        Self::TakenOver,
        Self::HeartbeatLost,
        Self::TooSlow,
        Self::RateExceeded,
    ];

    /// The code in the close frame.
    #[must_use]
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// The reason in the close frame.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "going away",
            Self::BinaryFrame => "binary frames are not part of this protocol",
            Self::Policy => "not allowed here",
            Self::TooLarge => "frame too large",
            Self::Restart => "the relay restarts",
            Self::Overloaded => "the relay is overloaded",
            Self::TakenOver => "taken over by a resume",
            Self::HeartbeatLost => "no sign of life",
            Self::TooSlow => "did not read in time",
            Self::RateExceeded => "sent too much",
        }
    }

    /// The code of a close frame, if it is one of ours.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }
}
