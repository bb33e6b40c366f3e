//! UDP listener: one socket and the allocations of its clients.
//!
//! Invariant: an unauthenticated datagram leaves no state. The listener keeps only allocations of
//! members, until they end.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{net::UdpSocket, task::yield_now};

use super::{
    active_allocation::ActiveAllocation,
    client_transport::{ClientTransport, send_to},
    state::{FiveTuple, ListenerAction, ServerState},
};
use crate::rules::Now;

/// After this number of datagrams, other tasks run.
const MAX_DATAGRAMS_PER_WAKE: usize = 64;
/// The largest UDP datagram.
const MAX_DATAGRAM_BYTES: usize = 65535;

/// One listening socket.
#[derive(Debug)]
pub(super) struct TurnUdpListener {
    server: Arc<ServerState>,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    /// Allocations by client address. A std mutex: held briefly, never across an await.
    clients: Mutex<HashMap<SocketAddr, Arc<ActiveAllocation>>>,
}

impl TurnUdpListener {
    pub(super) fn new(server: Arc<ServerState>, socket: std::net::UdpSocket) -> io::Result<Self> {
        let local = socket.local_addr()?;
        Ok(Self {
            server,
            socket: Arc::new(UdpSocket::from_std(socket)?),
            local,
            clients: Mutex::default(),
        })
    }

    /// Receives datagrams until the server stops.
    pub(super) async fn run(self: Arc<Self>) {
        let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
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
        self.clients()
            .values()
            .for_each(|allocation| allocation.end());
    }

    fn drain(self: &Arc<Self>, buffer: &mut [u8]) {
        let now = Now::read();
        for _ in 0..MAX_DATAGRAMS_PER_WAKE {
            match self.socket.try_recv_from(buffer) {
                Ok((length, client)) => self.handle_datagram(now, client, &buffer[..length]),
                // The system may report an unreachable client here. The socket still works.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    fn handle_datagram(self: &Arc<Self>, now: Now, client: SocketAddr, datagram: &[u8]) {
        let active = self.clients().get(&client).cloned();
        let five_tuple = FiveTuple {
            client,
            server: self.local,
        };
        let client_transport = || ClientTransport::Udp {
            socket: Arc::clone(&self.socket),
            client,
        };
        let action =
            self.server
                .handle_frame(now, five_tuple, active.as_ref(), client_transport, datagram);
        let response = match action {
            ListenerAction::None => return,
            ListenerAction::Respond(response) => response,
            ListenerAction::Open {
                allocation,
                response,
            } => {
                self.clients().insert(client, Arc::clone(&allocation));
                let listener = Arc::clone(self);
                self.server.tasks.spawn(async move {
                    Arc::clone(&allocation).run().await;
                    listener.remove(client, &allocation);
                });
                response
            }
            ListenerAction::Remove { response } => {
                self.clients().remove(&client);
                response
            }
        };
        // The client retransmits a request whose response is lost.
        let _ = send_to(&self.socket, &response, client);
    }

    /// Removes an ended allocation, unless the client has a new one.
    fn remove(&self, client: SocketAddr, ended: &Arc<ActiveAllocation>) {
        let mut clients = self.clients();
        if clients
            .get(&client)
            .is_some_and(|current| Arc::ptr_eq(current, ended))
        {
            clients.remove(&client);
        }
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<SocketAddr, Arc<ActiveAllocation>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
