//! Messages between members, and the errors that answer them.

use signal_protocol::{
    ClientMessage, Directed, DirectedKind, ErrorCode, Payload, ServerMessage, Status, limits,
};

use super::watched::{Moves, Watched};
use crate::client::{Client, join, join_with_proof};

pub(crate) async fn run() -> Moves {
    let (said, refused, flooded) = tokio::join!(everything_said(), errors(), too_much());
    let (joined, together) = tokio::join!(too_many_joins(), too_much_together());
    Moves::all([said, refused, flooded, joined, together])
}

async fn everything_said() -> Moves {
    let mut watched = Watched::start(|_| ()).await;
    let (mut ann, _) = watched.relay.join("r", "ann").await;
    let (mut bob, bobs) = watched.relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    for kind in DirectedKind::ALL {
        ann.send(&ClientMessage::Directed(Directed {
            kind,
            to: bobs.myself.id.clone(),
            payload: Payload::from_text("hello"),
        }))
        .await;
        bob.hear_delivered().await;
    }
    ann.send(&ClientMessage::UserStatus {
        status: Status::parse("busy").unwrap(),
    })
    .await;
    bob.receive().await;
    ann.send(&ClientMessage::IceRefresh).await;
    ann.receive().await;
    ann.receive_nothing().await;
    watched.look().await;
    ann.send(&ClientMessage::RoomLeave).await;
    assert_eq!(ann.receive().await, ServerMessage::RoomLeft);
    watched.end().await
}

async fn errors() -> Moves {
    let watched = Watched::start(|config| {
        config.room_size = 2;
        config.wrong_passcodes = 1;
    })
    .await;
    let mut ann = watched.relay.client().await;
    refused(&mut ann, "what?", ErrorCode::BadMessage).await;
    refused(&mut ann, r#"{"type":"what?"}"#, ErrorCode::UnknownType).await;
    refused(&mut ann, r#"{"type":"room:leave"}"#, ErrorCode::NotJoined).await;
    let bad_room = r#"{"type":"room:join","room":"..","email":"ann"}"#;
    refused(&mut ann, bad_room, ErrorCode::BadRoom).await;
    let bad_email = r#"{"type":"room:join","room":"r","email":""}"#;
    refused(&mut ann, bad_email, ErrorCode::BadEmail).await;
    let long = "x".repeat(limits::STATUS_BYTES + 1);
    let too_large = format!(r#"{{"type":"user:status","status":"{long}"}}"#);
    refused(&mut ann, &too_large, ErrorCode::TooLarge).await;

    ann.join("r", "ann").await;
    refused(
        &mut ann,
        &join("r", "ann").encode(),
        ErrorCode::AlreadyJoined,
    )
    .await;
    let to_nobody = r#"{"type":"user:call","to":"nobody","payload":""}"#;
    refused(&mut ann, to_nobody, ErrorCode::NoSuchUser).await;
    let (_bob, _) = watched.relay.join("r", "bob").await;
    let mut eve = watched.relay.client().await;
    refused(&mut eve, &join("r", "eve").encode(), ErrorCode::RoomFull).await;

    let mut cat = watched.relay.client().await;
    cat.send(&join_with_proof("private", "cat", "right")).await;
    cat.hear_joined().await;
    let guess = join_with_proof("private", "eve", "wrong").encode();
    refused(&mut eve, &guess, ErrorCode::WrongPasscode).await;
    refused(&mut eve, &guess, ErrorCode::RateLimited).await;
    watched.end().await
}

async fn refused(client: &mut Client, frame: &str, expect: ErrorCode) {
    client.send_text(frame).await;
    assert_eq!(client.hear_error_code().await, expect, "{frame}");
}

async fn too_much() -> Moves {
    let watched = Watched::start(|config| {
        config.message_rate = 1;
        config.message_burst = 5;
    })
    .await;
    let mut client = watched.relay.client().await;
    for _ in 0..20 {
        let ping = tokio_tungstenite::tungstenite::Message::text(ClientMessage::Ping.encode());
        if futures_util::SinkExt::send(&mut client.socket, ping)
            .await
            .is_err()
        {
            break;
        }
    }
    assert_eq!(client.receive_close().await, 4003);
    watched.end().await
}

async fn too_many_joins() -> Moves {
    let watched = Watched::start(|config| config.join_rate = 1).await;
    let (_ann, _) = watched.relay.join("r", "ann").await;
    let mut bob = watched.relay.client().await;
    refused(&mut bob, &join("r", "bob").encode(), ErrorCode::RateLimited).await;
    watched.end().await
}

async fn too_much_together() -> Moves {
    let watched = Watched::start(|config| {
        config.message_rate = 1;
        config.message_burst = 50;
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..30 {
        clients.push(watched.relay.client().await);
    }
    for client in &mut clients {
        for _ in 0..50 {
            client.send(&ClientMessage::Ping).await;
        }
    }
    for client in &mut clients {
        for _ in 0..50 {
            client.receive().await;
        }
    }
    watched.end().await
}
