//! WebSocket subprotocols.

use signal_protocol::SUBPROTOCOL;
use tokio_tungstenite::tungstenite;

use crate::{client::Client, relay::Relay};

#[tokio::test]
async fn unknown_subprotocols_are_refused() {
    let relay = Relay::start(|_| ()).await;
    for offered in [&[][..], &[SUBPROTOCOL], &["other", SUBPROTOCOL]] {
        let mut client = Client::try_connect(relay.address, offered).await.unwrap();
        client.receive_nothing().await;
    }
    for offered in [&["other"][..], &["snug.v2", "snug"]] {
        let Err(tungstenite::Error::Http(response)) =
            Client::try_connect(relay.address, offered).await
        else {
            panic!("{offered:?} was not refused over HTTP");
        };
        assert_eq!(response.status(), 400);
    }
}
