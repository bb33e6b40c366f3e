//! Generates the TypeScript types of the page: `cargo xtask types` writes the file, the test fails
//! if it is stale.

use std::{fmt::Write, path::Path};

use ts_rs::TS;

use crate::{
    AddressError, ClientMessage, CloseCode, Delivered, DeliveredKind, DeviceId, Directed,
    DirectedKind, Email, ErrorCode, ErrorMessage, IceServer, InviteError, LeaveReason, MemberId,
    Participant, ResumeToken, RoomJoin, RoomJoined, RoomLimits, RoomName, SUBPROTOCOL,
    SelfParticipant, ServerMessage, Status, TypedRoomError, WEBSOCKET_PATH, limits,
};

#[test]
fn page_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/protocol/wire.ts");
    page_types::check(&path, &wire_ts());
}

fn wire_ts() -> String {
    let mut file = page_types::heading("crates/signal-protocol");
    file.push_str(&page_types::exports(declarations()));
    write!(
        file,
        "\nexport const SUBPROTOCOL = '{SUBPROTOCOL}';\nexport const WEBSOCKET_PATH = '{WEBSOCKET_PATH}';\n\
         \nexport const LIMITS = {{\n  frameBytes: {},\n  roomChars: {},\n  emailBytes: {},\n  statusBytes: {},\n  resumeMessages: {},\n}} as const;\n\n",
        limits::FRAME_BYTES, limits::ROOM_CHARS, limits::EMAIL_BYTES, limits::STATUS_BYTES, limits::RESUME_MESSAGES,
    )
    .unwrap();
    let codes = CloseCode::ALL.iter().map(|code| (*code, code.code()));
    file.push_str(&page_types::numbers("CLOSE", codes));
    file
}

fn declarations() -> Vec<String> {
    let config = ts_rs::Config::default();
    vec![
        MemberId::decl(&config),
        ResumeToken::decl(&config),
        DeviceId::decl(&config),
        RoomName::decl(&config),
        Email::decl(&config),
        Status::decl(&config),
        ClientMessage::decl(&config),
        RoomJoin::decl(&config),
        Directed::decl(&config),
        DirectedKind::decl(&config),
        ServerMessage::decl(&config),
        RoomJoined::decl(&config),
        SelfParticipant::decl(&config),
        Participant::decl(&config),
        RoomLimits::decl(&config),
        IceServer::decl(&config),
        LeaveReason::decl(&config),
        Delivered::decl(&config),
        DeliveredKind::decl(&config),
        ErrorMessage::decl(&config),
        ErrorCode::decl(&config),
        AddressError::decl(&config),
        TypedRoomError::decl(&config),
        InviteError::decl(&config),
    ]
}
