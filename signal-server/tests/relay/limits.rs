//! What one socket, one address and the process may hold or do.

use signal_protocol::{ClientMessage, ErrorCode, ServerMessage};
use tokio_tungstenite::tungstenite;

use crate::{
    client::{Client, join, join_with_proof},
    relay::Relay,
};

/// The status of the refusal and its error code.
async fn refusal(relay: &Relay) -> (u16, ErrorCode) {
    let Err(tungstenite::Error::Http(response)) =
        Client::try_connect(relay.address, &[signal_protocol::SUBPROTOCOL]).await
    else {
        panic!("the socket was not refused over HTTP");
    };
    let body = String::from_utf8(response.body().clone().unwrap()).unwrap();
    let Ok(ServerMessage::Error(error)) = ServerMessage::decode(&body) else {
        panic!("no error in the body: {body}");
    };
    (response.status().as_u16(), error.code)
}

#[tokio::test]
async fn a_full_room_takes_nobody_else() {
    let relay = Relay::start(|config| config.room_size = 2).await;
    let (mut ann, anns) = relay.join("r", "ann").await;
    assert_eq!(anns.limits.participants, 2);
    let (bob, _) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    let mut eve = relay.client().await;
    eve.send(&join("r", "eve")).await;
    let error = eve.hear_error().await;
    assert_eq!(error.code, ErrorCode::RoomFull);
    assert_eq!(error.about.as_deref(), Some("room:join"));
    // Another room has place, and so has this one when somebody has left.
    eve.join("s", "eve").await;
    eve.send(&ClientMessage::RoomLeave).await;
    assert_eq!(eve.hear().await, ServerMessage::RoomLeft);
    let mut bob = bob;
    bob.send(&ClientMessage::RoomLeave).await;
    assert_eq!(bob.hear().await, ServerMessage::RoomLeft);
    eve.join("r", "eve").await;
}

#[tokio::test]
async fn too_many_messages_are_refused_with_the_time_to_wait() {
    let relay = Relay::start(|config| {
        config.message_rate = 1;
        config.message_burst = 5;
    })
    .await;
    let mut client = relay.client().await;
    for _ in 0..5 {
        client.send(&ClientMessage::Ping).await;
        assert_eq!(client.hear().await, ServerMessage::Pong);
    }
    client.send(&ClientMessage::Ping).await;
    let error = client.hear_error().await;
    assert_eq!(error.code, ErrorCode::RateLimited);
    let wait = error.retry_after_ms.unwrap();
    assert!((1..=1000).contains(&wait), "{wait} ms");
}

#[tokio::test]
async fn who_keeps_on_is_closed_with_4003_and_nobody_else() {
    let relay = Relay::start(|config| {
        config.message_rate = 1;
        config.message_burst = 20;
    })
    .await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut client = relay.client().await;
    // Malformed ones count like any.
    let mut sending = Ok(());
    for _ in 0..60 {
        let message = tungstenite::Message::text("x");
        sending = futures_util::SinkExt::send(&mut client.socket, message).await;
        if sending.is_err() {
            break;
        }
    }
    drop(sending);
    let (mut carried_out, mut refused) = (0, 0);
    let code = loop {
        match client.hear_or_close().await {
            Ok(ServerMessage::Error(error)) if error.code == ErrorCode::BadMessage => {
                carried_out += 1;
            }
            Ok(ServerMessage::Error(error)) if error.code == ErrorCode::RateLimited => {
                refused += 1;
            }
            Ok(other) => panic!("{other:?}"),
            Err(frame) => break u16::from(frame.unwrap().code),
        }
    };
    assert_eq!(code, 4003);
    // One more of each where the machine was slow.
    assert!((20..=25).contains(&carried_out), "{carried_out}");
    assert!((20..=25).contains(&refused), "{refused}");
    ann.hear_nothing().await;
}

#[tokio::test]
async fn an_address_holds_so_many_sockets() {
    let relay = Relay::start(|config| config.sockets_per_address = 2).await;
    let first = relay.client().await;
    let _second = relay.client().await;
    assert_eq!(refusal(&relay).await, (429, ErrorCode::RateLimited));
    first.lose().await;
    relay.join("r", "ann").await;
}

#[tokio::test]
async fn the_process_holds_so_many_sockets() {
    let relay = Relay::start(|config| config.sockets = 1).await;
    let first = relay.client().await;
    assert_eq!(refusal(&relay).await, (503, ErrorCode::ServerFull));
    first.lose().await;
    relay.join("r", "ann").await;
}

#[tokio::test]
async fn wrong_passcodes_are_refused_and_slowed_down() {
    let relay = Relay::start(|_| ()).await;
    let mut ann = relay.client().await;
    ann.send(&join_with_proof("r", "ann", "right")).await;
    ann.hear_joined().await;
    let mut eve = relay.client().await;
    for number in 0..10 {
        let guess = join_with_proof("r", "eve", &number.to_string());
        eve.send(&guess).await;
        assert_eq!(eve.hear_error_code().await, ErrorCode::WrongPasscode);
    }
    // Now even the right one is not looked at, on another socket neither.
    for socket in [&mut eve, &mut relay.client().await] {
        socket.send(&join_with_proof("r", "eve", "right")).await;
        let error = socket.hear_error().await;
        assert_eq!(error.code, ErrorCode::RateLimited);
        assert_eq!(error.about.as_deref(), Some("room:join"));
        let wait = error.retry_after_ms.unwrap();
        assert!((1..=6000).contains(&wait), "{wait} ms");
    }
    // Whoever gives none is no guesser.
    eve.send(&join("r", "eve")).await;
    assert_eq!(eve.hear_error_code().await, ErrorCode::WrongPasscode);
    eve.join("open", "eve").await;
    ann.hear_nothing().await;
}
