//! Limits of one socket, one address and the process.

use signal_protocol::{ClientMessage, ErrorCode, ServerMessage};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_tungstenite::tungstenite;

use crate::{
    client::{Client, join, join_with_proof, within},
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
async fn full_room_refuses_newcomers() {
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
    // Another room has space, and so has this one when a member has left.
    eve.join("s", "eve").await;
    eve.send(&ClientMessage::RoomLeave).await;
    assert_eq!(eve.receive().await, ServerMessage::RoomLeft);
    let mut bob = bob;
    bob.send(&ClientMessage::RoomLeave).await;
    assert_eq!(bob.receive().await, ServerMessage::RoomLeft);
    eve.join("r", "eve").await;
}

#[tokio::test]
async fn messages_above_the_rate_are_refused_with_a_delay() {
    let relay = Relay::start(|config| {
        config.message_rate = 1;
        config.message_burst = 5;
    })
    .await;
    let mut client = relay.client().await;
    for _ in 0..5 {
        client.send(&ClientMessage::Ping).await;
        assert_eq!(client.receive().await, ServerMessage::Pong);
    }
    client.send(&ClientMessage::Ping).await;
    let error = client.hear_error().await;
    assert_eq!(error.code, ErrorCode::RateLimited);
    let wait = error.retry_after_ms.unwrap();
    assert!((1..=1000).contains(&wait), "{wait} ms");
}

#[tokio::test]
async fn persistent_flood_closes_its_socket_with_4003() {
    let relay = Relay::start(|config| {
        config.message_rate = 1;
        config.message_burst = 20;
    })
    .await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut client = relay.client().await;
    // Malformed messages count like any.
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
        match client.receive_or_close().await {
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
    // One more of each if the machine was slow.
    assert!((20..=25).contains(&carried_out), "{carried_out}");
    assert!((20..=25).contains(&refused), "{refused}");
    ann.receive_nothing().await;
}

#[tokio::test]
async fn sockets_of_an_address_are_limited() {
    let relay = Relay::start(|config| config.sockets_per_address = 2).await;
    let first = relay.client().await;
    let _second = relay.client().await;
    assert_eq!(refusal(&relay).await, (429, ErrorCode::RateLimited));
    first.lose().await;
    relay.join("r", "ann").await;
}

#[tokio::test]
async fn sockets_of_the_process_are_limited() {
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
    // Now even the right one is not compared, on no socket.
    for socket in [&mut eve, &mut relay.client().await] {
        socket.send(&join_with_proof("r", "eve", "right")).await;
        let error = socket.hear_error().await;
        assert_eq!(error.code, ErrorCode::RateLimited);
        assert_eq!(error.about.as_deref(), Some("room:join"));
        let wait = error.retry_after_ms.unwrap();
        assert!((1..=6000).contains(&wait), "{wait} ms");
    }
    // A join without a passcode is no guess.
    eve.send(&join("r", "eve")).await;
    assert_eq!(eve.hear_error_code().await, ErrorCode::WrongPasscode);
    eve.join("open", "eve").await;
    ann.receive_nothing().await;
}

#[tokio::test]
async fn wrong_passcodes_do_not_limit_resumes_or_other_rooms() {
    // Others at the same address may still resume, and join other rooms.
    let relay = Relay::start(|config| config.wrong_passcodes = 1).await;
    let mut ann = relay.client().await;
    ann.send(&join_with_proof("r", "ann", "right")).await;
    let anns = ann.hear_joined().await;
    let mut eve = relay.client().await;
    eve.send(&join_with_proof("r", "eve", "wrong")).await;
    assert_eq!(eve.hear_error_code().await, ErrorCode::WrongPasscode);
    eve.send(&join_with_proof("r", "eve", "wrong")).await;
    assert_eq!(eve.hear_error_code().await, ErrorCode::RateLimited);
    // Another room, and a resume.
    let mut bob = relay.client().await;
    bob.send(&join_with_proof("s", "bob", "another")).await;
    bob.hear_joined().await;
    ann.lose().await;
    let mut ann = relay.client().await;
    let ClientMessage::RoomJoin(mut again) = join_with_proof("r", "ann", "right") else {
        unreachable!("a join is a join")
    };
    again.resume = Some(anns.resume);
    ann.send(&ClientMessage::RoomJoin(again)).await;
    assert!(ann.hear_joined().await.resumed);
}

#[tokio::test]
async fn joins_of_an_address_are_limited_but_not_resumes() {
    let relay = Relay::start(|config| config.join_rate = 2).await;
    let (ann, anns) = relay.join("r", "ann").await;
    let (_bob, _) = relay.join("r", "bob").await;
    let mut eve = relay.client().await;
    eve.send(&join("r", "eve")).await;
    let error = eve.hear_error().await;
    assert_eq!(error.code, ErrorCode::RateLimited);
    assert_eq!(error.about.as_deref(), Some("room:join"));
    let wait = error.retry_after_ms.unwrap();
    assert!((1..=30_000).contains(&wait), "{wait} ms");
    ann.lose().await;
    let mut ann = relay.client().await;
    assert!(ann.resume("r", "ann", &anns.resume).await.resumed);
}

#[tokio::test]
async fn sockets_of_one_address_share_a_rate_and_stay_open() {
    // Above the shared rate messages are refused; no socket is closed.
    let relay = Relay::start(|config| {
        config.message_rate = 1;
        config.message_burst = 50;
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..30 {
        clients.push(relay.client().await);
    }
    for client in &mut clients {
        for _ in 0..50 {
            client.send(&ClientMessage::Ping).await;
        }
    }
    let (mut passed, mut refused) = (0, 0);
    for client in &mut clients {
        for _ in 0..50 {
            match client.receive().await {
                ServerMessage::Pong => passed += 1,
                ServerMessage::Error(error) => {
                    assert_eq!(error.code, ErrorCode::RateLimited);
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    // As much as twenty sockets may send. Twenty more per second are far from the total.
    assert!(
        passed >= 1000 && refused > 0,
        "{passed} passed, {refused} not"
    );
}

#[tokio::test]
async fn address_connection_limit_excludes_websockets() {
    // Connections of an address are limited; open WebSockets do not count.
    let relay = Relay::start(|config| config.sockets_per_address = 1000).await;
    let mut sockets = Vec::new();
    for _ in 0..300 {
        sockets.push(relay.client().await);
    }
    let mut silent = Vec::new();
    for _ in 0..256 {
        silent.push(TcpStream::connect(relay.address).await.unwrap());
    }
    let mut refused = TcpStream::connect(relay.address).await.unwrap();
    // Closed or reset at once. A silent connection would wait.
    assert!(!matches!(within(refused.read(&mut [0])).await, Ok(1..)));
    sockets[0].receive_nothing().await;
    drop(silent);
    let again = async {
        while Client::try_connect(relay.address, &[]).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    within(again).await;
}
