//! The reconnect policy for each end of a socket (`docs/protocol.md`, "Close codes").

use signal_protocol::CloseCode;

use super::Field;
use crate::fault::ShellFault;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SocketEnd {
    Lost,
    Closed(u16),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReconnectPolicy {
    /// The relay restarts: reconnect after a random delay.
    RestartDelay,
    /// Reconnect with the usual backoff.
    Backoff,
    /// Too much to do: reconnect later than usual.
    OverloadDelay,
    /// Do not reconnect; show the reason at the field.
    Stop(Field, ShellFault),
}

impl ReconnectPolicy {
    pub(super) fn of(ended: SocketEnd) -> Self {
        let code = match ended {
            SocketEnd::Lost => None,
            SocketEnd::Closed(code) => CloseCode::from_code(code),
        };
        match code {
            Some(CloseCode::TakenOver) => Self::Stop(Field::Room, ShellFault::TakenOver),
            Some(CloseCode::Policy) => Self::Stop(Field::Relay, ShellFault::AppRefused),
            Some(CloseCode::Restart) => Self::RestartDelay,
            Some(CloseCode::Overloaded | CloseCode::TooSlow | CloseCode::RateExceeded) => {
                Self::OverloadDelay
            }
            Some(
                CloseCode::GoingAway
                | CloseCode::BinaryFrame
                | CloseCode::TooLarge
                | CloseCode::HeartbeatLost,
            )
            | None => Self::Backoff,
        }
    }
}
