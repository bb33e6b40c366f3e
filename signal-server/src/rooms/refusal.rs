//! What rooms answer to a message they cannot carry out: each says what to do next.

use signal_protocol::{DirectedKind, ErrorCode, ErrorMessage};

pub(super) fn already_joined() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::AlreadyJoined,
        "You are in a room already; leave it first.",
    )
    .about("room:join")
}

pub(crate) fn not_joined(kind: &str) -> ErrorMessage {
    ErrorMessage::new(ErrorCode::NotJoined, "Join a room first.").about(kind)
}

pub(super) fn no_such_user(kind: DirectedKind) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::NoSuchUser,
        "Nobody of that id is in your room; they may have left.",
    )
    .about(kind.as_str())
}

pub(crate) fn wrong_passcode() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::WrongPasscode,
        "The passcode is not the one of this room. Ask whoever invited you.",
    )
    .about("room:join")
}

pub(crate) fn room_full(members: usize) -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::RoomFull,
        format!("The room is full: it takes {members} people. Wait until somebody leaves."),
    )
    .about("room:join")
}
