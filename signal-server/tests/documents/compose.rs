//! `compose.yaml` without containers: its relays, its Redis and its coturn run as processes, with
//! their variables and commands from the file and with free ports.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use signal_protocol::ServerMessage;

use crate::{
    client::{Client, within},
    redis::Redis,
    relay::Program,
    shown::{is_there, with},
    tools,
};

const FILE: &str = "packaging/compose/compose.yaml";
const SETTINGS: &str = "packaging/compose/example.env";
const SECRET: &str = "north-wind-and-sun";

fn file() -> String {
    doc_examples::read(FILE).unwrap()
}

/// The indented lines below the first line that begins with `key`.
fn below(text: &str, key: &str) -> String {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text
        .lines()
        .skip_while(|line| !line.trim_start().starts_with(key));
    let own = depth(lines.next().unwrap_or_else(|| panic!("no {key} in {FILE}")));
    let block = lines.take_while(|line| line.is_empty() || depth(line) > own);
    let said = block.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    said.map(|line| format!("{line}\n")).collect()
}

/// The file with values for its variables: this computer, by its address.
fn filled_in(text: &str) -> String {
    text.replace("${DOMAIN:?}", "127.0.0.1")
        .replace("${PUBLIC_IP:?}", "127.0.0.1")
        .replace("${TURN_SECRET:?}", SECRET)
}

#[test]
fn compose_settings_are_those_of_the_example_env() {
    let file = file();
    let wanted: BTreeSet<_> = file
        .split("${")
        .skip(1)
        .map(|rest| rest.split(":?}").next().unwrap())
        .collect();
    let settings = doc_examples::read(SETTINGS).unwrap();
    let offered: BTreeSet<_> = settings
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('=').unwrap().0)
        .collect();
    assert_eq!(wanted, offered);
}

#[test]
fn compose_file_is_read_by_docker_compose() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("compose.yaml");
    let programs: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];
    for words in programs {
        let run = |arguments: &[&str]| {
            let mut command = Command::new(words[0]);
            command.args(&words[1..]).args(arguments);
            command
                .env("TURN_SECRET", SECRET)
                .stdin(Stdio::null())
                .output()
        };
        let Some(version) = run(&["version", "--short"])
            .ok()
            .filter(|said| said.status.success())
        else {
            continue;
        };
        let text = match version.stdout.starts_with(b"1.") {
            // Version 1, which Debian 12 has, uses only the folder's name as project name.
            true => with(&file(), &[("name: snug\n", 1, "")]),
            false => file(),
        };
        std::fs::write(&copy, text).unwrap();
        let top = doc_examples::top();
        let (settings, project) = (top.join(SETTINGS), top.join("packaging/compose"));
        let output = run(&[
            "--project-directory",
            project.to_str().unwrap(),
            "--file",
            copy.to_str().unwrap(),
            "--env-file",
            settings.to_str().unwrap(),
            "config",
        ]);
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {error}");
        for service in ["relay-1", "relay-2", "caddy", "redis", "coturn"] {
            assert!(said.contains(&format!("  {service}:")), "{words:?}: {said}");
        }
        return;
    }
    println!("skipped: docker compose is not here; `apt-get install docker-compose` has it");
}

#[tokio::test]
async fn compose_relays_form_one_with_redis_and_coturn() {
    if !tools::are_installed() || !is_there("redis-server", "redis-server") {
        return;
    }
    let file = file();
    let services = below(&file, "services:");
    let redis = below(&services, "redis:");
    let command = redis
        .lines()
        .find_map(|line| line.trim().strip_prefix("command: "));
    let command: Vec<String> = serde_json::from_str(command.unwrap()).unwrap();
    assert_eq!(command[0], "valkey-server", "which takes what Redis takes");
    let flags: Vec<_> = command[1..].iter().map(String::as_str).collect();
    let redis = Redis::start_with(&flags).await.unwrap();

    let coturn = filled_in(&below(&below(&services, "coturn:"), "command:"));
    let coturn: Vec<_> = coturn
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .collect();
    assert!(coturn.len() > 15, "{coturn:?}");
    let coturn = tools::Coturn::start_with(&coturn).await;

    let relays = [(); 2].map(|()| {
        let mut program = Program::command();
        program.env("SNUG_LISTEN", "127.0.0.1:0");
        let variables = filled_in(&below(&below(&file, "x-relay:"), "environment:"));
        for line in variables.lines() {
            let (name, value) = line.trim().split_once(": ").unwrap();
            let value = value.trim_matches('"');
            let value = match name {
                "SNUG_REDIS" => with(value, &[("redis:6379", 1, &redis.address.to_string())]),
                "SNUG_METRICS" => with(value, &[("0.0.0.0:9787", 1, "127.0.0.1:0")]),
                "SNUG_TURN_URL" => {
                    let port = format!("{}?", coturn.address.port());
                    with(value, &[("3478?", 2, &port)])
                }
                // Other tests read the log of the program.
                "SNUG_LOG_FORMAT" => continue,
                _ => value.to_owned(),
            };
            program.env(name, value);
        }
        Program::start_by(&mut program)
    });
    let mut ana = Client::connect(relays[0].address).await;
    ana.join("42", "ana@example.org").await;
    let mut ben = Client::connect(relays[1].address).await;
    assert_eq!(
        ben.join("42", "ben@example.org").await.participants.len(),
        1
    );
    let received = ana.receive().await;
    assert!(
        matches!(received, ServerMessage::UserJoined { .. }),
        "{received:?}"
    );
    check_turn(&relays[0], coturn.address.port()).await;
}

/// coturn accepts the relay's credentials over each transport that the file names.
async fn check_turn(relay: &Program, port: u16) {
    let url = format!("http://{}", relay.address);
    let doctor = tokio::task::spawn_blocking(move || {
        let program = env!("CARGO_BIN_EXE_signal-server");
        Command::new(program)
            .args(["doctor", &url])
            .output()
            .unwrap()
    });
    let said = String::from_utf8(within(doctor).await.unwrap().stdout).unwrap();
    for transport in ["udp", "tcp"] {
        let line = format!("ok    turn       turn:127.0.0.1:{port}?transport={transport}");
        assert!(said.contains(&line), "no {line:?} in {said}");
    }
}
