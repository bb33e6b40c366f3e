//! nginx and Caddy as the documents show them, in front of a relay that is started as they show:
//! the page, rooms, and limits by each client's own address.

use std::fs;

use signal_protocol::ServerMessage;
use tempfile::TempDir;

use crate::{
    front::{Front, NAME},
    relay::Program,
    shown::{block, is_there, shell, with},
    visitor::Visitor,
};

/// The relay's address in the documents.
const SHOWN_RELAY: &str = "127.0.0.1:8787";

fn page() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "<p>Snug").unwrap();
    folder
}

/// The relay behind a proxy as the page for hosts shows it, with free ports and one socket per
/// address.
fn relay(page: &TempDir) -> Program {
    let here = page.path().display().to_string();
    let line = with(
        &block("signal-server --listen"),
        &[
            (SHOWN_RELAY, 1, "127.0.0.1:0"),
            ("…", 1, &here),
            ("0.0.0.0:3478", 1, "127.0.0.1:0"),
        ],
    );
    Program::start_by(shell(&line).env("SNUG_SOCKETS_PER_ADDRESS", "1"))
}

/// Checks everything that the relay needs of a proxy.
async fn check(front: &Front) {
    let [ana, ben] = [[127, 0, 0, 2], [127, 0, 0, 3]].map(|from| Visitor::new(front, from));
    for target in ["/", "/r/42"] {
        let answer = ana.get(target).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("<p>Snug"), "{answer}");
    }
    let mut anas = ana.connect(None).await.unwrap();
    assert_eq!(anas.join("42", "ana@example.org").await, 0);
    // The relay counts the client's own address, not the proxy's and not a forged one.
    for forged in [None, Some("127.0.0.9"), Some("127.0.0.1, 127.0.0.9")] {
        let refused = ana.connect(forged).await.err();
        assert_eq!(refused, Some(429), "{forged:?}");
    }
    let mut bens = ben.connect(None).await.unwrap();
    assert_eq!(bens.join("42", "ben@example.org").await, 1);
    let received = anas.receive().await;
    assert!(
        matches!(received, ServerMessage::UserJoined { .. }),
        "{received:?}"
    );
}

#[tokio::test]
async fn nginx_as_shown_serves_page_rooms_and_addresses() {
    if !is_there("nginx", "nginx") {
        return;
    }
    let page = page();
    let relay = relay(&page);
    let shown = block("server {");
    let front = Front::nginx(|certificate, key, address| {
        let folder = format!("/etc/letsencrypt/live/{NAME}");
        with(
            &shown,
            &[
                ("listen 443 ssl;", 1, &format!("listen {address} ssl;")),
                (
                    &format!("{folder}/fullchain.pem"),
                    1,
                    &certificate.display().to_string(),
                ),
                (
                    &format!("{folder}/privkey.pem"),
                    1,
                    &key.display().to_string(),
                ),
                (SHOWN_RELAY, 1, &relay.address.to_string()),
            ],
        )
    });
    check(&front).await;
}

#[tokio::test]
async fn caddy_as_shown_serves_page_rooms_and_addresses() {
    if !is_there("caddy", "caddy") {
        return;
    }
    let page = page();
    let relay = relay(&page);
    let shown = block("meet.example.org {");
    let sites = with(&shown, &[(SHOWN_RELAY, 1, &relay.address.to_string())]);
    check(&Front::caddy(&sites)).await;
}

/// The compose file's Caddy has two nodes. When one stops, it uses the other.
#[tokio::test]
async fn caddy_of_the_compose_file_survives_a_lost_node() {
    if !is_there("caddy", "caddy") {
        return;
    }
    let page = page();
    // The values of the compose file's variables.
    let host = ["--trusted-proxy", "127.0.0.1", "--host", NAME];
    let page = ["--web-root", page.path().to_str().unwrap()];
    let flags = [host.as_slice(), page.as_slice()].concat();
    let [first, second] = [Program::start(&flags), Program::start(&flags)];
    let file = doc_examples::read("packaging/compose/Caddyfile").unwrap();
    let sites = with(
        &file,
        &[
            ("relay-1:8787", 1, &first.address.to_string()),
            ("relay-2:8787", 1, &second.address.to_string()),
        ],
    );
    let front = Front::caddy(&sites);
    let ana = Visitor::new(&front, [127, 0, 0, 2]);
    for _ in 0..2 {
        assert!(ana.get("/r/42").await.contains("<p>Snug"));
        let mut socket = ana.connect(None).await.unwrap();
        socket.join("42", "ana@example.org").await;
    }
    drop(first);
    for _ in 0..4 {
        let answer = ana.get("/").await;
        assert!(answer.contains("<p>Snug"), "{answer}");
        let mut socket = ana.connect(None).await.unwrap();
        socket.join("42", "ana@example.org").await;
    }
}
