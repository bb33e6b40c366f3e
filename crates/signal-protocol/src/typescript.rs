//! The page's types, written from these: `cargo xtask types` writes the file, the test fails when
//! the committed one is stale.

use std::{env, fmt::Write, fs, path::Path};

use ts_rs::TS;

use crate::{
    ClientMessage, CloseCode, Delivered, DeliveredKind, Directed, DirectedKind, Email, ErrorCode,
    ErrorMessage, IceServer, LeaveReason, MemberId, Participant, ResumeToken, RoomJoin, RoomJoined,
    RoomLimits, RoomName, SUBPROTOCOL, SelfParticipant, ServerMessage, Status, WEBSOCKET_PATH,
    limits,
};

#[test]
fn the_pages_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/protocol/wire.ts");
    let expected = wire_ts();
    if env::var_os("SNUG_WRITE_TYPES").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "{} is stale: run `cargo xtask types`",
        path.display()
    );
}

fn wire_ts() -> String {
    let mut file = String::from(
        "// Generated from crates/signal-protocol by `cargo xtask types`. Do not edit.\n",
    );
    for declaration in declarations() {
        write!(file, "\nexport {declaration}\n").unwrap();
    }
    write!(
        file,
        "\nexport const SUBPROTOCOL = '{SUBPROTOCOL}';\nexport const WEBSOCKET_PATH = '{WEBSOCKET_PATH}';\n\
         \nexport const LIMITS = {{\n  frameBytes: {},\n  roomChars: {},\n  emailBytes: {},\n  statusBytes: {},\n  resumeMessages: {},\n}} as const;\n",
        limits::FRAME_BYTES, limits::ROOM_CHARS, limits::EMAIL_BYTES, limits::STATUS_BYTES, limits::RESUME_MESSAGES,
    )
    .unwrap();
    file.push_str("\nexport const CLOSE = {\n");
    for code in CloseCode::ALL {
        let name = format!("{code:?}");
        let (first, rest) = name.split_at(1);
        writeln!(file, "  {}{rest}: {},", first.to_lowercase(), code.code()).unwrap();
    }
    file.push_str("} as const;\n");
    file
}

fn declarations() -> Vec<String> {
    let config = ts_rs::Config::default();
    vec![
        MemberId::decl(&config),
        ResumeToken::decl(&config),
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
    ]
}
