//! Who is let in.

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

use crate::page::{APP, Page, connect, knock, page_headers, try_open, within};

const FORBIDDEN: u16 = 403;

fn transport(limits: Limits) -> Transport {
    Transport::new(Options { limits })
}

/// Knocks with these headers; expects 403 and one more on the count.
async fn check_refused(transport: &Transport, address: &str, headers: &[(HeaderName, &str)]) {
    let before = transport.refused();
    let stream = connect(address).await;
    let knocked = within(client_async(knock(address, headers), stream)).await;
    match knocked {
        Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), FORBIDDEN),
        Err(error) => panic!("{headers:?}: {error}"),
        Ok(_) => panic!("{headers:?} was let in"),
    }
    wait_refused(transport, before + 1).await;
}

/// The count follows the answer at once, but on another thread.
async fn wait_refused(transport: &Transport, count: u64) {
    within(async {
        while transport.refused() < count {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(transport.refused(), count);
}

#[tokio::test]
async fn the_page_that_asked_is_let_in_once() {
    let transport = Transport::default();
    let admission = transport.admit(APP).await.unwrap();
    assert!(admission.address.starts_with("ws://127.0.0.1:"));
    assert_eq!(admission.token.len(), 64);
    let _page = try_open(&admission, APP).await.unwrap();
    // A stolen token comes too late.
    assert_eq!(try_open(&admission, APP).await.err(), Some(FORBIDDEN));
    assert_eq!(transport.refused(), 1);
}

#[tokio::test]
async fn every_token_is_another() {
    let transport = Transport::default();
    let first = transport.admit(APP).await.unwrap();
    let second = transport.admit(APP).await.unwrap();
    assert_ne!(first.token, second.token);
    assert_eq!(first.address, second.address);
    assert!(!format!("{first:?}").contains(&first.token));
}

#[tokio::test]
async fn a_foreign_page_is_refused_and_spoils_the_token() {
    let transport = Transport::default();
    let admission = transport.admit(APP).await.unwrap();
    let foreign = try_open(&admission, "https://evil.example").await;
    assert_eq!(foreign.err(), Some(FORBIDDEN));
    assert_eq!(try_open(&admission, APP).await.err(), Some(FORBIDDEN));
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let transport = transport(Limits {
        token_life: Duration::ZERO,
        ..Limits::default()
    });
    let admission = transport.admit(APP).await.unwrap();
    assert_eq!(try_open(&admission, APP).await.err(), Some(FORBIDDEN));
}

#[tokio::test]
async fn what_lacks_something_is_refused() {
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
    // None of them has spoilt it.
    let admission = Admission { address, token };
    assert!(try_open(&admission, APP).await.is_ok());
}

#[tokio::test]
async fn what_is_no_websocket_is_closed() {
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
        // An end or a reset: both are a closed socket.
        let _ = within(stream.read_to_end(&mut answer)).await;
        assert_eq!(answer, b"");
    }
    wait_refused(&transport, 3).await;
}

#[tokio::test]
async fn who_says_nothing_is_closed() {
    let transport = transport(Limits {
        handshake_within: Duration::from_millis(50),
        ..Limits::default()
    });
    let admission = transport.admit(APP).await.unwrap();
    let mut stream = connect(&admission.address).await;
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    wait_refused(&transport, 1).await;
}

#[tokio::test]
async fn there_are_only_so_many_places() {
    let transport = transport(Limits {
        sockets: 2,
        ..Limits::default()
    });
    let first = Page::open(&transport).await;
    let _second = Page::open(&transport).await;
    let admission = transport.admit(APP).await.unwrap();
    let mut stream = connect(&admission.address).await;
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    wait_refused(&transport, 1).await;
    drop(first);
    // Its place is free as soon as its end was seen.
    within(async {
        loop {
            let admission = transport.admit(APP).await.unwrap();
            let stream = connect(&admission.address).await;
            let headers = page_headers(APP, &admission.token);
            let headers = headers
                .each_ref()
                .map(|(name, value)| (name.clone(), value.as_str()));
            if client_async(knock(&admission.address, &headers), stream)
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
async fn the_end_of_the_transport_closes_its_roads() {
    let transport = Transport::default();
    let page = Page::open(&transport).await;
    drop(transport);
    assert_eq!(page.close_code().await, 1001);
}

/// Sockets that send so much of a request, and then nothing.
async fn hold_open(address: &str, count: usize, said: &[u8]) -> Vec<tokio::net::TcpStream> {
    let mut held = vec![];
    for _ in 0..count {
        let mut stream = connect(address).await;
        stream.write_all(said).await.unwrap();
        held.push(stream);
    }
    held
}

#[tokio::test]
async fn idle_sockets_never_keep_the_page_out() {
    for said in [&b""[..], b"G", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"] {
        // Nothing but the bound itself may free a place within the test.
        let transport = transport(Limits {
            handshake_within: Duration::from_secs(3600),
            ..Limits::default()
        });
        let admission = transport.admit(APP).await.unwrap();
        let bound = Limits::default().unauthenticated;
        let mut before = hold_open(&admission.address, 2 * bound, said).await;
        let mut page = within(Page::open(&transport)).await;
        let after = hold_open(&admission.address, 2 * bound, said).await;
        // The oldest have given way: all that came before, and as many of those after.
        let mut answer = Vec::new();
        for stream in &mut before {
            let _ = within(stream.read_to_end(&mut answer)).await;
        }
        assert_eq!(answer, b"");
        // The page that has shown its token has not.
        page.ask_done(RequestKind::OpenSource {
            source: SourceId(1),
            kind: SourceKind::Audio,
            pixels: None,
        })
        .await;
        let another = within(Page::open(&transport)).await;
        drop((after, another));
    }
}

#[tokio::test]
async fn slow_handshake_is_closed_at_its_deadline() {
    let transport = transport(Limits {
        handshake_within: Duration::from_millis(50),
        ..Limits::default()
    });
    let admission = transport.admit(APP).await.unwrap();
    let mut held = hold_open(&admission.address, 70, b"GET / HTTP/1.1\r\n").await;
    let mut answer = Vec::new();
    for stream in &mut held {
        let _ = within(stream.read_to_end(&mut answer)).await;
    }
    wait_refused(&transport, 70).await;
}
