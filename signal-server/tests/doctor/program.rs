//! The program: its lines, its JSON, its exit codes.

use std::process::{Command, Output, Stdio};

use crate::{
    authority::Authority,
    relay::{Relay, free_port, with_turn},
};

async fn run(args: Vec<String>) -> (Option<i32>, String, String) {
    let running = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_signal-server"))
            .arg("doctor")
            .args(args)
            // A host's shell may have variables of the relay.
            .env("SNUG_LISTEN", "127.0.0.1:8787")
            .env("SNUG_TURN_SECRET", "a secret of the relay")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    });
    let Output {
        status,
        stdout,
        stderr,
    } = crate::relay::within(running).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn working_relay_prints_lines_and_exits_with_0() {
    let authority = Authority::new();
    let relay = Relay::start(|config| with_turn(config, &authority)).await;
    let url = format!("https://localhost:{}", relay.address.port());
    let file = authority.file().display().to_string();
    let (code, said, _) = run(words(&[&url, "--ca", &file])).await;
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "ok    name       localhost leads to ",
        "ok    tls        TLS 1.3, a certificate by \"The authority of the test\", ",
        "ok    http       a Snug relay answers",
        "ok    websocket  opens, for a page of https://localhost:",
        "ok    join       entered an empty room",
        "ok    turn       turns:localhost:",
        "ok    packet     turns:localhost:",
    ] {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
    let last = said.lines().last().unwrap();
    assert_eq!(last, format!("{url}: works, with one warning."), "{said}");

    let (code, said, _) = run(words(&[&url, "--ca", &file, "--json"])).await;
    assert_eq!(code, Some(0), "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["well"], true);
    assert_eq!(report["findings"][0]["step"], "name");
    assert_eq!(report["findings"][0]["outcome"], "well");
}

#[tokio::test]
async fn failure_exits_with_1_and_prints_its_remedy() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let (code, said, _) = run(words(&[&url])).await;
    assert_eq!(code, Some(1), "{said}");
    let line = format!("FAIL  tcp        127.0.0.1:{port}: the computer is there");
    assert!(said.starts_with(&line), "{said}");
    assert!(
        said.contains("\n                 → Start the relay"),
        "{said}"
    );
    let (code, said, _) = run(words(&[&url, "--json"])).await;
    assert_eq!(code, Some(1), "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["well"], false);
    assert_eq!(report["findings"][0]["cause"], "refused");
}

#[cfg(unix)]
#[tokio::test]
async fn closed_output_keeps_the_exit_code() {
    let script = "\"$0\" doctor --json \"$1\" | true; exit ${PIPESTATUS[0]}";
    let url = format!("http://127.0.0.1:{}", free_port());
    let status = tokio::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_signal-server"), &url])
        .status();
    assert_eq!(crate::relay::within(status).await.unwrap().code(), Some(1));
}

#[tokio::test]
async fn wrong_usage_exits_with_2() {
    for (args, expect) in [
        (vec![], "<URL>"),
        (vec!["ftp://a.b"], "https://"),
        (vec!["a.b", "--ca", "no-such-file"], "--ca"),
        (vec!["a.b", "--ca", "Cargo.toml"], "no certificate"),
        (vec!["a.b", "--listen", "127.0.0.1:0"], "--listen"),
    ] {
        let (code, said, error) = run(words(&args)).await;
        assert_eq!(code, Some(2), "{args:?}: {said}{error}");
        assert!(error.contains(expect), "{args:?}: no {expect:?} in {error}");
    }
}
