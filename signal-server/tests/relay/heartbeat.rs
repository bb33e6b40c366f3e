//! The relay pings, and closes sockets that do not answer.

use std::time::Duration;

use futures_util::StreamExt;
use signal_protocol::{ClientMessage, ServerMessage};
use tokio_tungstenite::tungstenite::Message;

use crate::{client::within, relay::Relay};

fn short(config: &mut signal_server::Config) {
    config.ping_every = Duration::from_millis(100);
    config.silence = Duration::from_secs(1);
    config.grace = Duration::ZERO;
}

#[tokio::test]
async fn silent_socket_is_closed_with_4001() {
    let relay = Relay::start(short).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (mut silent, silents) = relay.join("r", "silent").await;
    ann.hear_user_joined().await;
    // Reading answers pings. `silent` does not read until it was closed.
    let ServerMessage::UserLeft { id, .. } = ann.receive().await else {
        panic!("nobody was dropped");
    };
    assert_eq!(id, silents.myself.id);
    assert_eq!(silent.receive_close().await, 4001);
}

#[tokio::test]
async fn socket_that_answers_pings_stays_open() {
    let relay = Relay::start(short).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    // Longer than the silence: reading the next message answers every ping.
    for _ in 0..15 {
        let ping = within(ann.socket.next()).await.unwrap().unwrap();
        assert!(matches!(ping, Message::Ping(_)), "{ping:?}");
    }
    ann.send(&ClientMessage::Ping).await;
    assert_eq!(ann.receive().await, ServerMessage::Pong);
}
