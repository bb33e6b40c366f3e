//! Network faults, made in a network namespace of the test. The namespace ends with its processes.

use std::process::{Command, Output, Stdio};

use crate::relay::within;

/// A computer with a public address and a relay.
const SETTING: &str = r#"
ip link set lo up
ip address add 203.0.113.7/32 dev lo
ip -6 address add 2001:db8::7/128 dev lo nodad
relay() {
    "$SERVER" --listen '[::]:8787' "$@" 2> "$FOLDER/log" &
    pid=$!
    trap 'kill $pid' EXIT
    tail -n +1 -F --pid=$pid "$FOLDER/log" 2> "$FOLDER/tail" | grep -q listening
}
"#;

async fn run(script: &str) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can have a network of its own");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command
        .args(["--net", "--mount", "bash", "-ec"])
        .arg(format!("{SETTING}{script}"))
        .env("SERVER", env!("CARGO_BIN_EXE_signal-server"))
        .env("FOLDER", folder.path())
        .stdin(Stdio::null());
    let running = tokio::task::spawn_blocking(move || command.output().unwrap());
    let Output { stdout, stderr, .. } = within(running).await.unwrap();
    let said = String::from_utf8(stdout).unwrap();
    assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&stderr));
    Some(said)
}

fn check(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
}

#[tokio::test]
async fn as_root_relay_without_its_public_address_is_found() {
    let script = "
        ip address add 10.9.8.7/32 dev lo
        relay --turn 0.0.0.0:3478 --turn-host 203.0.113.7 --public-ip 10.9.8.7
        \"$SERVER\" doctor http://203.0.113.7:8787 || echo code $?
    ";
    let Some(said) = run(script).await else {
        return;
    };
    check(
        &said,
        &[
            "warn  tls        The relay is spoken to without TLS",
            "FAIL  turn       turn:203.0.113.7:3478?transport=udp: The server is reached at 203.0.113.7, but relays at 10.9.8.7",
            "--public-ip 203.0.113.7",
            "code 1",
        ],
    );
}

#[tokio::test]
async fn as_root_firewall_before_relay_or_turn_ports_is_found() {
    let script = "
        relay --turn 0.0.0.0:3478 --public-ip 203.0.113.7
        iptables -A INPUT -p udp --dport 3478 -j DROP
        \"$SERVER\" doctor http://203.0.113.7:8787 || echo code $?
        iptables -A INPUT -p tcp --dport 8787 -j DROP
        \"$SERVER\" doctor http://203.0.113.7:8787 || echo code $?
    ";
    let Some(said) = run(script).await else {
        return;
    };
    check(
        &said,
        &[
            "FAIL  turn       turn:203.0.113.7:3478?transport=udp: 203.0.113.7:3478: no answer",
            "ufw allow 3478/udp",
            "ok    turn       turn:203.0.113.7:3478?transport=tcp",
            "ok    packet     turn:203.0.113.7:3478?transport=tcp",
            "FAIL  tcp        203.0.113.7:8787: no answer within 4 s",
            "ufw allow 8787/tcp",
        ],
    );
}

#[tokio::test]
async fn as_root_firewall_before_relayed_ports_is_found() {
    let script = "
        relay --turn 0.0.0.0:3478 --public-ip 203.0.113.7
        iptables -A INPUT -p udp --dport 49152:65535 --sport 49152:65535 -j DROP
        \"$SERVER\" doctor http://203.0.113.7:8787 || echo code $?
    ";
    let Some(said) = run(script).await else {
        return;
    };
    check(
        &said,
        &[
            "ok    turn       turn:203.0.113.7:3478?transport=udp",
            "FAIL  packet     turn:203.0.113.7:3478?transport=udp: Allocations are given, but",
            "--turn-ports",
            "code 1",
        ],
    );
}

#[tokio::test]
async fn as_root_name_with_a_silent_ipv6_address_is_found() {
    let script = "
        printf '203.0.113.7 meet.test\\n2001:db8::7 meet.test\\n' > \"$FOLDER/hosts\"
        mount --bind \"$FOLDER/hosts\" /etc/hosts
        relay
        ip6tables -A INPUT -p tcp --dport 8787 -j DROP
        \"$SERVER\" doctor http://meet.test:8787 || echo code $?
    ";
    let Some(said) = run(script).await else {
        return;
    };
    check(
        &said,
        &[
            "203.0.113.7 (IPv4)",
            "2001:db8::7 (IPv6)",
            "FAIL  tcp        [2001:db8::7]:8787: no answer within 4 s",
            "AAAA record",
            "ok    tcp        203.0.113.7:8787 answers",
            "ok    join",
            "code 1",
        ],
    );
}
