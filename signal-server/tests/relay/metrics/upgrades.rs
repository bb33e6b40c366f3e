//! Refused WebSocket upgrades, and connections without a request.

use signal_server::HostNames;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, client::IntoClientRequest, http::Request},
};

use super::watched::{Moves, Watched, free_address};
use crate::{
    client::{Client, within},
    relay::{Relay, get},
    tls::Pems,
};

pub(crate) async fn run() -> Moves {
    let (refused, stopping, tls) = tokio::join!(refused(), stopping(), tls());
    let (of_one, in_all) = tokio::join!(connections(64, 256), connections(1, 64));
    Moves::all([refused, stopping, tls, of_one, in_all])
}

/// The socket, or the status of the refusal.
async fn upgrade(
    relay: &Relay,
    header: (&'static str, &str),
) -> Result<WebSocketStream<TcpStream>, u16> {
    let url = format!("ws://{}/ws", relay.address);
    let mut request = url.into_client_request().unwrap();
    request
        .headers_mut()
        .insert(header.0, header.1.parse().unwrap());
    ask(relay, request).await
}

/// A page whose name resolves to the relay.
async fn as_page_of(relay: &Relay, host: &str) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{host}/ws").into_client_request().unwrap();
    let origin = format!("http://{host}").parse().unwrap();
    request.headers_mut().insert("origin", origin);
    ask(relay, request).await
}

async fn ask(relay: &Relay, request: Request<()>) -> Result<WebSocketStream<TcpStream>, u16> {
    let stream = TcpStream::connect(relay.address).await.unwrap();
    match within(client_async(request, stream)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn refused() -> Moves {
    let watched = Watched::start(|config| {
        config.sockets = 2;
        config.sockets_per_address = 1;
        config.hosts = HostNames::parse(&["relay"]).unwrap();
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let relay = &watched.relay;
    assert_eq!(get(relay.address, "/ws").await.status, 400);
    let unknown = ("sec-websocket-protocol", "snug.v0");
    assert_eq!(upgrade(relay, unknown).await.err(), Some(400));
    let evil = ("origin", "https://evil.example");
    assert_eq!(upgrade(relay, evil).await.err(), Some(403));
    let rebound = format!("rebound.example:{}", relay.address.port());
    let rebound = as_page_of(relay, &rebound).await;
    assert_eq!(rebound.err(), Some(421));
    let from = |address| upgrade(relay, ("x-forwarded-for", address));
    let _first = from("198.51.100.1").await.unwrap();
    assert_eq!(from("198.51.100.1").await.err(), Some(429));
    let _second = from("198.51.100.2").await.unwrap();
    assert_eq!(from("198.51.100.3").await.err(), Some(503));
    watched.end().await
}

async fn stopping() -> Moves {
    let watched = Watched::start(|_| ()).await;
    let mut ann = watched.relay.client().await;
    // It does not answer the close frame, so the shutdown takes a while.
    let _holds_up = watched.relay.client().await;
    watched.relay.shutdown.cancel();
    assert_eq!(ann.receive_close().await, 1012);
    let late = Client::try_connect(watched.relay.address, &[]).await;
    assert!(matches!(late, Err(Error::Http(response)) if response.status() == 503));
    watched.end().await
}

/// Opens one more silent connection than the limit, with this limit of sockets.
async fn connections(sockets: usize, most: usize) -> Moves {
    let mut watched = Watched::start(|config| {
        // The limit is four times as many, and as many connections in total.
        config.sockets = sockets * 64;
        config.sockets_per_address = 1;
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..=most {
        silent.push(TcpStream::connect(watched.relay.address).await.unwrap());
    }
    let reason = match sockets {
        1 => "server-full",
        _ => "address-full",
    };
    let series = format!("snug_connections_refused_total{{reason=\"{reason}\"}}");
    watched.look_until_moved(&[&series]).await;
    watched.end().await
}

async fn tls() -> Moves {
    let (pems, _) = Pems::new();
    let turn = free_address();
    let mut watched = Watched::start(|config| {
        config.tls = pems.config();
        config.turn.listen_tls = vec![turn];
    })
    .await;
    let _silent = TcpStream::connect(watched.relay.address).await.unwrap();
    let mut no_tls = TcpStream::connect(watched.relay.address).await.unwrap();
    no_tls.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut no_turn_tls = TcpStream::connect(turn).await.unwrap();
    no_turn_tls.write_all(&[0xff; 64]).await.unwrap();
    pems.renew(2098);
    watched
        .look_until_moved(&[
            "snug_certificate_days_left",
            "snug_connections_refused_total{reason=\"tls\"}",
            "snug_connections_refused_total{reason=\"tls-too-slow\"}",
            "snug_turn_refused_total{reason=\"tls\"}",
        ])
        .await;
    watched.end().await
}
