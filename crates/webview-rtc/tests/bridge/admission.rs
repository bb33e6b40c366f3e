//! Admission of sockets to the bridge.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Error,
        http::{HeaderName, header},
    },
};
use webview_rtc::{
    Options, Transport,
    bridge::{Admission, Limits},
    wire::{
        id::SourceId,
        request::{RequestKind, SourceKind},
    },
};

use crate::page::{APP, Page, before_deadline, connect, page_headers, try_open, upgrade_request};

const FORBIDDEN: u16 = 403;

fn transport(limits: Limits) -> Transport {
    Transport::new(Options { limits })
}

/// Sends an upgrade request with these headers; expects 403 and a refusal counted.
async fn check_refused(transport: &Transport, address: &str, headers: &[(HeaderName, &str)]) {
    let before = transport.refused();
    let stream = connect(address).await;
    let handshake = before_deadline(client_async(upgrade_request(address, headers), stream)).await;
    match handshake {
        Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), FORBIDDEN),
        Err(error) => panic!("{headers:?}: {error}"),
        Ok(_) => panic!("{headers:?} was let in"),
    }
    wait_for_refused_count(transport, before + 1).await;
}

/// The count changes right after the response, but on another thread.
async fn wait_for_refused_count(transport: &Transport, count: u64) {
    before_deadline(async {
        while transport.refused() < count {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(transport.refused(), count);
}

#[tokio::test]
async fn token_admits_its_page_once() {
    let transport = Transport::default();
    let admission = transport.admit(APP).await.unwrap();
    assert!(admission.address.starts_with("ws://127.0.0.1:"));
    assert_eq!(admission.token.len(), 64);
    let _page = try_open(&admission, APP).await.unwrap();
    // A stolen token is already used up.
    assert_eq!(try_open(&admission, APP).await.err(), Some(FORBIDDEN));
    assert_eq!(transport.refused(), 1);
}

#[tokio::test]
async fn tokens_are_unique() {
    let transport = Transport::default();
    let first = transport.admit(APP).await.unwrap();
    let second = transport.admit(APP).await.unwrap();
    assert_ne!(first.token, second.token);
    assert_eq!(first.address, second.address);
    assert!(!format!("{first:?}").contains(&first.token));
}

#[tokio::test]
async fn foreign_page_is_refused_and_uses_the_token_up() {
    let transport = Transport::default();
    let admission = transport.admit(APP).await.unwrap();
    let foreign = try_open(&admission, "https://evil.example").await;
    assert_eq!(foreign.err(), Some(FORBIDDEN));
    assert_eq!(try_open(&admission, APP).await.err(), Some(FORBIDDEN));
}

#[tokio::test]
async fn expired_token_is_refused() {
    let transport = transport(Limits {
        token_lifetime: Duration::ZERO,
        ..Limits::default()
    });
    let admission = transport.admit(APP).await.unwrap();
    assert_eq!(try_open(&admission, APP).await.err(), Some(FORBIDDEN));
}

#[tokio::test]
async fn incomplete_upgrade_request_is_refused() {
    let transport = Transport::default();
    let Admission { address, token } = transport.admit(APP).await.unwrap();
    let [origin, protocols] = page_headers(APP, &token);
    let origin = (origin.0, origin.1.as_str());
    let protocols = (protocols.0, protocols.1.as_str());
    let protocol = header::SEC_WEBSOCKET_PROTOCOL;
    let unknown = format!("webrtc-bridge, {}", "0".repeat(64));
    let localhost = address.replace("ws://127.0.0.1", "localhost");
    for headers in [
        vec![],
        vec![origin.clone()],
        vec![protocols.clone()],
        vec![origin.clone(), (protocol.clone(), "webrtc-bridge")],
        vec![origin.clone(), (protocol.clone(), token.as_str())],
        vec![origin.clone(), (protocol.clone(), unknown.as_str())],
        vec![
            (header::HOST, localhost.as_str()),
            origin.clone(),
            protocols.clone(),
        ],
    ] {
        check_refused(&transport, &address, &headers).await;
    }
    // None of them has used the token up.
    let admission = Admission { address, token };
    assert!(try_open(&admission, APP).await.is_ok());
}

#[tokio::test]
async fn socket_without_websocket_request_is_closed() {
    let transport = Transport::default();
    let admission = transport.admit(APP).await.unwrap();
    for words in [
        "GET / HTTP/1.1\r\n\r\n",
        "\0\0\0\0",
        "POST / HTTP/1.0\r\n\r\n",
    ] {
        let mut stream = connect(&admission.address).await;
        stream.write_all(words.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // End of stream or reset: both mean a closed socket.
        let _ = before_deadline(stream.read_to_end(&mut answer)).await;
        assert_eq!(answer, b"");
    }
    wait_for_refused_count(&transport, 3).await;
}

#[tokio::test]
async fn silent_socket_is_closed() {
    let transport = transport(Limits {
        handshake_timeout: Duration::from_millis(50),
        ..Limits::default()
    });
    let admission = transport.admit(APP).await.unwrap();
    let mut stream = connect(&admission.address).await;
    let mut answer = Vec::new();
    let _ = before_deadline(stream.read_to_end(&mut answer)).await;
    wait_for_refused_count(&transport, 1).await;
}

#[tokio::test]
async fn bridges_beyond_the_limit_are_refused() {
    let transport = transport(Limits {
        max_bridges: 2,
        ..Limits::default()
    });
    let first = Page::open(&transport).await;
    let _second = Page::open(&transport).await;
    let admission = transport.admit(APP).await.unwrap();
    let mut stream = connect(&admission.address).await;
    let mut answer = Vec::new();
    let _ = before_deadline(stream.read_to_end(&mut answer)).await;
    wait_for_refused_count(&transport, 1).await;
    drop(first);
    // Its permit is free as soon as the transport noticed the end.
    before_deadline(async {
        loop {
            let admission = transport.admit(APP).await.unwrap();
            let stream = connect(&admission.address).await;
            let headers = page_headers(APP, &admission.token);
            let headers = headers
                .each_ref()
                .map(|(name, value)| (name.clone(), value.as_str()));
            if client_async(upgrade_request(&admission.address, &headers), stream)
                .await
                .is_ok()
            {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn dropping_the_transport_closes_its_bridges() {
    let transport = Transport::default();
    let page = Page::open(&transport).await;
    drop(transport);
    assert_eq!(page.close_code().await, 1001);
}

/// Opens sockets that send only this start of a request.
async fn open_idle_sockets(address: &str, count: usize, sent: &[u8]) -> Vec<tokio::net::TcpStream> {
    let mut sockets = vec![];
    for _ in 0..count {
        let mut stream = connect(address).await;
        stream.write_all(sent).await.unwrap();
        sockets.push(stream);
    }
    sockets
}

#[tokio::test]
async fn idle_sockets_never_keep_the_page_out() {
    for sent in [&b""[..], b"G", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"] {
        // Only the limit itself may close a socket within the test.
        let transport = transport(Limits {
            handshake_timeout: Duration::from_secs(3600),
            ..Limits::default()
        });
        let admission = transport.admit(APP).await.unwrap();
        let bound = Limits::default().max_pending_handshakes;
        let mut before = open_idle_sockets(&admission.address, 2 * bound, sent).await;
        let mut page = before_deadline(Page::open(&transport)).await;
        let after = open_idle_sockets(&admission.address, 2 * bound, sent).await;
        // The oldest sockets are closed: all opened before, and as many of those after.
        let mut answer = Vec::new();
        for stream in &mut before {
            let _ = before_deadline(stream.read_to_end(&mut answer)).await;
        }
        assert_eq!(answer, b"");
        // The page that has presented its token is still open.
        page.ask_done(RequestKind::OpenSource {
            source: SourceId(1),
            kind: SourceKind::Audio,
            pixels: None,
        })
        .await;
        let another = before_deadline(Page::open(&transport)).await;
        drop((after, another));
    }
}

#[tokio::test]
async fn slow_handshake_is_closed_at_its_deadline() {
    let transport = transport(Limits {
        handshake_timeout: Duration::from_millis(50),
        ..Limits::default()
    });
    let admission = transport.admit(APP).await.unwrap();
    let mut sockets = open_idle_sockets(&admission.address, 70, b"GET / HTTP/1.1\r\n").await;
    let mut answer = Vec::new();
    for stream in &mut sockets {
        let _ = before_deadline(stream.read_to_end(&mut answer)).await;
    }
    wait_for_refused_count(&transport, 70).await;
}
