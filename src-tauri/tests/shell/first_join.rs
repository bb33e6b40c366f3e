//! The first join: success, and a code for each failure.

use serde_json::{Value, json};
use signal_server::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{Member, Page, Relay, candidate, free_port, join, start_signaling};

#[tokio::test]
async fn two_members_meet_and_messages_keep_their_order() {
    let relay = Relay::start().await;
    let mut bo = Member::join(relay.address).await;
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, &relay.address.to_string());

    assert_eq!(page.next().await["kind"], "connecting");
    assert_eq!(page.next().await["kind"], "connected");
    let joined = page.message("room:joined").await;
    assert_eq!(joined["participants"][0]["email"], "bo@example.org");
    assert_eq!(joined["resume"], "", "the token stays in Rust");
    assert_eq!(
        bo.message("user:joined").await["user"]["email"],
        "ana@example.org"
    );

    for number in 0..100 {
        signaling
            .send(candidate(&bo.id, &number.to_string()))
            .unwrap();
    }
    for number in 0..100 {
        let received = bo.message("peer:candidate").await;
        assert_eq!(received["payload"], number.to_string());
    }
    let ana = joined["self"]["id"].as_str().unwrap();
    bo.send(format!(
        r#"{{"type":"user:call","to":"{ana}","payload":"\u00e9"}}"#
    ))
    .await;
    assert_eq!(page.message("incoming:call").await["payload"], "é");
}

#[tokio::test]
async fn unknown_host_is_named() {
    let reason = json!({"code": "unknown-host", "host": "nobody.invalid"});
    check_failure("nobody.invalid:8787", reason).await;
}

#[tokio::test]
async fn wrong_port_is_reported_with_the_address() {
    let address = format!("127.0.0.1:{}", free_port().await);
    check_failure(&address, with_address("nothing-answers", &address)).await;
}

#[tokio::test]
async fn web_server_is_no_relay() {
    let address = serve_each(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    check_failure(&address, with_address("not-a-relay", &address)).await;
}

#[tokio::test]
async fn program_without_http_is_no_relay() {
    let address = serve_each(b"SSH-2.0-OpenSSH_9.2p1\r\n").await;
    check_failure(&address, with_address("not-a-relay", &address)).await;
}

#[tokio::test]
async fn websocket_of_another_protocol_is_no_relay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        tokio_tungstenite::accept_async(stream).await
    });
    let address = address.to_string();
    check_failure(&address, with_address("not-a-relay", &address)).await;
}

#[tokio::test]
async fn tls_address_of_a_relay_without_tls_fails() {
    let relay = Relay::start().await;
    let address = format!("https://{}", relay.address);
    check_failure(&address, with_address("no-tls", &address)).await;
}

#[tokio::test]
async fn full_relay_asks_to_try_again_later() {
    let config = Config {
        sockets: 1,
        ..Config::default()
    };
    let relay = Relay::start_with("127.0.0.1:0".parse().unwrap(), config).await;
    let _bo = Member::join(relay.address).await;
    let address = relay.address.to_string();
    check_failure(&address, with_address("relay-takes-nobody", &address)).await;
}

#[tokio::test]
async fn full_room_is_reported_in_the_relays_words() {
    let config = Config {
        room_size: 2,
        ..Config::default()
    };
    let relay = Relay::start_with("127.0.0.1:0".parse().unwrap(), config).await;
    let mut first = Member::join(relay.address).await;
    let _second = Member::join(relay.address).await;
    first.message("user:joined").await;
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, &relay.address.to_string());
    assert_eq!(page.message("error").await["code"], "room-full");
}

/// Time is paused until nothing else happens, so the ten seconds pass at once.
#[tokio::test(start_paused = true)]
async fn silent_server_fails_at_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    check_failure(&address, with_address("timed-out", &address)).await;
    drop(listener);
}

async fn check_failure(relay: &str, reason: Value) {
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, relay);
    assert_eq!(page.failure("relay").await, reason);
}

fn with_address(code: &str, address: &str) -> Value {
    json!({"code": code, "address": address})
}

/// A server that answers the first bytes with these.
async fn serve_each(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
        }
    });
    address.to_string()
}
