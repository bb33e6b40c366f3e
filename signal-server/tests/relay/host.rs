//! A page of another site whose name resolves to the relay (DNS rebinding) gets nothing from it.

use std::net::SocketAddr;

use signal_server::{Config, HostNames};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::{
    client::within,
    metrics::free_address,
    relay::{Program, Relay, ask},
};

/// Opens a socket as a browser does for a page at this host: 101, or the status and the sentence of
/// the refusal.
async fn socket(
    address: SocketAddr,
    host: &str,
    headers: &[(&'static str, &str)],
) -> (u16, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("ws://{host}/ws").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match within(client_async(request, stream)).await {
        Ok((_, response)) => (response.status().as_u16(), String::new()),
        Err(Error::Http(response)) => {
            let body = String::from_utf8(response.body().clone().unwrap_or_default()).unwrap();
            (response.status().as_u16(), body)
        }
        Err(error) => panic!("{error}"),
    }
}

/// The relay, and the answer for each host.
async fn check(change: impl FnOnce(&mut Config), cases: &[(&str, u16)]) {
    let metrics = free_address();
    let relay = Relay::start(|config| {
        config.metrics = Some(metrics);
        change(config);
    })
    .await;
    for (host, expect) in cases {
        for (address, target, well) in [
            (relay.address, "/", 404),
            (relay.address, "/r/42", 404),
            (relay.address, "/assets/main.js", 404),
            (relay.address, "/healthz", 200),
            (relay.address, "/readyz", 200),
            (metrics, "/metrics", 200),
        ] {
            let answer = ask(address, "GET", target, &[("host", host)]).await;
            let expect = if *expect == 200 { well } else { *expect };
            assert_eq!(answer.status, expect, "{target} of {host}");
            if expect == 421 {
                let body = String::from_utf8(answer.body).unwrap();
                assert!(body.contains("--host NAME"), "{body}");
            }
        }
        let origin = format!("http://{host}");
        let (status, body) = socket(relay.address, host, &[("origin", &origin)]).await;
        let expect = if *expect == 200 { 101 } else { *expect };
        assert_eq!(status, expect, "socket of a page at {host}");
        assert_eq!(body.contains("--host NAME"), expect == 421, "{body}");
    }
}

#[tokio::test]
async fn page_by_dns_rebinding_is_refused() {
    let cases = [
        ("rebound.example", 421),
        ("rebound.example:8787", 421),
        ("127.0.0.1.rebound.example:8787", 421),
        ("meet.example.org", 421),
        ("127.0.0.1:8787", 200),
        ("[::1]:8787", 200),
        ("192.168.1.5", 200),
        ("localhost:8787", 200),
        ("snug.localhost", 200),
        ("relay-1:9787", 200),
    ];
    check(|_| (), &cases).await;
    let given = |config: &mut Config| {
        config.hosts = HostNames::parse(&["meet.example.org"]).unwrap();
    };
    let cases = [
        ("rebound.example", 421),
        ("meet.example.org.rebound.example", 421),
        ("relay-1:9787", 421),
        ("meet.example.org", 200),
        ("Meet.Example.Org:443", 200),
        ("192.168.1.5", 200),
        ("localhost", 200),
    ];
    check(given, &cases).await;
    let any = |config: &mut Config| config.hosts = HostNames::parse(&["*"]).unwrap();
    check(any, &[("rebound.example", 200)]).await;
}

/// Setups with a proxy from before `--host` still work.
#[tokio::test]
async fn proxy_may_use_any_name_until_one_is_given() {
    let name = "meet.example.org";
    let origin = ("origin", "https://meet.example.org");
    let relay = Relay::start(|_| ()).await;
    for mark in ["x-forwarded-for", "x-real-ip", "via", "forwarded"] {
        let mark = (mark, "198.51.100.1");
        let answer = ask(relay.address, "GET", "/healthz", &[("host", name), mark]).await;
        assert_eq!(answer.status, 200, "{mark:?}");
        let (status, _) = socket(relay.address, name, &[origin, mark]).await;
        assert_eq!(status, 101, "{mark:?}");
    }
    let trusted = |config: &mut Config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    };
    let relay = Relay::start(trusted).await;
    assert_eq!(socket(relay.address, name, &[origin]).await.0, 101);
    let relay = Relay::start(|config| {
        trusted(config);
        config.hosts = HostNames::parse(&["other.example.org"]).unwrap();
    })
    .await;
    assert_eq!(socket(relay.address, name, &[origin]).await.0, 421);
}

/// The app is no page: no other site can use it.
#[tokio::test]
async fn app_and_allowed_pages_may_use_any_name() {
    let relay = Relay::start(|config| {
        config.allowed_origins =
            signal_server::AllowedOrigins::parse(&["https://page.example"]).unwrap();
    })
    .await;
    let name = "nas.example.net";
    for headers in [
        &[] as &[_],
        &[("origin", "tauri://localhost")],
        &[("origin", "https://page.example")],
    ] {
        let (status, _) = socket(relay.address, name, headers).await;
        assert_eq!(status, 101, "{headers:?}");
    }
    let evil = [("origin", "https://evil.example")];
    assert_eq!(socket(relay.address, name, &evil).await.0, 403);
}

#[tokio::test]
async fn invalid_host_header_is_refused() {
    let relay = Relay::start(|_| ()).await;
    for host in ["a b", "ann@localhost", "localhost/x", "localhost:x", "*"] {
        let answer = ask(relay.address, "GET", "/healthz", &[("host", host)]).await;
        assert_eq!(answer.status, 400, "{host}");
    }
    let two = [("host", "localhost"), ("host", "rebound.example")];
    assert_eq!(ask(relay.address, "GET", "/", &two).await.status, 400);
    let absolute = "http://rebound.example/healthz";
    let answer = ask(relay.address, "GET", absolute, &[("host", "localhost")]).await;
    assert_eq!(answer.status, 421);
}

#[cfg(unix)]
#[tokio::test]
async fn refused_name_is_logged_once_without_its_text() {
    let program = Program::start(&["--host", "meet.example.org"]);
    for host in ["one.rebound.example", "two.rebound.example"] {
        let answer = ask(program.address, "GET", "/", &[("host", host)]).await;
        assert_eq!(answer.status, 421);
    }
    program.terminate();
    let log = program.rest_of_log().await;
    assert_eq!(log.matches("give it with --host").count(), 1, "{log}");
    assert!(!log.contains("rebound.example"), "{log}");
}
