//! TURN flags of the program: an invalid value stops the start with an error that names the flag.

use std::{
    net::TcpListener,
    process::{Command, Stdio},
};

fn check(flags: &[&str], expect: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_signal-server"))
        .args(["--listen", "127.0.0.1:0"])
        .args(flags)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{flags:?}");
    for words in expect {
        assert!(said.contains(words), "{flags:?}: no {words:?} in {said}");
    }
}

const TURN: [&str; 2] = ["--turn", "127.0.0.1:3478"];

#[test]
fn invalid_turn_flag_is_refused() {
    check(&["--turn", "here"], &["--turn"]);
    check(&["--turn", "127.0.0.1"], &["--turn"]);
    check(
        &["--turn-tls", "127.0.0.1:5349"],
        &["--turn-tls", "--tls-cert"],
    );
    check(
        &["--turn-url", "turn:turn.example.org"],
        &["--turn-url wants --turn-secret"],
    );
    check(
        &["--turn-url", "stun:turn.example.org"],
        &["--turn-url", "turn:HOST"],
    );
    check(
        &["--turn-secret", "long enough"],
        &["--turn-secret is of no use alone"],
    );
    check(&["--public-ip", "192.0.2.1"], &["--public-ip is of no use"]);
    let with = |flags: &[&'static str]| [&TURN[..], flags].concat();
    check(&with(&["--public-ip", "here"]), &["--public-ip"]);
    check(
        &with(&["--turn-ports", "50000-50003"]),
        &["--turn-ports", "at least 16"],
    );
    check(
        &with(&["--turn-ports", "50003-50000"]),
        &["--turn-ports", "49152-65535"],
    );
    check(
        &with(&["--turn-ports", "3000-4000"]),
        &["--turn-ports", "port 3478"],
    );
    check(
        &with(&["--turn-allow-peer", "10.0.0.0/64"]),
        &["--turn-allow-peer", "192.168.0.0/16"],
    );
    check(&with(&["--turn-ttl", "1"]), &["--turn-ttl is 1s"]);
    check(
        &with(&["--turn-allocations", "0"]),
        &["--turn-allocations is 0"],
    );
    check(&with(&["--turn-secret", "north"]), &["--turn-secret has 5"]);
}

#[test]
fn unusable_listen_address_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(
        &["--turn", &address],
        &[&format!("--turn {address}: another program")],
    );
    check(
        &["--turn", "192.0.2.1:3478"],
        &["--turn 192.0.2.1:3478: this computer has no such address"],
    );
}
