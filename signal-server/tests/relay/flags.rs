//! Every flag of the program: an invalid value is refused at the start with a sentence that names
//! the flag.
//!
//! Invariant: a flag without a line in here fails `every_flag_has_invalid_values`.

use std::{collections::BTreeSet, process::Stdio};

use tokio::process::Command;

use crate::{client::within, relay::Program};

/// The first sentence about each invalid value.
const INVALID_FLAGS: &[(&[&str], &str)] = &[
    (
        &["--listen", "here"],
        "--listen (or SNUG_LISTEN) is \"here\": write an address and a port",
    ),
    (
        &["--listen", "192.0.2.1:8787"],
        "--listen 192.0.2.1:8787: this computer has no such address",
    ),
    (
        &["--web-root", "no-such-folder"],
        "--web-root is no-such-folder, which holds no index.html",
    ),
    (
        &["--ice-server", "https://example.org"],
        "--ice-server (or SNUG_ICE_SERVERS): that is no STUN or TURN server. Write stun:HOST",
    ),
    (&["--ice-server", "turn:example.org"], "wants credentials"),
    (
        &["--ice-server", "turn://ann:pw@example.org"],
        "there is no // after turn:",
    ),
    (
        &["--room-size", "many"],
        "--room-size (or SNUG_ROOM_SIZE) is \"many\": write a whole number",
    ),
    (
        &["--room-size", "1"],
        "--room-size is 1; it is from 2 to 64 people.",
    ),
    (
        &["--message-bytes", "1"],
        "--message-bytes is 1; it is from 4096",
    ),
    (
        &["--message-rate", "5000000000"],
        "--message-rate (or SNUG_MESSAGE_RATE) is \"5000000000\": 5000000000 is not in 0..=4294967295.",
    ),
    (
        &["--message-burst", "0"],
        "--message-burst is 0; it is at least 1.",
    ),
    (
        &["--room-members-per-address", "some"],
        "--room-members-per-address (or SNUG_ROOM_MEMBERS_PER_ADDRESS) is \"some\": write a whole number",
    ),
    (
        &["--byte-rate", "5000000000"],
        "--byte-rate (or SNUG_BYTE_RATE) is \"5000000000\": 5000000000 is not in 0..=4294967295.",
    ),
    (
        &["--byte-burst", "1"],
        "--byte-burst is 1: the largest message must pass, so it is at least --message-bytes",
    ),
    (
        &["--stall", "3601"],
        "--stall is 3601s; it is at most an hour.",
    ),
    (
        &["--queue-messages", "1"],
        "--queue-messages is 1 and --resume-messages 64",
    ),
    (
        &["--queue-bytes", "1"],
        "--queue-bytes is 1: it must hold --resume-bytes",
    ),
    (
        &["--grace", "soon"],
        "--grace (or SNUG_GRACE) is \"soon\": write seconds, like 30 or 500ms.",
    ),
    (
        &["--grace", "2h"],
        "--grace (or SNUG_GRACE) is \"2h\": write seconds",
    ),
    (
        &["--grace", "7200"],
        "--grace is 7200s; it is at most an hour.",
    ),
    (
        &["--away-grace", "later"],
        "--away-grace (or SNUG_AWAY_GRACE) is \"later\": write seconds, like 30 or 500ms.",
    ),
    (
        &["--lost-notice", "7200"],
        "--lost-notice is 7200s; it is at most an hour.",
    ),
    (
        &["--resume-messages", "2000"],
        "--resume-messages 2000: what is kept",
    ),
    (
        &["--resume-bytes", "9999999"],
        "must hold --resume-bytes and one message",
    ),
    (
        &["--ping-every", "0"],
        "--ping-every is 0ns; it is at least 10ms.",
    ),
    (&["--silence", "5"], "--silence is 5s and --ping-every 20s"),
    (
        &["--wrong-passcodes=-1"],
        "--wrong-passcodes (or SNUG_WRONG_PASSCODES) is \"-1\"",
    ),
    (
        &["--sockets-per-address", "x"],
        "--sockets-per-address (or SNUG_SOCKETS_PER_ADDRESS) is \"x\"",
    ),
    (&["--sockets", "0"], "--sockets is 0; it is at least 1."),
    (
        &["--trusted-proxy", "10.0.0.0/33"],
        "--trusted-proxy (or SNUG_TRUSTED_PROXY) is \"10.0.0.0/33\": write a network",
    ),
    (
        &["--allow-origin", "example.org"],
        "--allow-origin (or SNUG_ALLOW_ORIGIN) is \"example.org\": write the page's scheme",
    ),
    (
        &["--host", "https://meet.example.org"],
        "--host (or SNUG_HOST) is \"https://meet.example.org\": write the name alone",
    ),
    (
        &["--host", "meet.example.org:8787"],
        "--host (or SNUG_HOST) is \"meet.example.org:8787\": write the name alone",
    ),
    (&["--tls-cert", "chain.pem"], "--tls-key <FILE>"),
    (&["--tls-key", "key.pem"], "--tls-cert <FILE>"),
    (
        &["--tls-cert", "no-such-file", "--tls-key", "k"],
        "--tls-cert: cannot read no-such-file",
    ),
    (&["--acme", "meet.example.org"], "--acme-dir <FOLDER>"),
    (
        &["--acme", "*.example.org", "--acme-dir", "a"],
        "--acme is \"*.example.org\"; the relay can prove single names only",
    ),
    (
        &[
            "--acme",
            "m.example.org",
            "--acme-dir",
            "a",
            "--tls-cert",
            "c",
            "--tls-key",
            "k",
        ],
        "'--acme <NAME>' cannot be used with '--tls-cert <FILE>'",
    ),
    (&["--acme-email", "ann@example.org"], "--acme <NAME>"),
    (
        &[
            "--acme",
            "m.example.org",
            "--acme-dir",
            "a",
            "--acme-email",
            "ann",
        ],
        "--acme-email is \"ann\", which is no email address.",
    ),
    (&["--acme-dir", "a"], "--acme <NAME>"),
    (
        &["--acme", "m.example.org", "--acme-dir", "a-file"],
        "--acme-dir: cannot use a-file",
    ),
    (
        &[
            "--acme",
            "m.example.org",
            "--acme-dir",
            "a",
            "--acme-directory",
            "http://x",
        ],
        "--acme-directory is \"http://x\"",
    ),
    (&["--acme-ca", "ca.pem"], "--acme <NAME>"),
    (
        &["--turn", "0.0.0.0"],
        "--turn (or SNUG_TURN) is \"0.0.0.0\": write an address and a port",
    ),
    (
        &["--turn-tls", "127.0.0.1:0"],
        "--turn-tls wants the relay's certificate: give --tls-cert",
    ),
    (
        &["--public-ip", "here"],
        "--public-ip (or SNUG_PUBLIC_IP) is \"here\": write an address, like",
    ),
    (
        &["--public-ip", "192.0.2.1"],
        "--public-ip is of no use without --turn",
    ),
    (
        &["--turn-host", "turn.example.org"],
        "--turn-host is of no use without --turn",
    ),
    (
        &["--turn", "127.0.0.1:0", "--turn-host", "a b"],
        "--turn-host is \"a b\"",
    ),
    (
        &["--turn-ports", "50000-60000"],
        "--turn-ports is of no use without --turn",
    ),
    (
        &["--turn", "127.0.0.1:0", "--turn-ports", "50000-50003"],
        "--turn-ports 50000-50003: at least 16 ports",
    ),
    (
        &["--turn", "127.0.0.1:0", "--turn-ports", "50003-50000"],
        "--turn-ports (or SNUG_TURN_PORTS) is \"50003-50000\": write the first and the last",
    ),
    (
        &["--turn-secret", "long enough"],
        "--turn-secret is of no use alone",
    ),
    (
        &["--turn", "127.0.0.1:0", "--turn-secret", "north"],
        "--turn-secret has 5 characters",
    ),
    (&["--turn-ttl", "1"], "--turn-ttl is 1s; it is from 60s"),
    (
        &["--turn-allow-peer", "all"],
        "--turn-allow-peer (or SNUG_TURN_ALLOW_PEER) is \"all\": write a network",
    ),
    (
        &["--turn-allow-peer", "10.0.0.0/8"],
        "--turn-allow-peer is of no use without --turn",
    ),
    (
        &["--turn-without-consent"],
        "--turn-without-consent is of no use without --turn",
    ),
    (&["--turn-allocations", "0"], "--turn-allocations is"),
    (
        &["--turn-member-megabits", "1"],
        "--turn-member-megabits is of no use without --turn",
    ),
    (
        &["--turn-total-megabits", "1"],
        "--turn-total-megabits is of no use without --turn",
    ),
    (
        &["--turn-url", "turn:turn.example.org"],
        "--turn-url wants --turn-secret",
    ),
    (
        &["--turn-url", "stun:turn.example.org"],
        "--turn-url (or SNUG_TURN_URL): that is no TURN server. Write turn:HOST",
    ),
    (
        &[
            "--turn",
            "127.0.0.1:0",
            "--turn-url",
            "turn:t.example.org",
            "--turn-secret",
            "long enough",
        ],
        "--turn-url names another TURN server: leave out --turn",
    ),
    (&["--metrics", "here"], "--metrics"),
    (&["--log-format", "xml"], "--log-format"),
    (&["--join-rate", "x"], "--join-rate"),
    (&["--redis", "http://example.org"], "--redis"),
    (&["--redis-lease", "soon"], "--redis-lease"),
    (&["--no-such-flag"], "--no-such-flag"),
];

/// The program ends by itself, or the test fails.
async fn refused(command: &mut Command) -> String {
    let output = within(command.kill_on_drop(true).output()).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn program() -> Command {
    let mut command = Command::from(Program::command());
    command.stderr(Stdio::piped()).env_remove("RUST_BACKTRACE");
    command
}

#[tokio::test]
async fn invalid_flag_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a-file"), "").unwrap();
    for (flags, expect) in INVALID_FLAGS {
        let mut command = program();
        if !flags.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let said = refused(command.args(*flags).current_dir(folder.path())).await;
        assert!(
            said.lines().any(|line| line.starts_with("error: ")),
            "{flags:?}: {said}"
        );
        assert!(said.contains(expect), "{flags:?}: no {expect:?} in {said}");
    }
}

#[tokio::test]
async fn every_flag_has_invalid_values() {
    let help = within(program().arg("--help").output()).await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let flags: BTreeSet<_> = help
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("--"))
        .filter_map(|line| line.split_once(" <"))
        .map(|(flag, _)| format!("--{flag}"))
        .collect();
    assert!(flags.len() > 30, "{help}");
    let tried = |flag: &String| {
        let with_value = format!("{flag}=");
        INVALID_FLAGS
            .iter()
            .flat_map(|(flags, _)| *flags)
            .any(|word| word == flag || word.starts_with(&with_value))
    };
    let untried: Vec<_> = flags.into_iter().filter(|flag| !tried(flag)).collect();
    assert!(
        untried.is_empty(),
        "add lines to INVALID_FLAGS for {untried:?}"
    );
}

#[tokio::test]
async fn error_names_the_variable_and_empty_counts_as_unset() {
    let said = refused(program().env("SNUG_ROOM_SIZE", "many")).await;
    assert!(said.contains("SNUG_ROOM_SIZE) is \"many\""), "{said}");
    let said =
        refused(program().args(["--room-size", "1"]).envs(
            ["SNUG_ACME", "SNUG_TLS_CERT", "SNUG_TURN", "SNUG_LISTEN"].map(|name| (name, "")),
        ))
        .await;
    assert_eq!(
        said,
        "error: --room-size is 1; it is from 2 to 64 people.\n"
    );
}

/// On Windows, variables have no case.
#[cfg(unix)]
#[tokio::test]
async fn misspelt_variable_is_logged() {
    for name in [
        "SNUG_ROOMSIZE",
        "snug_room_size",
        "Snug_Listen",
        "SNUG_LISTEN ",
        "\u{feff}SNUG_LISTEN",
    ] {
        let said = refused(program().args(["--room-size", "1"]).env(name, "3")).await;
        assert!(said.contains("there is no such variable"), "{said}");
        assert!(said.contains(name.trim_start_matches('\u{feff}')), "{said}");
    }
}

#[tokio::test]
async fn permanent_errors_have_their_own_exit_code() {
    for (flags, expect) in [
        (["--room-size", "many"], 2),
        (["--room-size", "1"], 2),
        (["--listen", "192.0.2.1:8787"], 1),
    ] {
        let output = within(program().args(flags).output()).await.unwrap();
        assert_eq!(output.status.code(), Some(expect), "{flags:?}");
    }
}

/// Root may use every port, so the program runs as another user here.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn privileged_port_is_reported() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("signal-server");
    std::fs::copy(env!("CARGO_BIN_EXE_signal-server"), &copy).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(copy);
    command.stderr(Stdio::piped()).current_dir("/");
    if rustix::process::geteuid().is_root() {
        command.uid(65534);
    }
    let said = refused(command.args(["--listen", "127.0.0.1:443"])).await;
    assert!(
        said.contains("--listen 127.0.0.1:443: ports below 1024 are for privileged programs."),
        "{said}"
    );
}
