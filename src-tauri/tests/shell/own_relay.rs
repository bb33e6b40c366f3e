//! The relay inside the app: one per computer, in any of its windows.

use std::sync::Arc;

use serde_json::json;
use signal_protocol::RelayAddress;
use signal_server::{PageFile, PageSource};
use snug_shell::{
    own_relay::{OwnRelay, Reach},
    relay_choice::RelayChoice,
    signaling::Signaling,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Handle,
};

use crate::support::{Page, free_port, in_time, request};

#[tokio::test]
async fn second_window_takes_over_when_the_first_closes() {
    let port = free_port().await;
    let (first, mut first_page) = window(port);
    let joined = first_page.message("room:joined").await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 0);
    let (_second, mut second_page) = window(port);
    let joined = second_page.message("room:joined").await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 1);
    first_page.message("user:joined").await;

    first.signaling.stop().await;
    assert_eq!(second_page.message("user:left").await["reason"], "left");
    first.own_relay.stop().await;

    // The second window hosts it now, for itself and for a third.
    assert_eq!(second_page.message("room:joined").await["resumed"], false);
    let (_third, mut third_page) = window(port);
    let joined = third_page.message("room:joined").await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn another_program_on_the_port_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhi").await;
        }
    });
    let (_window, mut page) = window(port);
    let reason = page.failure("relay").await;
    assert_eq!(reason, json!({"code": "port-taken", "port": port}));
}

#[tokio::test]
async fn guests_get_the_page() {
    let page = PageSource::Embedded(Arc::new(|name| {
        (name == "index.html").then(|| PageFile {
            bytes: b"<h1>Snug</h1>".to_vec(),
            content_type: "text/html".to_owned(),
        })
    }));
    let own_relay = OwnRelay::new(free_port().await, page);
    let address = own_relay.ensure_running().await.unwrap();
    let answer = get(host_and_port(&address.to_string()), "/r/42").await;
    assert!(answer.ends_with("<h1>Snug</h1>"), "{answer}");
    own_relay.stop().await;
}

#[tokio::test]
async fn relay_is_shared_with_the_network_on_request_only() {
    let own_relay = OwnRelay::new(free_port().await, PageSource::None);
    own_relay.ensure_running().await.unwrap();
    let state = own_relay.state().await;
    assert!(!state.sharing && state.addresses.is_empty(), "{state:?}");

    let state = own_relay.set_reach(Reach::ThisNetwork).await.unwrap();
    assert!(state.sharing);
    for address in &state.addresses {
        let answer = get(host_and_port(address), "/healthz").await;
        assert!(answer.contains("snug-signal-server"), "{address}: {answer}");
    }
    let for_others = own_relay.address_for_others().await;
    assert!(
        state.addresses.is_empty() || state.addresses[0] == for_others.to_string(),
        "{for_others}"
    );

    let shared = state.addresses;
    let state = own_relay.set_reach(Reach::ThisComputer).await.unwrap();
    assert!(!state.sharing);
    for address in shared {
        let connected = TcpStream::connect(host_and_port(&address)).await;
        assert!(connected.is_err(), "{address}");
    }
    own_relay.stop().await;
}

#[tokio::test]
async fn only_the_hosting_window_shares_the_relay() {
    let port = free_port().await;
    let hosting = OwnRelay::new(port, PageSource::None);
    hosting.ensure_running().await.unwrap();
    let other = OwnRelay::new(port, PageSource::None);
    let refused = other.set_reach(Reach::ThisNetwork).await.unwrap_err();
    assert!(refused.to_string().contains("opened first"), "{refused}");
    hosting.stop().await;
}

struct Window {
    signaling: Signaling,
    own_relay: Arc<OwnRelay>,
}

/// A window in which a person has chosen "this computer" and pressed Join room.
fn window(port: u16) -> (Window, Page) {
    let own_relay = Arc::new(OwnRelay::new(port, PageSource::None));
    let signaling = Signaling::start(&Handle::current(), Arc::clone(&own_relay));
    let page = Page::listen(&signaling);
    signaling.join(request(RelayChoice::ThisComputer)).unwrap();
    let window = Window {
        signaling,
        own_relay,
    };
    (window, page)
}

/// The parts of an address as people enter it.
fn host_and_port(address: &str) -> (String, u16) {
    let address = RelayAddress::parse(address).unwrap();
    (address.host().to_string(), address.port())
}

async fn get(address: impl tokio::net::ToSocketAddrs, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    in_time(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}
