//! The relay accepts pages of its own origin, of the app and of allowed origins.

use signal_server::{AllowedOrigins, Config};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::{client::within, relay::Relay};

/// The answer to a page of this origin: 101 or the status of the refusal.
async fn status(relay: &Relay, origin: &str) -> u16 {
    let stream = tokio::net::TcpStream::connect(relay.address).await.unwrap();
    let url = format!("ws://{}/ws", relay.address);
    let mut request = url.into_client_request().unwrap();
    request
        .headers_mut()
        .insert("origin", origin.parse().unwrap());
    match within(client_async(request, stream)).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => {
            let body = String::from_utf8(response.body().clone().unwrap()).unwrap();
            assert!(body.contains("--allow-origin"), "{body}");
            response.status().as_u16()
        }
        Err(error) => panic!("{error}"),
    }
}

async fn relay(allowed: &[&str]) -> Relay {
    let allowed = AllowedOrigins::parse(allowed).unwrap();
    Relay::start(|config: &mut Config| config.allowed_origins = allowed).await
}

#[tokio::test]
async fn only_known_origins_are_accepted() {
    let relay = relay(&["https://example.org"]).await;
    assert_eq!(
        status(&relay, &format!("http://{}", relay.address)).await,
        101
    );
    assert_eq!(status(&relay, "tauri://localhost").await, 101);
    assert_eq!(status(&relay, "https://example.org").await, 101);
    assert_eq!(status(&relay, "https://evil.example").await, 403);
    assert_eq!(status(&relay, "null").await, 403);
    // A client without an `Origin` is no browser.
    relay.client().await;
}

#[tokio::test]
async fn any_origin_is_accepted_if_allowed() {
    let relay = relay(&["*"]).await;
    assert_eq!(status(&relay, "https://evil.example").await, 101);
}
