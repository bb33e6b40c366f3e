//! Error answers of rooms. Each says what to do next.

use signal_protocol::{DirectedKind, ErrorCode, ErrorMessage};

pub(super) fn already_joined() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::AlreadyJoined,
        "You are in a room already; leave it first.",
    )
    .about("room:join")
}

pub fn not_joined(kind: &str) -> ErrorMessage {
    ErrorMessage::new(ErrorCode::NotJoined, "Join a room first.").about(kind)
}

pub(super) fn no_such_user(kind: DirectedKind) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::NoSuchUser,
        "Nobody of that id is in your room; they may have left.",
    )
    .about(kind.as_str())
}

/// A receiver that reads has freed some of its queue after this time.
const RETRY_DELAY_MS: u32 = 1000;

/// The receiver has not read enough of the earlier messages from this sender.
pub(super) fn receiver_full(kind: DirectedKind) -> ErrorMessage {
    let mut error = ErrorMessage::new(
        ErrorCode::RateLimited,
        "You send more than the other one takes; the message was not delivered. Send it again in a \
         moment.",
    )
    .about(kind.as_str());
    error.retry_after_ms = Some(RETRY_DELAY_MS);
    error
}

pub fn wrong_passcode() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::WrongPasscode,
        "The passcode is not the one of this room. Ask the person who invited you.",
    )
    .about("room:join")
}

/// The network of the join holds its share of the room.
pub fn room_share_full() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::RoomFull,
        "Your network holds as many places in this room as one network may. Wait until somebody \
         beside you leaves, or ask the relay's operator for --room-members-per-address.",
    )
    .about("room:join")
}

pub fn room_full(members: usize) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::RoomFull,
        format!("The room is full: it takes {members} people. Wait until somebody leaves."),
    )
    .about("room:join")
}
