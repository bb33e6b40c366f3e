//! Ends of sockets, queued messages, lost members and resumes.

use std::time::Duration;

use signal_protocol::{ClientMessage, ErrorCode, ResumeToken, ServerMessage};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use super::watched::{Moves, Watched};
use crate::client::Client;

pub(crate) async fn run() -> Moves {
    let (ended, lost, slow, silent) = tokio::join!(ended(), lost_for_good(), slow(), silent());
    Moves::all([ended, lost, slow, silent])
}

async fn ended() -> Moves {
    let mut watched = Watched::start(|_| ()).await;
    let relay = &watched.relay;
    let mut binary = relay.client().await;
    binary.send_frame(Message::binary(vec![1])).await;
    assert_eq!(binary.receive_close().await, 1003);
    let mut no_text = relay.client().await;
    let frame = [0x81, 0x81, 0, 0, 0, 0, 0xff];
    no_text.socket.get_mut().write_all(&frame).await.unwrap();
    assert_eq!(no_text.receive_close().await, 1008);
    let mut large = relay.client().await;
    large.send_text(&"x".repeat(70_000)).await;
    assert_eq!(large.receive_close().await, 1009);

    let (mut old, joined) = relay.join("r", "ann").await;
    let mut new = relay.client().await;
    assert!(new.resume("r", "ann", &joined.resume).await.resumed);
    assert_eq!(old.receive_close().await, 4000);
    let mut late = relay.client().await;
    let forgotten = ResumeToken::new("forgotten");
    assert!(!late.resume("r", "bob", &forgotten).await.resumed);
    late.lose().await;
    watched
        .look_until_moved(&[
            "snug_members{state=\"lost\"}",
            "snug_sockets_closed_total{reason=\"gone\"}",
        ])
        .await;
    watched.end().await
}

async fn lost_for_good() -> Moves {
    let watched = Watched::start(|config| config.grace = Duration::ZERO).await;
    let (mut ann, _) = watched.relay.join("r", "ann").await;
    let (bob, _) = watched.relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.lose().await;
    assert!(matches!(
        ann.receive().await,
        ServerMessage::UserLeft { .. }
    ));
    watched.end().await
}

async fn slow() -> Moves {
    let mut watched = Watched::start(|config| {
        config.message_rate = 0;
        config.stall = Duration::from_millis(200);
    })
    .await;
    let (mut ann, _) = watched.relay.join("r", "ann").await;
    let mut slow = Client::connect_narrow(watched.relay.address).await;
    let slows = slow.join("r", "slow").await;
    ann.hear_user_joined().await;
    let payload = "x".repeat(30_000);
    for sent in 0.. {
        assert!(sent < 4000, "nothing bounds the queue");
        ann.call(&slows.myself.id, &payload).await;
        ann.send(&ClientMessage::Ping).await;
        let answer = loop {
            match ann.receive().await {
                ServerMessage::Error(error) => assert_eq!(error.code, ErrorCode::RateLimited),
                other => break other,
            }
        };
        if answer != ServerMessage::Pong {
            break;
        }
        if sent % 5 == 0 {
            watched.look().await;
        }
    }
    assert_eq!(slow.receive_close().await, 4002);
    watched.end().await
}

async fn silent() -> Moves {
    let mut watched = Watched::start(|config| {
        config.ping_every = Duration::from_millis(100);
        config.silence = Duration::from_secs(1);
    })
    .await;
    // Reading answers pings.
    let _silent = watched.relay.client().await;
    let lost = "snug_sockets_closed_total{reason=\"heartbeat-lost\"}";
    watched.look_until_moved(&[lost]).await;
    watched.end().await
}
