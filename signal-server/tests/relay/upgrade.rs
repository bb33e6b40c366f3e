//! The headers of the WebSocket handshake, as clients and proxies write them.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{client::within, relay::Relay};

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const VERSION: &str = "Sec-WebSocket-Version: 13";

/// The head of the response, in lower case.
async fn head(relay: &Relay, headers: &[&str]) -> String {
    let mut request = format!("GET /ws HTTP/1.1\r\nHost: {}\r\n", relay.address);
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    let answer = async {
        let mut stream = TcpStream::connect(relay.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap().to_lowercase()
    };
    within(answer).await
}

async fn status(relay: &Relay, headers: &[&str]) -> u16 {
    let head = head(relay, headers).await;
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

/// RFC 9110, 5.3: a list in one line equals the same list in several lines.
#[tokio::test]
async fn websocket_headers_in_any_form_of_a_list_upgrade() {
    let relay = Relay::start(|_| ()).await;
    for headers in [
        &["Connection: Upgrade", "Upgrade: websocket"][..],
        &["connection: upgrade", "upgrade: WebSocket"],
        &["Connection: keep-alive, Upgrade", "Upgrade: websocket"],
        &["Connection: Upgrade,keep-alive", "Upgrade: websocket"],
        &[
            "Connection: keep-alive",
            "Connection: Upgrade",
            "Upgrade: websocket",
        ],
        &[
            "Connection: Upgrade",
            "Connection: keep-alive",
            "Upgrade: websocket",
        ],
        &["Connection: , ,\tUPGRADE ,", "Upgrade: WEBSOCKET,"],
        &["Connection: close, upgrade", "Upgrade: websocket"],
        &["Connection: Upgrade", "Upgrade: h2c, websocket"],
        &["Connection: Upgrade", "Upgrade: h2c", "Upgrade: websocket"],
        &[
            "Connection: Upgrade, X-Other",
            "X-Other: 1",
            "Upgrade: websocket",
        ],
    ] {
        let headers = [headers, &[KEY, VERSION]].concat();
        assert_eq!(status(&relay, &headers).await, 101, "{headers:?}");
    }
}

#[tokio::test]
async fn websocket_subprotocols_in_several_lines_are_one_list() {
    let relay = Relay::start(|_| ()).await;
    let upgrade = ["Connection: Upgrade", "Upgrade: websocket", KEY, VERSION];
    for (offered, expect) in [
        (&["Sec-WebSocket-Protocol: other, snug.v1"][..], 101),
        (
            &[
                "Sec-WebSocket-Protocol: other",
                "Sec-WebSocket-Protocol: snug.v1",
            ],
            101,
        ),
        (
            &[
                "Sec-WebSocket-Protocol: snug.v1",
                "Sec-WebSocket-Protocol: other",
            ],
            101,
        ),
        (
            &[
                "Sec-WebSocket-Protocol: other",
                "Sec-WebSocket-Protocol: another",
            ],
            400,
        ),
    ] {
        let head = head(&relay, &[&upgrade[..], offered].concat()).await;
        assert!(
            head.starts_with(&format!("http/1.1 {expect} ")),
            "{offered:?}: {head}"
        );
        let chosen = head.contains("sec-websocket-protocol: snug.v1");
        assert_eq!(chosen, expect == 101, "{offered:?}: {head}");
    }
}

#[tokio::test]
async fn websocket_headers_for_another_protocol_do_not_upgrade() {
    let relay = Relay::start(|_| ()).await;
    for headers in [
        &["Upgrade: websocket"][..],
        &["Connection: keep-alive", "Upgrade: websocket"],
        &["Connection: no-upgrade", "Upgrade: websocket"],
        &[
            "Connection: upgrade-insecure-requests",
            "Upgrade: websocket",
        ],
        &["Connection: Upgrade"],
        &["Connection: Upgrade", "Upgrade: h2c"],
        &["Connection: Upgrade", "Upgrade: not-websocket"],
        &["Connection: Upgrade", "Upgrade: web, socket"],
    ] {
        let headers = [headers, &[KEY, VERSION]].concat();
        assert_eq!(status(&relay, &headers).await, 400, "{headers:?}");
    }
}

/// RFC 6455, 4.2.2.
#[tokio::test]
async fn other_websocket_version_gets_the_supported_one() {
    let relay = Relay::start(|_| ()).await;
    for version in [
        "Sec-WebSocket-Version: 8",
        "Sec-WebSocket-Version: 130",
        "X-None: 1",
    ] {
        let headers = ["Connection: Upgrade", "Upgrade: websocket", KEY, version];
        let head = head(&relay, &headers).await;
        assert!(head.starts_with("http/1.1 426 "), "{version}: {head}");
        assert!(head.contains("sec-websocket-version: 13\r\n"), "{head}");
    }
}
