//! The two TURN servers under measurement.

use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::{Child, Command, Stdio},
    time::Duration,
};

use stun_types::{
    message::{BINDING, Message, MessageWriteVec},
    prelude::MessageWrite,
};
use tempfile::TempDir;

use crate::{
    processor_time::processor_time,
    relay::{Member, free_port},
};

const SECRET: &str = "known to both";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Snug,
    Coturn,
}

/// A TURN server, a relay that makes credentials for it, and somebody in a room of that.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) member: Member,
    turn: Process,
    /// Of coturn: its own is the relay that relays.
    _relay: Option<Process>,
    _folder: TempDir,
}

struct Process(Child);

impl System {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Snug => "signal-server",
            Self::Coturn => "coturn",
        }
    }

    /// `None` where the machine does not have it.
    pub(crate) async fn start(self) -> Option<Running> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let folder = tempfile::tempdir().unwrap();
        let (turn, relay, signaling) = match self {
            Self::Snug => {
                let (relay, signaling) = relay(&[
                    &format!("--turn={address}"),
                    "--turn-allow-peer=127.0.0.0/8",
                    "--turn-member-megabits=0",
                ]);
                (relay, None, signaling)
            }
            Self::Coturn => {
                let coturn = coturn(address, &folder)?;
                wait_for(address);
                let (relay, signaling) = relay(&[
                    &format!("--turn-url=turn:{address}"),
                    &format!("--turn-secret={SECRET}"),
                ]);
                (coturn, Some(relay), signaling)
            }
        };
        Some(Running {
            address,
            member: Member::join(signaling, "ann").await,
            turn,
            _relay: relay,
            _folder: folder,
        })
    }
}

impl Running {
    /// Used so far, by all threads, for the program and by the system for it.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(self.turn.0.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Until it answers a binding request.
fn wait_for(address: SocketAddr) {
    let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let between = Duration::from_millis(100);
    socket.set_read_timeout(Some(between)).unwrap();
    let answered = (0..100).any(|_| {
        let sent = socket.send_to(&request, address).is_ok();
        sent && socket.recv(&mut [0; 100]).is_ok()
    });
    assert!(answered, "the TURN server does not answer");
}

fn relay(flags: &[&str]) -> (Process, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_signal-server"))
        .arg("--listen=127.0.0.1:0")
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .find_map(|line| {
            Some(
                line.unwrap()
                    .split_once("listening address=")?
                    .1
                    .parse()
                    .unwrap(),
            )
        })
        .expect("the relay listens");
    // Read on, or a server that says more would wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    (Process(child), address)
}

fn coturn(address: SocketAddr, folder: &TempDir) -> Option<Process> {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let child = Command::new("turnserver")
        .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-rfc5780"])
        .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"])
        .args([
            "--allow-loopback-peers",
            "--use-auth-secret",
            "--realm=bench",
        ])
        .args(["--no-stdout-log", "--log-file=/dev/null"])
        .arg(format!("--static-auth-secret={SECRET}"))
        .arg(format!("--listening-port={}", address.port()))
        .arg(format!("--pidfile={}", at("pid")))
        .arg(format!("--db={}", at("users")))
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    Some(Process(child))
}
