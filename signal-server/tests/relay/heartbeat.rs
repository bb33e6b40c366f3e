//! The relay pings, and drops who does not answer.

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
async fn a_silent_socket_is_dropped_with_4001() {
    let relay = Relay::start(short).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (mut silent, silents) = relay.join("r", "silent").await;
    ann.hear_user_joined().await;
    // Reading is what answers pings; `silent` does not read until it was dropped.
    let ServerMessage::UserLeft { id, .. } = ann.hear().await else {
        panic!("nobody was dropped");
    };
    assert_eq!(id, silents.myself.id);
    assert_eq!(silent.hear_close().await, 4001);
}

#[tokio::test]
async fn a_socket_that_answers_pings_stays() {
    let relay = Relay::start(short).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    // Longer than the silence: every ping is answered by reading the next.
    for _ in 0..15 {
        let ping = within(ann.socket.next()).await.unwrap().unwrap();
        assert!(matches!(ping, Message::Ping(_)), "{ping:?}");
    }
    ann.send(&ClientMessage::Ping).await;
    assert_eq!(ann.hear().await, ServerMessage::Pong);
}
