//! The UDP side of the TURN server: one socket, and the allocations of those who reach us by it.
//!
//! Invariant: a stranger's datagram leaves nothing behind; only a member's allocation is kept, until
//! it ends.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{net::UdpSocket, task::yield_now};

use super::{
    clock,
    downlink::{Downlink, send_to},
    relayed::Relayed,
    rules::Now,
    server::{Path, Reaction, Server},
};

/// So many datagrams are taken before other tasks get their turn.
const BATCH: usize = 64;
/// The largest datagram there is.
const DATAGRAM: usize = 65535;

#[derive(Debug)]
pub(super) struct Datagrams {
    server: Arc<Server>,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    /// A std mutex: what happens under it is short and never awaits.
    clients: Mutex<HashMap<SocketAddr, Arc<Relayed>>>,
}

impl Datagrams {
    pub(super) fn new(server: Arc<Server>, socket: std::net::UdpSocket) -> io::Result<Self> {
        let local = socket.local_addr()?;
        Ok(Self {
            server,
            socket: Arc::new(UdpSocket::from_std(socket)?),
            local,
            clients: Mutex::default(),
        })
    }

    /// Until the server stops.
    pub(super) async fn run(self: Arc<Self>) {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            tokio::select! {
                biased;
                () = self.server.stop.cancelled() => break,
                readable = self.socket.readable() => {
                    if let Err(error) = readable {
                        tracing::warn!(%error, local = %self.local, "no more datagrams");
                        break;
                    }
                }
            }
            self.drain(&mut buffer);
            yield_now().await;
        }
        self.clients().values().for_each(|relayed| relayed.end());
    }

    fn drain(self: &Arc<Self>, buffer: &mut [u8]) {
        let now = clock::now_and_date();
        for _ in 0..BATCH {
            match self.socket.try_recv_from(buffer) {
                Ok((length, client)) => self.handle_datagram(now, client, &buffer[..length]),
                // An answer's receiver was out of reach; nothing of ours has failed.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    fn handle_datagram(self: &Arc<Self>, now: Now, client: SocketAddr, datagram: &[u8]) {
        let held = self.clients().get(&client).cloned();
        let path = Path {
            client,
            reached: self.local,
        };
        let downlink = || Downlink::Datagrams {
            socket: Arc::clone(&self.socket),
            client,
        };
        let reaction = self
            .server
            .handle_frame(now, path, held.as_ref(), downlink, datagram);
        let answer = match reaction {
            Reaction::Nothing => return,
            Reaction::Answer(answer) => answer,
            Reaction::Opened { relayed, answer } => {
                self.clients().insert(client, Arc::clone(&relayed));
                let datagrams = Arc::clone(self);
                self.server.tasks.spawn(async move {
                    Arc::clone(&relayed).run().await;
                    datagrams.forget(client, &relayed);
                });
                answer
            }
            Reaction::Ended { answer } => {
                self.clients().remove(&client);
                answer
            }
        };
        // Lost like any other datagram: the request comes again.
        let _ = send_to(&self.socket, &answer, client);
    }

    /// Unless the client has another by now.
    fn forget(&self, client: SocketAddr, ended: &Arc<Relayed>) {
        let mut clients = self.clients();
        if clients
            .get(&client)
            .is_some_and(|held| Arc::ptr_eq(held, ended))
        {
            clients.remove(&client);
        }
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<SocketAddr, Arc<Relayed>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
