//! Metric labels with fixed value sets, so that clients cannot add series.
//!
//! Invariant: every value can occur.

use signal_protocol::{ClientMessage, CloseCode, DirectedKind, ErrorCode, LeaveReason};

use super::labelled::Label;

macro_rules! labels {
    ($(
        $(#[$about:meta])*
        $label:ident = $name:literal { $($variant:ident = $value:literal,)+ }
    )+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $label {
            $($variant,)+
        }

        impl Label for $label {
            const NAME: &'static str = $name;
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn index(self) -> usize {
                self as usize
            }

            fn value(self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)+
                }
            }
        }
    )+};
}

labels! {
    /// Message types of clients.
    MessageType = "type" {
        RoomJoin = "room:join",
        RoomLeave = "room:leave",
        UserCall = "user:call",
        CallAccepted = "call:accepted",
        CallDeclined = "call:declined",
        CallEnded = "call:ended",
        PeerNegoNeeded = "peer:nego:needed",
        PeerNegoDone = "peer:nego:done",
        PeerCandidate = "peer:candidate",
        UserMessage = "user:message",
        UserStatus = "user:status",
        IceRefresh = "ice:refresh",
        Ping = "ping",
    }

    /// The exceeded limit.
    Limit = "limit" {
        Messages = "messages",
        AddressMessages = "address-messages",
        Joins = "joins",
        Passcodes = "passcodes",
        Queue = "queue",
    }

    /// Reasons for a TCP connection without a request.
    NotConnected = "reason" {
        ServerFull = "server-full",
        AddressFull = "address-full",
        Tls = "tls",
        TlsTooSlow = "tls-too-slow",
    }

    /// Reasons to refuse a WebSocket.
    NotUpgraded = "reason" {
        NoWebSocket = "no-websocket",
        Subprotocol = "subprotocol",
        Origin = "origin",
        Host = "host",
        ServerFull = "server-full",
        AddressFull = "address-full",
        ShuttingDown = "shutting-down",
    }

    /// Reasons for the end of a WebSocket.
    Closed = "reason" {
        Gone = "gone",
        BinaryFrame = "binary-frame",
        Policy = "policy",
        TooLarge = "too-large",
        Restart = "restart",
        TakenOver = "taken-over",
        HeartbeatLost = "heartbeat-lost",
        TooSlow = "too-slow",
        RateExceeded = "rate-exceeded",
    }

    /// Reasons for the end of a membership.
    Left = "reason" {
        Left = "left",
        Lost = "lost",
    }

    /// Outcome of a resume.
    Resume = "outcome" {
        Taken = "taken",
        TooLate = "too-late",
    }
}

impl From<DirectedKind> for MessageType {
    fn from(kind: DirectedKind) -> Self {
        match kind {
            DirectedKind::UserCall => Self::UserCall,
            DirectedKind::CallAccepted => Self::CallAccepted,
            DirectedKind::CallDeclined => Self::CallDeclined,
            DirectedKind::CallEnded => Self::CallEnded,
            DirectedKind::PeerNegoNeeded => Self::PeerNegoNeeded,
            DirectedKind::PeerNegoDone => Self::PeerNegoDone,
            DirectedKind::PeerCandidate => Self::PeerCandidate,
            DirectedKind::UserMessage => Self::UserMessage,
        }
    }
}

impl From<&ClientMessage> for MessageType {
    fn from(message: &ClientMessage) -> Self {
        match message {
            ClientMessage::RoomJoin(_) => Self::RoomJoin,
            ClientMessage::RoomLeave => Self::RoomLeave,
            ClientMessage::UserStatus { .. } => Self::UserStatus,
            ClientMessage::IceRefresh => Self::IceRefresh,
            ClientMessage::Ping => Self::Ping,
            ClientMessage::Directed(directed) => directed.kind.into(),
        }
    }
}

impl Closed {
    /// `None` for codes that a session never uses.
    pub(crate) fn by(code: CloseCode) -> Option<Self> {
        match code {
            CloseCode::BinaryFrame => Some(Self::BinaryFrame),
            CloseCode::Policy => Some(Self::Policy),
            CloseCode::TooLarge => Some(Self::TooLarge),
            CloseCode::Restart => Some(Self::Restart),
            CloseCode::TakenOver => Some(Self::TakenOver),
            CloseCode::HeartbeatLost => Some(Self::HeartbeatLost),
            CloseCode::TooSlow => Some(Self::TooSlow),
            CloseCode::RateExceeded => Some(Self::RateExceeded),
            CloseCode::GoingAway | CloseCode::Overloaded => None,
        }
    }
}

impl Left {
    /// `None` for reasons that this relay never has.
    pub(crate) fn by(reason: LeaveReason) -> Option<Self> {
        match reason {
            LeaveReason::Left => Some(Self::Left),
            LeaveReason::Lost => Some(Self::Lost),
            LeaveReason::Removed => None,
        }
    }
}

impl Label for ErrorCode {
    const NAME: &'static str = "code";
    const ALL: &'static [Self] = &Self::ALL;

    fn index(self) -> usize {
        self as usize
    }

    fn value(self) -> &'static str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<L: Label + PartialEq + std::fmt::Debug>() {
        for (index, label) in L::ALL.iter().enumerate() {
            assert_eq!(label.index(), index, "{label:?}");
        }
    }

    #[test]
    fn each_value_has_its_own_counter() {
        check::<ErrorCode>();
        check::<MessageType>();
    }

    #[test]
    fn messages_have_their_wire_names() {
        for kind in DirectedKind::ALL {
            assert_eq!(MessageType::from(kind).value(), kind.as_str());
        }
    }
}
