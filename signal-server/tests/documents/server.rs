//! From nothing to a call, as the page for hosts shows it: on a server with a public address and a
//! name, with a certificate of an authority in place of Let's Encrypt.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use rcgen::{CertificateParams, KeyPair};

use crate::{
    authority::Authority,
    shown::{block, is_there},
};

const SETTING: &str = include_str!("server.sh");
const CONFIGURATION: &str = "packaging/debian/relay.env";
/// An authority takes time. Only a failure reaches this.
const DEADLINE_SECONDS: &str = "120";
/// The programs of the system that this needs, and their Debian packages.
const PROGRAMS: [(&str, &str); 5] = [
    ("pebble", "pebble"),
    ("curl", "curl"),
    ("ip", "iproute2"),
    ("iptables", "iptables"),
    ("setpriv", "util-linux"),
];

/// Runs the script on the server and returns its output. `None` if this computer cannot run one.
async fn on_a_server(script: &str, files: &[(&str, String)]) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can have a network of its own");
        return None;
    }
    if !PROGRAMS
        .iter()
        .all(|(program, package)| is_there(program, package))
    {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    authority(folder.path());
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = Command::new("timeout");
    command
        .args(["--kill-after=1", DEADLINE_SECONDS])
        .args([
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ])
        .args(["bash", "-ec"])
        .arg(format!("{SETTING}{script}"))
        .env("SERVER", env!("CARGO_BIN_EXE_signal-server"))
        .env("FOLDER", folder.path())
        .stdin(Stdio::null());
    let running = tokio::task::spawn_blocking(move || command.output().unwrap());
    let Output {
        stdout,
        stderr,
        status,
    } = running.await.unwrap();
    let said = String::from_utf8(stdout).unwrap();
    let error = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{status}: {said}\n{error}");
    Some(said)
}

/// pebble's files.
fn authority(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    fs::write(folder.join("authority.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("authority.key"), key.serialize_pem()).unwrap();
    let config = serde_json::json!({ "pebble": {
        "listenAddress": "127.0.0.1:14000",
        "managementListenAddress": "127.0.0.1:15000",
        "certificate": folder.join("authority.pem"),
        "privateKey": folder.join("authority.key"),
        "httpPort": 80,
        "tlsPort": 443,
    }});
    fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
}

/// The variables that systemd reads from `relay.env` after the `#` of these lines is removed. The
/// lines stand together in the file.
fn configuration(chosen: &str) -> String {
    let file = doc_examples::read(CONFIGURATION).unwrap();
    let there: String = chosen.lines().map(|line| format!("#{line}\n")).collect();
    assert_eq!(
        file.matches(&there).count(),
        1,
        "{there} in {CONFIGURATION}"
    );
    let file = file.replace(&there, chosen);
    let wanted = |line: &&str| !line.starts_with('#') && !line.is_empty();
    file.lines()
        .filter(wanted)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Checks that the doctor passed each of these steps and failed none.
fn check_all_is_well(said: &str, steps: &[&str]) {
    assert!(!said.contains("FAIL"), "{said}");
    for step in steps {
        let line = format!("ok    {step}");
        assert!(said.contains(&line), "no {line:?} in {said}");
    }
}

#[tokio::test]
async fn as_root_host_from_source_as_shown_is_reached() {
    let files = [
        ("install", block("npm --prefix ui ci")),
        ("doctor", block("signal-server doctor")),
    ];
    let script = r#"
        authority
        start 'new certificate is shown' relay bash -e "$FOLDER/install"
        bash -e "$FOLDER/doctor" || true
        echo --
        iptables -A INPUT -p udp --dport 3478 -j DROP
        bash -e "$FOLDER/doctor" || true
    "#;
    let Some(said) = on_a_server(script, &files).await else {
        return;
    };
    let (well, firewall) = said.split_once("--\n").unwrap();
    let steps = ["tls", "page", "join", "turn", "packet"];
    check_all_is_well(well, &steps);
    assert!(well.contains("turns:meet.example.org:5349"), "{well}");
    check_shown_report(&block("ok    name"), firewall);
}

/// Checks that the doctor prints each line that the page shows, in its order. Numbers and the
/// authority's name may differ.
fn check_shown_report(shown: &str, printed: &str) {
    let mut printed_lines = printed.lines().map(without_what_varies);
    for line in shown.lines() {
        let wanted = without_what_varies(line);
        let wanted = wanted.trim_end_matches('…');
        assert!(
            printed_lines.any(|line| line.starts_with(wanted)),
            "no {wanted:?} any more in {printed}"
        );
    }
}

fn without_what_varies(line: &str) -> String {
    let mut parts = line.split('"');
    let before = parts.next().unwrap_or_default();
    let after = parts.nth(1).unwrap_or_default();
    let words = format!("{before}{after}");
    let words = words.split(' ').map(|word| {
        let number = word.trim_start_matches('(');
        match number.parse::<u32>() {
            Ok(_) => word.replace(number, "#"),
            Err(_) => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn as_root_service_with_the_six_lines_shown_is_reached() {
    let lines = block("SNUG_LISTEN=");
    assert_eq!(lines.lines().count(), 6, "the page speaks of six lines");
    let files = [("service.env", configuration(&lines))];
    let script = r#"
        authority
        cp "$SERVER" /usr/bin/signal-server
        start 'new certificate is shown' relay service
        signal-server doctor meet.example.org
        ls /var/lib/snug-relay
    "#;
    let Some(said) = on_a_server(script, &files).await else {
        return;
    };
    check_all_is_well(&said, &["tls", "page", "join", "turn", "packet"]);
    assert!(said.contains("turns:meet.example.org:5349"), "{said}");
}

#[tokio::test]
async fn as_root_certificate_from_certbot_reaches_the_service() {
    let certbot = Authority::new();
    let signal_server::TlsConfig::Files(issued) = certbot.files("meet.example.org") else {
        unreachable!("it gives files");
    };
    let chosen = "SNUG_TLS_CERT=/var/lib/snug-relay/tls/fullchain.pem\n\
                  SNUG_TLS_KEY=/var/lib/snug-relay/tls/privkey.pem\n";
    let read = |path| fs::read_to_string(path).unwrap();
    let files = [
        // If a variable is set twice, the later line counts.
        (
            "service.env",
            configuration(chosen) + "SNUG_LISTEN=[::]:443\n",
        ),
        ("hook", block("#!/bin/sh")),
        ("fullchain.pem", read(issued.certificate)),
        ("privkey.pem", read(issued.key)),
        ("root.pem", read(certbot.file())),
    ];
    let script = r#"
        chmod 600 "$FOLDER"/*.pem
        mkdir -p /var/lib/snug-relay
        cp "$SERVER" /usr/bin/signal-server
        chmod +x "$FOLDER/hook"
        RENEWED_LINEAGE="$FOLDER" "$FOLDER/hook"
        start 'listening' relay service
        SSL_CERT_FILE="$FOLDER/root.pem" signal-server doctor meet.example.org
    "#;
    let Some(said) = on_a_server(script, &files).await else {
        return;
    };
    check_all_is_well(&said, &["tls", "page", "join"]);
}
