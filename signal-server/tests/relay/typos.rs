//! Typing errors in any configuration are reported at the start.

use std::process::Stdio;

use signal_protocol::IceServer;
use tokio::process::Command;

use crate::{
    client::{Client, within},
    relay::Program,
};

async fn refused(variables: &[(&str, &str)]) -> (String, Option<i32>) {
    let mut command = Command::from(Program::command());
    command
        .args(["--listen", "127.0.0.1:0"])
        .envs(variables.iter().copied())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = within(command.output()).await.unwrap();
    (
        String::from_utf8(output.stderr).unwrap(),
        output.status.code(),
    )
}

#[tokio::test]
async fn invalid_log_level_stops_the_start() {
    for (level, expect) in [
        ("warning", "Did you mean warn?"),
        ("signal-server=debug", "Did you mean signal_server?"),
        ("hyper=debug", "nothing logs by the name"),
        ("\"info\"", "leave them out"),
    ] {
        let (said, code) = refused(&[("SNUG_LOG", level)]).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.starts_with("error: SNUG_LOG") && said.contains(expect),
            "{said}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn log_level_with_white_space_is_accepted() {
    let mut command = Program::command();
    command.env("SNUG_LOG", " info, signal_server=debug\r\n");
    let program = Program::start_command(command, &[]);
    crate::relay::get(program.address, "/healthz").await;
    program.terminate();
    assert!(program.rest_of_log().await.contains("stopped"));
}

/// From a file of variables with the line ends of Windows, or one written by `echo`.
#[tokio::test]
async fn variables_with_line_ends_configure_the_relay() {
    let mut command = Program::command();
    command.envs([
        ("SNUG_ROOM_SIZE", "3\r"),
        ("SNUG_TURN_SECRET", "shared with coturn\n"),
        (
            "SNUG_TURN_URL",
            "turn:turn.example.org, turns:turn.example.org:443\r\n",
        ),
        (
            "SNUG_ICE_SERVERS",
            "stun:stun.example.org ,\n turn:ann%40b:Top,x@turn.example.org",
        ),
        ("SNUG_TRUSTED_PROXY", "127.0.0.1, ::1"),
    ]);
    let program = Program::start_command(command, &[]);
    let joined = Client::connect(program.address)
        .await
        .join("42", "ann")
        .await;
    assert_eq!(joined.limits.participants, 3);
    let server = |url: &str| -> IceServer {
        let holds = |server: &&IceServer| server.urls.iter().any(|known| known == url);
        joined.ice_servers.iter().find(holds).unwrap().clone()
    };
    assert_eq!(server("stun:stun.example.org").credential, None);
    let fixed = joined
        .ice_servers
        .iter()
        .find(|server| server.credential.as_deref() == Some("Top,x"));
    assert_eq!(fixed.unwrap().username.as_deref(), Some("ann@b"));
    let made = server("turns:turn.example.org:443");
    assert!(
        made.urls.contains(&"turn:turn.example.org".to_owned()),
        "{made:?}"
    );
    let key = ring::hmac::Key::new(
        ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        b"shared with coturn",
    );
    let tag = ring::hmac::sign(&key, made.username.unwrap().as_bytes());
    let expect = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, tag);
    assert_eq!(made.credential, Some(expect));
}

/// With everything logged.
#[cfg(unix)]
#[tokio::test]
async fn secret_is_in_no_line_of_the_log_at_any_level() {
    const SECRETS: [&str; 4] = ["Xk7q-secret", "Xk7q-password", "Xk7q-redis", "Xk7q-key"];
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(
        &key,
        format!("-----BEGIN PRIVATE KEY-----\n{}\n", SECRETS[3]),
    )
    .unwrap();
    let mut command = Program::command();
    command.env("SNUG_LOG", "trace").envs([
        ("SNUG_TURN_SECRET", SECRETS[0]),
        ("SNUG_TURN_URL", "turn:turn.example.org"),
        (
            "SNUG_ICE_SERVERS",
            &format!("turn:ann:{}@turn.example.org", SECRETS[1]),
        ),
    ]);
    let program = Program::start_command(command, &[]);
    let mut client = Client::connect(program.address).await;
    let joined = client.join("42", "ann").await;
    client
        .send(&signal_protocol::ClientMessage::IceRefresh)
        .await;
    client.receive().await;
    let made: Vec<_> = joined
        .ice_servers
        .iter()
        .filter_map(|server| server.credential.clone())
        .collect();
    assert_eq!(made.len(), 2, "{:?}", joined.ice_servers);
    client.lose().await;
    program.terminate();
    let log = program.rest_of_log().await;
    assert!(log.contains("stopped"), "{log}");
    let redis = format!("redis://:{}@127.0.0.1:1", SECRETS[2]);
    let (no_redis, _) = refused(&[("SNUG_LOG", "trace"), ("SNUG_REDIS", &redis)]).await;
    let key = key.to_str().unwrap();
    let files = [
        ("SNUG_LOG", "trace"),
        ("SNUG_TLS_CERT", key),
        ("SNUG_TLS_KEY", key),
    ];
    let (no_key, _) = refused(&files).await;
    for said in [log, no_redis, no_key] {
        for secret in SECRETS.into_iter().chain(made.iter().map(String::as_str)) {
            assert!(!said.contains(secret), "{secret} is in {said}");
        }
    }
}
