//! How a socket ended, and what `docs/protocol.md` ("Close codes") asks of a client then.

use signal_protocol::CloseCode;

use super::Field;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Lost,
    Closed(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterEnd {
    /// The relay restarts: at a random delay, so that not all come at once.
    ComeBackSoon,
    /// With the usual backoff.
    TryAgain,
    /// Trying again would do harm or no good.
    Stop(Field, &'static str),
}

impl AfterEnd {
    pub(super) fn of(ended: Ended) -> Self {
        let code = match ended {
            Ended::Lost => None,
            Ended::Closed(code) => CloseCode::from_code(code),
        };
        match code {
            Some(CloseCode::TakenOver) => Self::Stop(
                Field::Room,
                "Your place in this room was taken over by another window. \
                 Join again to come back here.",
            ),
            Some(CloseCode::Policy) => Self::Stop(
                Field::Relay,
                "The relay does not allow this app to connect. \
                 Ask whoever runs it, or choose another.",
            ),
            Some(CloseCode::Restart) => Self::ComeBackSoon,
            Some(
                CloseCode::GoingAway
                | CloseCode::BinaryFrame
                | CloseCode::TooLarge
                | CloseCode::Overloaded
                | CloseCode::HeartbeatLost
                | CloseCode::TooSlow
                | CloseCode::RateExceeded,
            )
            | None => Self::TryAgain,
        }
    }
}
