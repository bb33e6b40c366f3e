//! coturn from the system, one process per test, configured by flags only.
//!
//! Invariant: dropping the value removes the process and its folder.

use std::{
    net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket},
    process::Stdio,
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

const GATHER_TIMEOUT: Duration = Duration::from_secs(15);

pub(crate) struct Coturn {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
    tls_port: u16,
    /// The server's self-signed certificate, as its own root (DER).
    pub(crate) root: Vec<u8>,
    _folder: TempDir,
}

impl Coturn {
    /// At 127.0.0.1 and ::1, for the user `name` with the password `word`.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (key, certificate) = certificate();
        std::fs::write(at("key.pem"), key.serialize_pem()).unwrap();
        std::fs::write(at("certificate.pem"), certificate.pem()).unwrap();
        let (port, tls_port) = (free_port(), free_port());
        let mut process = Command::new("turnserver")
            .args(["-n", "--no-cli", "--no-dtls", "--no-rfc5780", "--verbose"])
            .args(["--listening-ip=127.0.0.1", "--listening-ip=::1"])
            .args(["--relay-ip=127.0.0.1", "--relay-ip=::1"])
            .args(["--allow-loopback-peers", "--relay-threads=1"])
            .args(["--lt-cred-mech", "--user=name:word", "--realm=test.local"])
            .args(["--log-file=stdout", "--simple-log"])
            .arg(format!("--listening-port={port}"))
            .arg(format!("--tls-listening-port={tls_port}"))
            .arg(format!("--pidfile={}", at("pid")))
            .arg(format!("--db={}", at("users")))
            .arg(format!("--pkey={}", at("key.pem")))
            .arg(format!("--cert={}", at("certificate.pem")))
            .args(flags)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("turnserver starts; install it with `apt-get install coturn`");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut coturn = Self {
            process,
            lines,
            port,
            tls_port,
            root: certificate.der().to_vec(),
            _folder: folder,
        };
        // Its listeners are open by then.
        coturn.says("auth thread").await;
        coturn
    }

    pub(crate) fn by_udp(&self, host: &str) -> String {
        format!("turn:{host}:{}?transport=udp", self.port)
    }

    pub(crate) fn by_tcp(&self, host: &str) -> String {
        format!("turn:{host}:{}?transport=tcp", self.port)
    }

    pub(crate) fn by_tls(&self, host: &str) -> String {
        format!("turns:{host}:{}", self.tls_port)
    }

    /// Waits until its log contains such a line.
    pub(crate) async fn says(&mut self, words: &str) -> String {
        let said = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                if line.contains(words) {
                    return line;
                }
            }
            panic!("turnserver ended before it said {words:?}");
        };
        timeout(GATHER_TIMEOUT, said)
            .await
            .expect("turnserver says so")
    }

    /// Kills it, and returns the lines of its log that no test waited for.
    pub(crate) async fn end(&mut self) -> Vec<String> {
        self.process.kill().await.unwrap();
        let mut said = vec![];
        while let Some(line) = self.lines.next_line().await.unwrap() {
            said.push(line);
        }
        said
    }
}

fn certificate() -> (KeyPair, rcgen::Certificate) {
    let key = KeyPair::generate().unwrap();
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let parameters = CertificateParams::new(names).unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    (key, certificate)
}

/// Free for UDP and TCP in both address families.
pub(crate) fn free_port() -> u16 {
    loop {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        let free = UdpSocket::bind((Ipv6Addr::LOCALHOST, port)).is_ok()
            && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok();
        if free {
            return port;
        }
    }
}
