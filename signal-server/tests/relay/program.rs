//! The program's flags: an invalid value is refused at the start, with a sentence that names the
//! flag.

use std::net::TcpListener;

use crate::relay::{Program, get};

fn check(flags: &[&str], expect: &[&str]) {
    let output = Program::command()
        .stderr(std::process::Stdio::piped())
        .args(["--listen", "127.0.0.1:0"])
        .args(flags)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{flags:?}");
    for words in expect {
        assert!(said.contains(words), "{flags:?}: no {words:?} in {said}");
    }
}

#[test]
fn invalid_flags_are_refused_with_their_names() {
    check(
        &["--room-size", "0"],
        &["--room-size is 0; it is from 2 to 64 people."],
    );
    check(&["--room-size", "many"], &["--room-size"]);
    check(
        &["--grace", "soon"],
        &["--grace", "write seconds, like 30 or 500ms"],
    );
    check(&["--silence", "5"], &["--silence", "--ping-every"]);
    check(
        &["--ice-server", "https://example.org"],
        &["--ice-server", "stun:HOST"],
    );
    check(
        &["--web-root", "no-such-folder"],
        &["--web-root", "index.html"],
    );
    check(&["--metrics", "9100"], &["--metrics"]);
    check(&["--log-format", "xml"], &["--log-format", "json"]);
    check(&["--no-such-flag"], &["--no-such-flag"]);
}

#[test]
fn port_in_use_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Program::command()
        .args(["--listen", &address])
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains(&format!("--listen {address}: another program")),
        "{said}"
    );
}

#[test]
fn metrics_port_in_use_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sentence = format!("--metrics: cannot listen on {address}");
    check(&["--metrics", &address], &[&sentence]);
}

#[tokio::test]
async fn program_serves_its_web_root() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>Snug").unwrap();
    let program = Program::start(&["--web-root", folder.path().to_str().unwrap()]);
    assert_eq!(get(program.address, "/r/42").await.body, "<p>Snug");
}
