//! Joining, leaving, status and the seven directed messages.

use std::collections::HashSet;

use signal_protocol::{
    ClientMessage, DeliveredKind, Directed, DirectedKind, ErrorCode, LeaveReason, MemberId,
    Payload, RoomLimits, ServerMessage, Status,
};
use signal_server::parse_ice_server;

use crate::{client::join, relay::Relay};

#[tokio::test]
async fn answer_to_a_join_is_complete() {
    let relay = Relay::start(|config| {
        config.ice_servers = vec![parse_ice_server("stun:stun.example.org").unwrap()];
    })
    .await;
    let (mut ann, joined) = relay.join("r", "ann@example.org").await;
    assert_eq!(joined.myself.email.as_str(), "ann@example.org");
    assert_eq!(joined.room.as_str(), "r");
    assert_eq!(joined.participants, []);
    assert!(!joined.resumed);
    assert_eq!(joined.ice_servers[0].urls, ["stun:stun.example.org"]);
    assert_eq!(joined.ice_ttl, 86_400);
    let limits = RoomLimits {
        participants: 12,
        message_bytes: 65_536,
    };
    assert_eq!(joined.limits, limits);

    ann.send(&ClientMessage::IceRefresh).await;
    let refreshed = ServerMessage::IceServers {
        ice_servers: joined.ice_servers,
        ice_ttl: joined.ice_ttl,
    };
    assert_eq!(ann.receive().await, refreshed);
}

#[tokio::test]
async fn relay_names_no_foreign_ice_server() {
    let relay = Relay::start(|_| ()).await;
    let (_ann, joined) = relay.join("r", "ann").await;
    assert_eq!(joined.ice_servers, []);
}

#[tokio::test]
async fn directed_messages_arrive_with_their_type() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, anns) = relay.join("r", "ann").await;
    let (mut bob, bobs) = relay.join("r", "bob").await;
    assert_eq!(ann.hear_user_joined().await, bobs.myself.id);
    // An escape, a quote, a surrogate pair: the payload arrives unchanged.
    let payload = Payload::from_text("{\"offer\":\"v=0\\r\\n\u{1f600}\u{7}\"}");
    for kind in DirectedKind::ALL {
        ann.send(&ClientMessage::Directed(Directed {
            kind,
            to: bobs.myself.id.clone(),
            payload: payload.clone(),
        }))
        .await;
        let ServerMessage::Delivered(delivered) = bob.receive().await else {
            panic!("{kind:?} was not delivered");
        };
        let expected = match kind {
            DirectedKind::UserCall => DeliveredKind::IncomingCall,
            DirectedKind::CallAccepted => DeliveredKind::CallAccepted,
            DirectedKind::CallDeclined => DeliveredKind::CallDeclined,
            DirectedKind::CallEnded => DeliveredKind::CallEnded,
            DirectedKind::PeerNegoNeeded => DeliveredKind::PeerNegoNeeded,
            DirectedKind::PeerNegoDone => DeliveredKind::PeerNegoFinal,
            DirectedKind::PeerCandidate => DeliveredKind::PeerCandidate,
            DirectedKind::UserMessage => DeliveredKind::UserMessage,
        };
        assert_eq!(delivered.kind, expected);
        assert_eq!(delivered.from, anns.myself.id);
        assert_eq!(delivered.payload.to_text(), payload.to_text());
    }
    ann.receive_nothing().await;
}

#[tokio::test]
async fn status_and_leave_reach_members_and_newcomers() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, anns) = relay.join("r", "ann").await;
    let (mut bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    let status = Status::parse("in call").unwrap();
    let message = ClientMessage::UserStatus {
        status: status.clone(),
    };
    bob.send(&message).await;
    let told = ServerMessage::UserStatus {
        from: bobs.myself.id.clone(),
        status: status.clone(),
    };
    assert_eq!(ann.receive().await, told);
    let (mut eve, eves) = relay.join("r", "eve").await;
    assert_eq!(eves.participants[0].id, anns.myself.id);
    assert_eq!(eves.participants[1].status, Some(status));

    bob.send(&ClientMessage::RoomLeave).await;
    assert_eq!(
        bob.receive().await,
        ServerMessage::UserJoined {
            user: user(&eves.myself.id, "eve")
        }
    );
    assert_eq!(bob.receive().await, ServerMessage::RoomLeft);
    let left = ServerMessage::UserLeft {
        id: bobs.myself.id.clone(),
        reason: LeaveReason::Left,
        replaced_by: None,
    };
    assert_eq!(eve.receive().await, left);
    eve.call(&bobs.myself.id, "hello").await;
    assert_eq!(eve.hear_error_code().await, ErrorCode::NoSuchUser);
    // The socket that left may join again.
    let again = bob.join("r", "bob").await;
    assert_ne!(again.myself.id, bobs.myself.id);
    assert_eq!(eve.hear_user_joined().await, again.myself.id);
}

fn user(id: &MemberId, email: &str) -> signal_protocol::Participant {
    signal_protocol::Participant {
        id: id.clone(),
        email: signal_protocol::Email::parse(email).unwrap(),
        status: None,
        lost: false,
    }
}

#[tokio::test]
async fn message_outside_of_a_room_is_not_joined() {
    let relay = Relay::start(|_| ()).await;
    let mut client = relay.client().await;
    for (message, kind) in [
        (ClientMessage::RoomLeave, "room:leave"),
        (ClientMessage::IceRefresh, "ice:refresh"),
        (
            ClientMessage::UserStatus {
                status: Status::parse("x").unwrap(),
            },
            "user:status",
        ),
    ] {
        client.send(&message).await;
        let error = client.hear_error().await;
        assert_eq!(error.code, ErrorCode::NotJoined);
        assert_eq!(error.about.as_deref(), Some(kind));
    }
    client.call(&MemberId::new("x"), "hello").await;
    assert_eq!(client.hear_error_code().await, ErrorCode::NotJoined);
    client.join("r", "ann").await;
    client.send(&join("r", "ann")).await;
    assert_eq!(client.hear_error_code().await, ErrorCode::AlreadyJoined);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_joins_learn_of_each_other_exactly_once() {
    const MEMBERS: usize = 12;
    let relay = Relay::start(|_| ()).await;
    let mut coming = Vec::new();
    for number in 0..MEMBERS {
        let mut client = relay.client().await;
        coming.push(tokio::spawn(async move {
            let joined = client.join("r", &number.to_string()).await;
            let mut others: Vec<MemberId> = joined
                .participants
                .into_iter()
                .map(|user| user.id)
                .collect();
            while others.len() < MEMBERS - 1 {
                others.push(client.hear_user_joined().await);
            }
            (client, joined.myself.id, others)
        }));
    }
    let mut views = Vec::new();
    for client in coming {
        views.push(client.await.unwrap());
    }
    let everybody: HashSet<MemberId> = views.iter().map(|(_, id, _)| id.clone()).collect();
    assert_eq!(everybody.len(), MEMBERS);
    for (client, id, others) in &mut views {
        let mut seen: HashSet<MemberId> = others.iter().cloned().collect();
        assert_eq!(seen.len(), others.len(), "somebody was told twice");
        seen.insert(id.clone());
        assert_eq!(seen, everybody);
        client.receive_nothing().await;
    }
}
