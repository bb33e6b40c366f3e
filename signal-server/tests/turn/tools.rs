//! coturn's tools from the system: client, peer and server.

use std::{
    net::{IpAddr, SocketAddr},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::UdpSocket,
    process::{Child, Command},
    task::JoinHandle,
    time::sleep,
};
use turn_client::Check;

use crate::relay::{free_port, port_range, within};

/// Whether the tools are installed. Prints a message if not.
pub(crate) fn are_installed() -> bool {
    let installed = ["turnutils_uclient", "turnutils_peer", "turnserver"]
        .iter()
        .all(|tool| {
            std::process::Command::new(tool)
                .arg("-h")
                .stdin(Stdio::null())
                .output()
                .is_ok()
        });
    if !installed {
        println!("skipped: coturn is not here; install it with `apt-get install coturn`");
    }
    installed
}

/// The ICE check that test peers answer.
pub(crate) fn peer_check() -> Check {
    Check::new("known to the test")
}

/// A peer that returns every datagram and answers ICE checks, until it is dropped.
pub(crate) struct Echo {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Echo {
    pub(crate) async fn start(ip: IpAddr) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; 65535];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
                let received = &buffer[..length];
                let answer = peer_check().answer(received);
                let answer = answer.as_deref().unwrap_or(received);
                socket.send_to(answer, from).await.unwrap();
            }
        });
        Self { address, task }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// turnutils_peer, which returns every datagram.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    _process: Child,
}

impl Peer {
    pub(crate) async fn start(ip: IpAddr) -> Self {
        let address = SocketAddr::new(ip, free_port());
        let process = Command::new("turnutils_peer")
            .args(["-L", &ip.to_string(), "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let probe = UdpSocket::bind((ip, 0)).await.unwrap();
        probe.connect(address).await.unwrap();
        within(async {
            // The system refuses datagrams before the peer listens.
            while probe.send(b"anybody").await.is_err() || probe.recv(&mut [0; 16]).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        Self {
            address,
            _process: process,
        }
    }
}

/// Runs turnutils_uclient against this server and this peer. Returns its output.
pub(crate) async fn uclient(
    flags: &[&str],
    (username, password): &(String, String),
    server: SocketAddr,
    peer: SocketAddr,
) -> String {
    let output = Command::new("turnutils_uclient")
        .args(["-c", "-u", username, "-w", password])
        .args(["-p", &server.port().to_string()])
        .args(["-e", &peer.ip().to_string()])
        .args(["-r", &peer.port().to_string()])
        .args(flags)
        .arg(server.ip().to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = within(output).await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// coturn with credentials from a shared secret.
pub(crate) struct Coturn {
    pub(crate) address: SocketAddr,
    _process: Child,
    _folder: TempDir,
}

impl Coturn {
    pub(crate) async fn start(secret: &str) -> Self {
        let ports = port_range();
        let flags = [
            "--no-cli",
            "--no-tls",
            "--no-dtls",
            "--no-rfc5780",
            "--relay-ip=127.0.0.1",
            "--allow-loopback-peers",
            "--use-auth-secret",
            "--realm=test.local",
            &format!("--static-auth-secret={secret}"),
            &format!("--min-port={}", ports.start()),
            &format!("--max-port={}", ports.end()),
        ];
        Self::start_with(&flags).await
    }

    /// Starts coturn with these flags on a free port.
    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let port = free_port();
        let mut process = Command::new("turnserver")
            .args(flags)
            // coturn uses the last value of a repeated flag.
            .args([
                "-n",
                "--listening-ip=127.0.0.1",
                "--relay-threads=1",
                "--verbose",
            ])
            .args(["--log-file=stdout", "--simple-log"])
            .arg(format!("--listening-port={port}"))
            .arg(format!("--pidfile={}", at("pid")))
            .arg(format!("--db={}", at("users")))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // coturn logs this after it has opened its listeners.
        within(async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("auth thread") {
                    break;
                }
            }
        })
        .await;
        // Keeps reading, because a full pipe blocks coturn.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            address: ([127, 0, 0, 1], port).into(),
            _process: process,
            _folder: folder,
        }
    }
}
