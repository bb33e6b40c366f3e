//! A message that one side encodes is decoded to the same message by the other.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

use proptest::{collection::vec, option, prelude::*, sample::select};
use signal_protocol::{
    ClientMessage, Delivered, DeliveredKind, DeviceId, Directed, DirectedKind, Email, ErrorCode,
    ErrorMessage, IceServer, LeaveReason, MemberId, Participant, Payload, ResumeToken, RoomJoin,
    RoomJoined, RoomLimits, RoomName, SelfParticipant, ServerMessage, Status, limits,
};

fn text() -> impl Strategy<Value = String> {
    // Any characters, also those that JSON must escape.
    vec(any::<char>(), 0..40).prop_map(String::from_iter)
}

fn room() -> impl Strategy<Value = RoomName> {
    "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}".prop_map(|room| RoomName::parse(&room).unwrap())
}

fn email() -> impl Strategy<Value = Email> {
    vec(any::<char>(), 1..40).prop_map(|text| Email::parse(&String::from_iter(text)).unwrap())
}

fn status() -> impl Strategy<Value = Status> {
    text().prop_map(|text| Status::parse(&text).unwrap())
}

fn member() -> impl Strategy<Value = MemberId> {
    text().prop_map(|id| MemberId::new(&id))
}

fn token() -> impl Strategy<Value = ResumeToken> {
    text().prop_map(|token| ResumeToken::new(&token))
}

fn device() -> impl Strategy<Value = DeviceId> {
    vec(any::<char>(), 16).prop_map(|text| DeviceId::parse(&String::from_iter(text)).unwrap())
}

fn payload() -> impl Strategy<Value = Payload> {
    text().prop_map(|text| Payload::from_text(&text))
}

fn client_message() -> impl Strategy<Value = ClientMessage> {
    let join = (
        room(),
        email(),
        option::of(status()),
        option::of(text()),
        option::of(token()),
        option::of(device()),
    )
        .prop_map(|(room, email, status, proof, resume, device)| {
            ClientMessage::RoomJoin(RoomJoin {
                room,
                email,
                status,
                proof,
                resume,
                device,
            })
        });
    let directed = (select(&DirectedKind::ALL[..]), member(), payload())
        .prop_map(|(kind, to, payload)| ClientMessage::Directed(Directed { kind, to, payload }));
    prop_oneof![
        join,
        Just(ClientMessage::RoomLeave),
        status().prop_map(|status| ClientMessage::UserStatus { status }),
        Just(ClientMessage::IceRefresh),
        Just(ClientMessage::Ping),
        directed,
    ]
}

fn participant() -> impl Strategy<Value = Participant> {
    (member(), email(), option::of(status()), any::<bool>()).prop_map(
        |(id, email, status, lost)| Participant {
            id,
            email,
            status,
            lost,
        },
    )
}

fn ice_servers() -> impl Strategy<Value = Vec<IceServer>> {
    let server = (vec(text(), 1..3), option::of(text()), option::of(text())).prop_map(
        |(urls, username, credential)| IceServer {
            urls,
            username,
            credential,
        },
    );
    vec(server, 0..3)
}

fn joined() -> impl Strategy<Value = ServerMessage> {
    (
        (member(), email()),
        room(),
        vec(participant(), 0..4),
        ice_servers(),
        any::<u32>(),
        token(),
        any::<bool>(),
        any::<(u32, u32)>(),
    )
        .prop_map(
            |((id, email), room, participants, ice_servers, ice_ttl, resume, resumed, limits)| {
                ServerMessage::RoomJoined(Box::new(RoomJoined {
                    myself: SelfParticipant { id, email },
                    room,
                    participants,
                    ice_servers,
                    ice_ttl,
                    resume,
                    resumed,
                    limits: RoomLimits {
                        participants: limits.0,
                        message_bytes: limits.1,
                    },
                }))
            },
        )
}

fn error() -> impl Strategy<Value = ServerMessage> {
    (
        select(&ErrorCode::ALL[..]),
        text(),
        option::of(text()),
        option::of(any::<u32>()),
    )
        .prop_map(|(code, message, about, retry_after_ms)| {
            ServerMessage::Error(ErrorMessage {
                code,
                message,
                about,
                retry_after_ms,
            })
        })
}

fn server_message() -> impl Strategy<Value = ServerMessage> {
    let reasons = [LeaveReason::Left, LeaveReason::Lost, LeaveReason::Removed];
    let kinds: Vec<DeliveredKind> = DirectedKind::ALL.map(DirectedKind::delivered).into();
    prop_oneof![
        joined(),
        Just(ServerMessage::RoomLeft),
        participant().prop_map(|user| ServerMessage::UserJoined { user }),
        (member(), select(reasons.to_vec()), option::of(member())).prop_map(
            |(id, reason, replaced_by)| ServerMessage::UserLeft {
                id,
                reason,
                replaced_by,
            }
        ),
        member().prop_map(|id| ServerMessage::UserLost { id }),
        member().prop_map(|id| ServerMessage::UserBack { id }),
        (member(), status()).prop_map(|(from, status)| ServerMessage::UserStatus { from, status }),
        (ice_servers(), any::<u32>()).prop_map(|(ice_servers, ice_ttl)| {
            ServerMessage::IceServers {
                ice_servers,
                ice_ttl,
            }
        }),
        Just(ServerMessage::Pong),
        error(),
        (select(kinds), member(), payload()).prop_map(|(kind, from, payload)| {
            ServerMessage::Delivered(Delivered {
                kind,
                from,
                payload,
            })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn client_message_round_trips(message in client_message()) {
        prop_assert_eq!(ClientMessage::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn server_message_round_trips(message in server_message()) {
        prop_assert_eq!(ServerMessage::decode(&message.encode()).unwrap(), message);
    }

    /// The receiver gets the same bytes, whatever escapes the sender used.
    #[test]
    fn payload_is_forwarded_unchanged(text in text()) {
        let escaped: String = text
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect();
        let frame = format!(r#"{{"payload" : "{escaped}","to":"x","type":"user:call"}}"#);
        let Ok(ClientMessage::Directed(directed)) = ClientMessage::decode(&frame) else {
            return Err(TestCaseError::fail("not decoded"));
        };
        prop_assert_eq!(directed.payload.to_text(), Some(text));
        let delivered = ServerMessage::Delivered(Delivered {
            kind: DeliveredKind::IncomingCall,
            from: MemberId::new("y"),
            payload: directed.payload,
        });
        let expected = format!(r#"{{"type":"incoming:call","from":"y","payload":"{escaped}"}}"#);
        prop_assert_eq!(delivered.encode(), expected);
    }

    #[test]
    fn text_never_panics(text in "\\PC{0,80}") {
        let _ = ClientMessage::decode(&text);
        let _ = ServerMessage::decode(&text);
    }

    /// Fields of other messages may have any value.
    #[test]
    fn fields_of_other_messages_are_ignored(
        field in select(vec!["to", "payload", "room", "email", "status", "proof", "resume", "device", "x"]),
        value in select(vec!["null", "5", "[]", "{\"a\":[1]}", "true", "\"text\"", "\"\\ud800\""]),
    ) {
        let frame = format!(r#"{{"{field}":{value},"type":"ping"}}"#);
        prop_assert_eq!(ClientMessage::decode(&frame), Ok(ClientMessage::Ping));
    }
}

#[test]
fn directed_kinds_have_their_wire_names() {
    for kind in DirectedKind::ALL {
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(json, format!("\"{}\"", kind.as_str()));
        let delivered = kind.delivered();
        let json = serde_json::to_string(&delivered).unwrap();
        assert_eq!(json, format!("\"{}\"", delivered.as_str()));
    }
}

#[test]
fn names_and_secrets_follow_the_limits() {
    let fits = |bytes: usize| "x".repeat(bytes);
    assert!(RoomName::parse(&fits(limits::ROOM_CHARS)).is_ok());
    assert!(RoomName::parse(&fits(limits::ROOM_CHARS + 1)).is_err());
    assert!(Email::parse(&fits(limits::EMAIL_BYTES)).is_ok());
    assert!(Email::parse(&fits(limits::EMAIL_BYTES + 1)).is_err());
    assert!(Status::parse(&fits(limits::STATUS_BYTES)).is_ok());
    assert!(Status::parse(&fits(limits::STATUS_BYTES + 1)).is_err());
    let join = |secret: &str, bytes: usize| {
        let frame = format!(
            r#"{{"type":"room:join","room":"r","email":"e","{secret}":"{}"}}"#,
            fits(bytes)
        );
        ClientMessage::decode(&frame).map_err(|error| error.code)
    };
    for secret in ["proof", "resume"] {
        assert!(join(secret, limits::SECRET_BYTES).is_ok());
        assert_eq!(
            join(secret, limits::SECRET_BYTES + 1),
            Err(ErrorCode::TooLarge)
        );
    }
    for (bytes, expect) in [
        (0, Some(ErrorCode::BadMessage)),
        (15, Some(ErrorCode::BadMessage)),
        (16, None),
        (64, None),
        (65, Some(ErrorCode::TooLarge)),
    ] {
        assert_eq!(join("device", bytes).err(), expect, "{bytes}");
    }
}

#[test]
fn secrets_and_names_are_not_in_debug_output() {
    let join = format!(
        "{:?} {:?} {:?}",
        Email::parse("ann@example.org").unwrap(),
        ResumeToken::new("token"),
        DeviceId::parse("0123456789abcdef").unwrap()
    );
    assert!(!join.contains("ann") && !join.contains("token\""), "{join}");
    assert!(!join.contains("0123"), "{join}");
}
