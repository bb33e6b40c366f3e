//! The protocol on the wire: every message in both directions, every close code and error code,
//! against committed snapshots. A change here is a change of the protocol, so `docs/protocol.md`
//! comes first.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

use signal_protocol::{
    ClientMessage, CloseCode, Delivered, DeviceId, Directed, DirectedKind, Email, ErrorCode,
    ErrorMessage, IceServer, LeaveReason, MemberId, Participant, Payload, ResumeToken, RoomJoin,
    RoomJoined, RoomLimits, RoomName, SelfParticipant, ServerMessage, Status,
};

fn id(name: &str) -> MemberId {
    MemberId::new(name)
}

fn email(name: &str) -> Email {
    Email::parse(name).unwrap()
}

fn status(text: &str) -> Status {
    Status::parse(text).unwrap()
}

fn lines(frames: impl IntoIterator<Item = String>) -> String {
    frames.into_iter().map(|frame| frame + "\n").collect()
}

#[test]
fn client_messages_match_the_snapshot() {
    let join = |status, proof: Option<&str>, resume, device| {
        ClientMessage::RoomJoin(RoomJoin {
            room: RoomName::parse("Room-1_a.b").unwrap(),
            email: email("ann@example.org"),
            status,
            proof: proof.map(str::to_owned),
            resume,
            device,
        })
    };
    let mut messages = vec![
        join(None, None, None, None),
        join(
            Some(status("free")),
            Some("proof"),
            Some(ResumeToken::new("token")),
            Some(DeviceId::parse("0123456789abcdef").unwrap()),
        ),
        ClientMessage::RoomLeave,
        ClientMessage::UserStatus {
            status: status("{\"call\":\"x\"}"),
        },
        ClientMessage::IceRefresh,
        ClientMessage::Ping,
    ];
    messages.extend(DirectedKind::ALL.map(|kind| {
        ClientMessage::Directed(Directed {
            kind,
            to: id("bob"),
            payload: Payload::from_text("{\"call\":\"x\"}\n\u{1f600}"),
        })
    }));
    insta::assert_snapshot!(lines(messages.iter().map(ClientMessage::encode)));
}

#[test]
fn server_messages_match_the_snapshot() {
    let ice_servers = vec![
        IceServer {
            urls: vec!["stun:stun.example.org".to_owned()],
            username: None,
            credential: None,
        },
        IceServer {
            urls: vec!["turn:turn.example.org?transport=tcp".to_owned()],
            username: Some("ann".to_owned()),
            credential: Some("secret".to_owned()),
        },
    ];
    let participant = |name: &str, status| Participant {
        id: id(name),
        email: email(&format!("{name}@example.org")),
        status,
        lost: false,
    };
    let joined = |participants, ice_servers, resumed| {
        ServerMessage::RoomJoined(Box::new(RoomJoined {
            myself: SelfParticipant {
                id: id("ann"),
                email: email("ann@example.org"),
            },
            room: RoomName::parse("42").unwrap(),
            participants,
            ice_servers,
            ice_ttl: 86_400,
            resume: ResumeToken::new("token"),
            resumed,
            limits: RoomLimits {
                participants: 12,
                message_bytes: 65_536,
            },
        }))
    };
    let mut rate_limited = ErrorMessage::new(ErrorCode::RateLimited, "Wait a little.");
    rate_limited.retry_after_ms = Some(20);
    let mut messages = vec![
        joined(Vec::new(), Vec::new(), false),
        joined(
            vec![
                participant("bob", None),
                participant("eve", Some(status("busy"))),
                Participant {
                    lost: true,
                    ..participant("dan", None)
                },
            ],
            ice_servers.clone(),
            true,
        ),
        ServerMessage::RoomLeft,
        ServerMessage::UserJoined {
            user: participant("bob", Some(status("free"))),
        },
    ];
    messages.extend(
        [LeaveReason::Left, LeaveReason::Lost, LeaveReason::Removed].map(|reason| {
            ServerMessage::UserLeft {
                id: id("bob"),
                reason,
                replaced_by: None,
            }
        }),
    );
    messages.extend([
        ServerMessage::UserLeft {
            id: id("bob"),
            reason: LeaveReason::Lost,
            replaced_by: Some(id("bob2")),
        },
        ServerMessage::UserLost { id: id("bob") },
        ServerMessage::UserBack { id: id("bob") },
        ServerMessage::UserStatus {
            from: id("bob"),
            status: status("busy"),
        },
        ServerMessage::IceServers {
            ice_servers,
            ice_ttl: 600,
        },
        ServerMessage::Pong,
        ServerMessage::Error(rate_limited),
    ]);
    messages.extend(
        ErrorCode::ALL
            .map(|code| ServerMessage::Error(ErrorMessage::new(code, "Why.").about("room:join"))),
    );
    messages.extend(DirectedKind::ALL.map(|kind| {
        ServerMessage::Delivered(Delivered {
            kind: kind.delivered(),
            from: id("bob"),
            payload: Payload::from_text("{\"call\":\"x\"}\n\u{1f600}"),
        })
    }));
    insta::assert_snapshot!(lines(messages.iter().map(ServerMessage::encode)));
}

#[test]
fn close_codes_match_the_snapshot() {
    let codes = CloseCode::ALL.map(|code| format!("{} {}", code.code(), code.reason()));
    insta::assert_snapshot!(lines(codes));
    for code in CloseCode::ALL {
        assert_eq!(CloseCode::from_code(code.code()), Some(code));
    }
    assert_eq!(CloseCode::from_code(1000), None);
}
