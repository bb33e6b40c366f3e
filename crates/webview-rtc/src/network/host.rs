//! The UDP socket of one host candidate.
//!
//! Invariant: receiving never waits for the consumer. The task ends when its handle is dropped or
//! the socket fails.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
};

use tokio::{
    net::UdpSocket,
    sync::{mpsc, oneshot},
    task::yield_now,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::debug;
use turn_client::{Bindings, Failure, Input, udp};

use super::{
    now, sleep_until_due,
    traffic::{SendPath, Traffic},
};

/// A STUN binding request to send from this socket.
#[derive(Debug)]
pub(super) struct BindingQuery {
    pub(super) server: SocketAddr,
    pub(super) reply: oneshot::Sender<Result<SocketAddr, Failure>>,
}

/// Larger than any ICE, DTLS or RTP packet.
const MAX_PACKET_BYTES: usize = 4096;
/// More queries than any configuration has servers.
const MAX_PENDING_QUERIES: usize = 64;
/// Packets read before the task yields to others.
const MAX_PACKETS_PER_READ: usize = 64;

#[derive(Debug)]
pub(super) struct HostSocket {
    pub(super) address: SocketAddr,
    pub(super) queries: mpsc::Sender<BindingQuery>,
    _stop: DropGuard,
}

impl HostSocket {
    /// `lost` receives the address of this socket when it fails.
    pub(super) async fn open(
        bind: SocketAddr,
        traffic: Arc<Traffic>,
        lost: mpsc::Sender<SocketAddr>,
    ) -> io::Result<Self> {
        let socket = Arc::new(udp::bound(bind)?);
        // `try_send_to` fails until the socket was reported writable once.
        socket.writable().await?;
        let address = socket.local_addr()?;
        let (queries, receiver) = mpsc::channel(MAX_PENDING_QUERIES);
        let stop = CancellationToken::new();
        traffic.open(address, SendPath::Socket(Arc::clone(&socket)));
        let task = HostTask {
            socket,
            address,
            traffic,
            bindings: Bindings::new(address, now()),
        };
        tokio::spawn(task.run(receiver, lost, stop.clone()));
        Ok(Self {
            address,
            queries,
            _stop: stop.drop_guard(),
        })
    }
}

struct HostTask {
    socket: Arc<UdpSocket>,
    address: SocketAddr,
    traffic: Arc<Traffic>,
    bindings: Bindings<oneshot::Sender<Result<SocketAddr, Failure>>>,
}

impl HostTask {
    async fn run(
        mut self,
        mut receiver: mpsc::Receiver<BindingQuery>,
        lost: mpsc::Sender<SocketAddr>,
        stop: CancellationToken,
    ) {
        let mut buffer = vec![0; MAX_PACKET_BYTES];
        loop {
            let due = self.bindings.poll_timeout(now());
            tokio::select! {
                () = stop.cancelled() => break,
                Some(query) = receiver.recv() => self.send_query(query),
                () = sleep_until_due(due) => {}
                readable = self.socket.readable() => {
                    let drained = readable.and_then(|()| self.drain(&mut buffer));
                    if let Err(error) = drained {
                        debug!(%error, "a socket is lost");
                        self.traffic.close(self.address);
                        // The receiver is gone when the whole network has ended.
                        let _ = lost.send(self.address).await;
                        return;
                    }
                    yield_now().await;
                }
            }
            self.poll_bindings();
        }
        self.traffic.close(self.address);
    }

    fn send_query(&mut self, query: BindingQuery) {
        let BindingQuery { server, reply } = query;
        let bytes = self.bindings.ask(server, reply, now());
        self.send(server, &bytes);
    }

    /// Sends due retransmissions of binding requests and delivers their answers.
    fn poll_bindings(&mut self) {
        let now = now();
        while let Some((server, bytes)) = self.bindings.poll_transmit(now) {
            self.send(server, &bytes);
        }
        while let Some((reply, answer)) = self.bindings.poll_answer(now) {
            // The gathering that asked may have ended.
            let _ = reply.send(answer);
        }
    }

    fn send(&mut self, server: SocketAddr, bytes: &[u8]) {
        match self.socket.try_send_to(bytes, server) {
            Ok(_) => {}
            // The next retransmission sends it.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.bindings.give_up(server),
        }
    }

    fn drain(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        for _ in 0..MAX_PACKETS_PER_READ {
            match self.socket.try_recv_from(buffer) {
                Ok((length, source)) => self.receive(source, &buffer[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // The remote machine refused an earlier packet (ICMP). The socket still works.
                Err(error) if udp::is_peer_unreachable(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn receive(&mut self, source: SocketAddr, bytes: &[u8]) {
        let arrival = now();
        match self.bindings.handle_input(source, bytes, arrival) {
            Input::Taken => {}
            Input::NotOurs => {
                self.traffic
                    .deliver(source, self.address, bytes.to_vec(), arrival);
            }
        }
    }
}
