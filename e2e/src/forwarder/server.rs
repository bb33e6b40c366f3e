//! A forwarder on a socket of this computer. It runs while `run` is awaited.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell around the forwarder reads the clock"
)]

use std::{
    cell::RefCell,
    net::{IpAddr, Ipv4Addr},
    time::Instant,
};

use anyhow::Result;
use tokio::{net::UdpSocket, sync::Notify, time};

use super::{Forwarder, Peer};

const MAX_DATAGRAM_BYTES: usize = 2000;
/// Of no host (RFC 5737). Nothing is sent there.
const ANYWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(198, 51, 100, 1), 9);

#[derive(Debug)]
pub struct Server {
    socket: UdpSocket,
    forwarder: RefCell<Forwarder>,
    changed: Notify,
}

impl Server {
    /// One for this many ends, on this computer's address in its network: ends with such an
    /// address of their own check none of loopback.
    pub async fn start(peers: usize) -> Result<Self> {
        let socket = UdpSocket::bind((own_address().await?, 0)).await?;
        let forwarder = Forwarder::new(socket.local_addr()?, peers);
        Ok(Self {
            socket,
            forwarder: RefCell::new(forwarder),
            changed: Notify::new(),
        })
    }

    /// Passes media and data on. It ends with an error only.
    pub async fn run(&self) -> Result<()> {
        let mut buffer = [0; MAX_DATAGRAM_BYTES];
        loop {
            self.send().await?;
            let due = self.forwarder.borrow().poll_timeout(Instant::now());
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    let (length, from) = received?;
                    let mut forwarder = self.forwarder.borrow_mut();
                    forwarder.handle_datagram(from, &buffer[..length], Instant::now())?;
                }
                () = time::sleep_until(due.into()) => {
                    self.forwarder.borrow_mut().handle_timeout(Instant::now())?;
                }
                () = self.changed.notified() => {}
            }
        }
    }

    /// Takes a message of an end.
    pub fn handle_message(&self, peer: Peer, text: &str) -> Result<()> {
        let mut forwarder = self.forwarder.borrow_mut();
        forwarder.handle_message(peer, text, Instant::now())?;
        self.changed.notify_one();
        Ok(())
    }

    /// The next message, and who gets it.
    pub fn poll_message(&self) -> Option<(Peer, String)> {
        self.forwarder.borrow_mut().poll_message()
    }

    /// The handler of mediasoup-client that this end uses.
    pub fn handler(&self, peer: Peer) -> Option<String> {
        self.forwarder.borrow().handler(peer).map(str::to_owned)
    }

    async fn send(&self) -> Result<()> {
        loop {
            let Some(datagram) = self.forwarder.borrow_mut().poll_datagram() else {
                return Ok(());
            };
            self.socket.send_to(&datagram.bytes, datagram.to).await?;
        }
    }
}

/// The address that this computer has on its way out; loopback where it has none.
async fn own_address() -> Result<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    match socket.connect(ANYWHERE).await {
        Ok(()) => Ok(socket.local_addr()?.ip()),
        Err(_) => Ok(Ipv4Addr::LOCALHOST.into()),
    }
}
