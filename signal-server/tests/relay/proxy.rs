//! Behind a proxy each client is counted by its own address, and nobody chooses his.

use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::{client::within, relay::Relay};

type Socket = tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>;

/// A socket that came for this address, or the status of the refusal.
async fn connect(relay: &Relay, forwarded: &str) -> Result<Socket, u16> {
    let stream = tokio::net::TcpStream::connect(relay.address).await.unwrap();
    let url = format!("ws://{}/ws", relay.address);
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("x-forwarded-for", forwarded.parse().unwrap());
    match within(client_async(request, stream)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_trusted_proxy_is_believed() {
    let relay = Relay::start(|config| {
        config.sockets_per_address = 1;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let _first = connect(&relay, "198.51.100.1").await.unwrap();
    let _second = connect(&relay, "198.51.100.2").await.unwrap();
    assert_eq!(connect(&relay, "198.51.100.1").await.err(), Some(429));
    // What the client itself wrote stands before what the proxy added.
    assert_eq!(
        connect(&relay, "6.6.6.6, 198.51.100.1").await.err(),
        Some(429)
    );
}

#[tokio::test]
async fn nobody_else_is() {
    let relay = Relay::start(|config| config.sockets_per_address = 1).await;
    let _first = connect(&relay, "198.51.100.1").await.unwrap();
    assert_eq!(connect(&relay, "198.51.100.2").await.err(), Some(429));
}
