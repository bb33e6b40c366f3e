//! The relay's own TLS. A renewed certificate is used while it runs.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use signal_protocol::{RoomJoined, ServerMessage};
use signal_server::{CertificateFiles, TlsConfig};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName},
    },
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    client::{join, within},
    relay::{Program, Relay},
};

pub(crate) const NAME: &str = "meet.example.org";
/// The time in which the relay must use a changed file, and more.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(20);
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// A certificate and its key, as files.
pub(crate) struct Pems {
    folder: TempDir,
}

impl Pems {
    pub(crate) fn new() -> (Self, CertificateDer<'static>) {
        let pems = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let certificate = pems.renew(2099);
        (pems, certificate)
    }

    /// Writes another certificate, valid until this year.
    pub(crate) fn renew(&self, year: i32) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(self.certificate(), certificate.pem()).unwrap();
        std::fs::write(self.key(), key.serialize_pem()).unwrap();
        certificate.into()
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    pub(crate) fn config(&self) -> TlsConfig {
        TlsConfig::Files(CertificateFiles {
            certificate: self.certificate(),
            key: self.key(),
        })
    }
}

pub(crate) async fn connect(
    address: SocketAddr,
    name: &'static str,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_on(TcpStream::connect(address).await?, name, trusted).await
}

/// Trusts this certificate only.
pub(crate) async fn connect_on(
    stream: TcpStream,
    name: &'static str,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from(name).unwrap(), stream)
        .await
}

async fn is_healthy(mut stream: TlsStream<TcpStream>) -> bool {
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.starts_with("HTTP/1.1 200 ") && answer.contains("snug-signal-server")
}

/// The status and, if present, the `Strict-Transport-Security` header.
async fn ask_by_tls(
    address: SocketAddr,
    certificate: &CertificateDer<'static>,
    target: &str,
    host: &str,
) -> (u16, Option<String>) {
    let mut stream = within(connect(address, NAME, certificate)).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let name = "strict-transport-security: ";
    let told = answer.lines().find_map(|line| line.strip_prefix(name));
    (status, told.map(str::to_owned))
}

#[tokio::test]
async fn strict_transport_security_is_sent_over_tls_only() {
    let (pems, certificate) = Pems::new();
    let relay = Relay::start(|config| config.tls = pems.config()).await;
    for target in ["/", "/healthz", "/nothing", "/ws"] {
        let (_, told) = ask_by_tls(relay.address, &certificate, target, NAME).await;
        assert_eq!(told.as_deref(), Some("max-age=31536000"), "{target}");
    }
    let plain = Relay::start(|_| ()).await;
    let answer = crate::relay::get(plain.address, "/healthz").await;
    assert_eq!(answer.header("strict-transport-security"), None);
}

/// A browser sends a request only if the certificate is valid for the name that it asked for.
#[tokio::test]
async fn certificate_and_host_header_must_match() {
    let (pems, certificate) = Pems::new();
    let relay = Relay::start(|config| config.tls = pems.config()).await;
    for (host, expect) in [
        (NAME, 200),
        ("MEET.example.org.:443", 200),
        ("localhost", 200),
        ("rebound.example", 421),
        ("other.example.org", 421),
    ] {
        let (status, _) = ask_by_tls(relay.address, &certificate, "/healthz", host).await;
        assert_eq!(status, expect, "{host}");
    }
}

async fn join_by_tls(address: SocketAddr, certificate: &CertificateDer<'static>) -> RoomJoined {
    let stream = within(connect(address, NAME, certificate)).await.unwrap();
    let request = format!("wss://{NAME}/ws").into_client_request().unwrap();
    let (mut socket, _) = within(Box::pin(client_async(request, stream)))
        .await
        .unwrap();
    let join = Message::text(join("r", "ann").encode());
    within(socket.send(join)).await.unwrap();
    let answer = within(socket.next()).await.unwrap().unwrap();
    match ServerMessage::decode(answer.to_text().unwrap()).unwrap() {
        ServerMessage::RoomJoined(joined) => *joined,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn member_joins_over_tls() {
    let (pems, certificate) = Pems::new();
    let relay = Relay::start(|config| config.tls = pems.config()).await;
    join_by_tls(relay.address, &certificate).await;
}

#[tokio::test]
async fn turn_clients_get_the_programs_certificate() {
    let (pems, certificate) = Pems::new();
    let path = |path: PathBuf| path.to_str().unwrap().to_owned();
    let turn = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let program = Program::start(&[
        "--tls-cert",
        &path(pems.certificate()),
        "--tls-key",
        &path(pems.key()),
        "--turn-tls",
        &turn.to_string(),
    ]);
    let joined = join_by_tls(program.address, &certificate).await;
    let url = format!("turns:{NAME}:{}?transport=tcp", turn.port());
    let offered = joined
        .ice_servers
        .iter()
        .any(|server| server.urls.contains(&url) && server.credential.is_some());
    assert!(offered, "{:?}", joined.ice_servers);

    let mut stream = within(connect(turn, NAME, &certificate)).await.unwrap();
    // A Binding request and its response (RFC 8489, 5 and 6).
    let request = [
        0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ];
    stream.write_all(&request).await.unwrap();
    let mut answer = [0; 20];
    within(stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(answer[..2], [1, 1]);
    assert_eq!(answer[4..], request[4..]);
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn plain_connection_does_not_disturb_tls_clients() {
    let (pems, certificate) = Pems::new();
    let relay = Relay::start(|config| config.tls = pems.config()).await;
    let silent = TcpStream::connect(relay.address).await.unwrap();
    let mut plain = TcpStream::connect(relay.address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // The connection ends by an alert or a reset.
    let _ = within(plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"));
    let stream = within(connect(relay.address, NAME, &certificate))
        .await
        .unwrap();
    assert!(within(is_healthy(stream)).await);
    drop(silent);
}

#[tokio::test]
async fn renewed_certificate_is_used_unless_it_is_invalid() {
    let (pems, first) = Pems::new();
    let relay = Relay::start(|config| config.tls = pems.config()).await;
    let joined = within(connect(relay.address, NAME, &first)).await.unwrap();
    let expired = pems.renew(2021);
    let second = pems.renew(2099);
    let taken_up = async {
        while connect(relay.address, NAME, &second).await.is_err() {
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    };
    tokio::time::timeout(RENEWAL_TIMEOUT, taken_up)
        .await
        .unwrap();
    assert!(connect(relay.address, NAME, &first).await.is_err());
    assert!(connect(relay.address, NAME, &expired).await.is_err());
    // Members that are connected stay.
    assert!(within(is_healthy(joined)).await);
}

/// While the new certificate is invalid, the one before it stays in use, and the log says why.
#[cfg(unix)]
#[tokio::test]
async fn invalid_new_certificate_is_logged_and_not_used() {
    let (pems, first) = Pems::new();
    let path = |path: PathBuf| path.to_str().unwrap().to_owned();
    let (certificate, key) = (path(pems.certificate()), path(pems.key()));
    let mut program = Program::start(&["--tls-cert", &certificate, "--tls-key", &key]);
    let good = std::fs::read_to_string(&certificate).unwrap();
    let expired = || {
        pems.renew(2021);
    };
    let missing = || std::fs::remove_file(&certificate).unwrap();
    let cut_off = || std::fs::write(&certificate, &good[..300]).unwrap();
    let of_another_key = || std::fs::write(&certificate, &good).unwrap();
    let faults: [(&dyn Fn(), &str); 4] = [
        (&cut_off, "has no end"),
        (&expired, "the certificate expired"),
        (&missing, "cannot read"),
        (&of_another_key, "does not belong to --tls-cert"),
    ];
    for (spoil, reason) in faults {
        spoil();
        let line;
        (program, line) = program.find_in_log("the one before it stays").await;
        assert!(
            line.contains(reason) && line.contains(&certificate),
            "{reason}: {line}"
        );
        let stream = within(connect(program.address, NAME, &first))
            .await
            .unwrap();
        assert!(within(is_healthy(stream)).await);
    }
    let second = pems.renew(2099);
    (program, _) = program.find_in_log("is shown from now on").await;
    within(connect(program.address, NAME, &second))
        .await
        .unwrap();
}

fn check(flags: &[&str], expect: &str) {
    let output = Program::command()
        .args(["--listen", "127.0.0.1:0"])
        .args(flags)
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{flags:?}");
    assert!(said.contains(expect), "{flags:?}: no {expect:?} in {said}");
}

#[test]
fn invalid_tls_flags_are_refused_at_the_start() {
    let (pems, _) = Pems::new();
    let (others, _) = Pems::new();
    let path = |path: PathBuf| path.to_str().unwrap().to_owned();
    let (certificate, key) = (path(pems.certificate()), path(pems.key()));
    check(&["--tls-cert", &certificate], "--tls-key");
    check(&["--tls-key", &key], "--tls-cert");
    check(
        &["--tls-cert", "no-such-file", "--tls-key", &key],
        "--tls-cert: cannot read no-such-file",
    );
    check(
        &["--tls-cert", &certificate, "--tls-key", &path(others.key())],
        "--tls-key does not belong to --tls-cert",
    );
    others.renew(2021);
    check(
        &[
            "--tls-cert",
            &path(others.certificate()),
            "--tls-key",
            &path(others.key()),
        ],
        "--tls-cert: the certificate expired",
    );
    check(&["--acme", NAME], "--acme-dir");
    check(
        &["--acme", "localhost", "--acme-dir", "acme"],
        "--acme is \"localhost\"",
    );
    check(
        &["--acme", NAME, "--acme-dir", &certificate],
        "--acme-dir: cannot use",
    );
    check(
        &[
            "--acme",
            NAME,
            "--acme-dir",
            "acme",
            "--tls-cert",
            &certificate,
            "--tls-key",
            &key,
        ],
        "cannot be used with",
    );
}
