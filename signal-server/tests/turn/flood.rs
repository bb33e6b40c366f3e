//! A flood of unauthenticated datagrams costs no memory and does not interrupt the service.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::{Child, Command, Stdio},
};

use stun_types::{
    message::{Message, MessageWriteVec},
    prelude::{MessageWrite, MessageWriteExt},
};
use turn_types::{attribute::RequestedTransport, message::ALLOCATE};

use crate::{
    relay::{Member, free_port},
    udp_client::UdpClient,
};

const FLOODING_CLIENTS: usize = 25_000;

struct Program {
    child: Child,
    address: SocketAddr,
    /// Kept open so that the program can write its log.
    _log: BufReader<std::process::ChildStderr>,
}

impl Program {
    fn start(turn: SocketAddr) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_signal-server"))
            .args(["--listen", "127.0.0.1:0", "--turn", &turn.to_string()])
            .args(["--turn-ports", "30000-30999"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it ended");
            if let Some((_, address)) = line.trim().split_once("listening address=") {
                break address.parse().unwrap();
            }
        };
        Self {
            child,
            address,
            _log: log,
        }
    }

    fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn unauthenticated_flood_leaves_no_state() {
    let turn = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let program = Program::start(turn);
    let member = Member::join(program.address, "ann").await;
    let before = program.memory_kib();
    let mut request = Message::builder_request(ALLOCATE, MessageWriteVec::new());
    let udp = RequestedTransport::new(RequestedTransport::UDP);
    request.add_attribute(&udp).unwrap();
    let unsigned = request.finish();
    let cut_short = &unsigned[..unsigned.len() - 2];
    let channel_data = [0x40, 0x00, 0x00, 0x04, 1, 2, 3, 4];
    let noise = [0xa5; 300];
    for index in 0..FLOODING_CLIENTS {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        for datagram in [&unsigned[..], cut_short, &channel_data, &noise] {
            socket.send_to(datagram, turn).unwrap();
        }
        if index % 250 == 0 {
            // Waits for the program: it answers in order.
            UdpClient::new(turn, member.credentials())
                .await
                .bind()
                .await
                .unwrap();
        }
    }
    let grown = program.memory_kib().saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB more after the flood");
    let mut client = UdpClient::new(turn, member.credentials()).await;
    client.allocate().await.unwrap();
}
