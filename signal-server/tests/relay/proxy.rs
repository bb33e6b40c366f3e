//! Behind a proxy each client counts by its own address, and cannot choose it.

use std::net::SocketAddr;

use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::{
    client::within,
    relay::{Program, Relay},
};

type Socket = tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>;

/// A socket with this `X-Forwarded-For`, or the status of the refusal.
async fn connect(relay: &Relay, forwarded: &str) -> Result<Socket, u16> {
    connect_with(relay.address, &[("x-forwarded-for", forwarded)]).await
}

async fn connect_with(address: SocketAddr, lines: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let url = format!("ws://{address}/ws");
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    for (name, value) in lines {
        headers.append(*name, value.parse().unwrap());
    }
    match within(client_async(request, stream)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn forwarded_address_of_a_trusted_proxy_counts() {
    let relay = Relay::start(|config| {
        config.sockets_per_address = 1;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let _first = connect(&relay, "198.51.100.1").await.unwrap();
    let _second = connect(&relay, "198.51.100.2").await.unwrap();
    assert_eq!(connect(&relay, "198.51.100.1").await.err(), Some(429));
    // The client's own value stands before the one that the proxy adds.
    assert_eq!(
        connect(&relay, "6.6.6.6, 198.51.100.1").await.err(),
        Some(429)
    );
}

#[tokio::test]
async fn forwarded_address_of_others_is_ignored() {
    let relay = Relay::start(|config| config.sockets_per_address = 1).await;
    let _first = connect(&relay, "198.51.100.1").await.unwrap();
    assert_eq!(connect(&relay, "198.51.100.2").await.err(), Some(429));
}

/// Each form is another spelling of an address that is already connected.
#[tokio::test]
async fn forwarded_address_is_read_in_every_form() {
    let relay = Relay::start(|config| {
        config.sockets_per_address = 1;
        config.trusted_proxies = vec!["::ffff:127.0.0.0/104".parse().unwrap()];
    })
    .await;
    let _v4 = connect(&relay, "198.51.100.1").await.unwrap();
    let _v6 = connect(&relay, "2001:db8::7").await.unwrap();
    for form in [
        "198.51.100.1:4711",
        "::ffff:198.51.100.1",
        "\"198.51.100.1\"",
        "for=198.51.100.1;proto=https",
        "198.51.100.1,",
        "unknown, 198.51.100.1, 127.0.0.9",
        "[2001:db8::7]",
        "[2001:db8::7]:4711",
        "for=\"[2001:db8::7]:4711\"",
        "2001:DB8:0::7%eth0",
    ] {
        assert_eq!(connect(&relay, form).await.err(), Some(429), "{form}");
    }
    let lines = [
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-for", "198.51.100.1 , 127.0.0.9"),
    ];
    assert_eq!(connect_with(relay.address, &lines).await.err(), Some(429));
    // A client whose address is unreadable counts as the proxy, and that is one more socket.
    let _proxy = connect(&relay, "unknown").await.unwrap();
    for form in ["_hidden", "unix:", "nonsense", "198.51.100.1, nonsense", ""] {
        assert_eq!(connect(&relay, form).await.err(), Some(429), "{form}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn proxy_without_client_is_logged_once_without_address() {
    const ADDRESS: &str = "198.51.100.77";
    let unreadable = format!("{ADDRESS}:port");
    for (lines, expect) in [
        (
            vec![("x-forwarded-for", unreadable.as_str())],
            "names no address",
        ),
        (vec![("x-forwarded-for", "unknown")], "names no address"),
        (
            vec![("forwarded", "for=198.51.100.77")],
            "writes no X-Forwarded-For",
        ),
        (vec![("x-real-ip", ADDRESS)], "writes no X-Forwarded-For"),
        (vec![], "writes no X-Forwarded-For"),
    ] {
        let program = Program::start(&["--trusted-proxy", "127.0.0.1"]);
        for _ in 0..3 {
            connect_with(program.address, &lines).await.unwrap();
        }
        // A request of the proxy itself.
        crate::relay::get(program.address, "/healthz").await;
        program.terminate();
        let log = program.rest_of_log().await;
        assert_eq!(log.matches(expect).count(), 1, "{lines:?}: {log}");
        assert!(!log.contains(ADDRESS), "{log}");
    }
}
