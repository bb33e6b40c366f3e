//! One socket at one of this machine's addresses: the way of a host candidate.
//!
//! Invariant: it never waits for whoever takes the packets, and it ends when its handle is dropped
//! or the system takes the socket away.

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
    now, reached,
    traffic::{Traffic, Way},
};

/// What a STUN server is to be asked from this socket.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) server: SocketAddr,
    pub(super) reply: oneshot::Sender<Result<SocketAddr, Failure>>,
}

/// No path's packets are larger; what is, is no ICE, DTLS or RTP.
const LARGEST_PACKET: usize = 4096;
/// Servers asked at once: more than any configuration names.
const QUESTIONS: usize = 64;
/// Packets read before other tasks get their turn.
const BATCH: usize = 64;

#[derive(Debug)]
pub(super) struct HostSocket {
    pub(super) address: SocketAddr,
    pub(super) questions: mpsc::Sender<Question>,
    _stop: DropGuard,
}

impl HostSocket {
    /// `lost` is told this socket's address when the system takes it away.
    pub(super) async fn open(
        bind: SocketAddr,
        traffic: Arc<Traffic>,
        lost: mpsc::Sender<SocketAddr>,
    ) -> io::Result<Self> {
        let socket = Arc::new(udp::bound(bind)?);
        // Until the system has said so once, `try_send_to` does not know that it may.
        socket.writable().await?;
        let address = socket.local_addr()?;
        let (questions, asked) = mpsc::channel(QUESTIONS);
        let stop = CancellationToken::new();
        traffic.open(address, Way::Socket(Arc::clone(&socket)));
        let server = Serving {
            socket,
            address,
            traffic,
            bindings: Bindings::new(address, now()),
        };
        tokio::spawn(server.run(asked, lost, stop.clone()));
        Ok(Self {
            address,
            questions,
            _stop: stop.drop_guard(),
        })
    }
}

struct Serving {
    socket: Arc<UdpSocket>,
    address: SocketAddr,
    traffic: Arc<Traffic>,
    bindings: Bindings<oneshot::Sender<Result<SocketAddr, Failure>>>,
}

impl Serving {
    async fn run(
        mut self,
        mut asked: mpsc::Receiver<Question>,
        lost: mpsc::Sender<SocketAddr>,
        stop: CancellationToken,
    ) {
        let mut buffer = vec![0; LARGEST_PACKET];
        loop {
            let due = self.bindings.poll_timeout(now());
            tokio::select! {
                () = stop.cancelled() => break,
                Some(question) = asked.recv() => self.ask(question),
                () = reached(due) => {}
                readable = self.socket.readable() => {
                    let drained = readable.and_then(|()| self.drain(&mut buffer));
                    if let Err(error) = drained {
                        debug!(%error, "a socket is lost");
                        self.traffic.close(self.address);
                        // Nobody listens any more where the whole network has ended.
                        let _ = lost.send(self.address).await;
                        return;
                    }
                    yield_now().await;
                }
            }
            self.turn_over();
        }
        self.traffic.close(self.address);
    }

    fn ask(&mut self, question: Question) {
        let Question { server, reply } = question;
        let bytes = self.bindings.ask(server, reply, now());
        self.send(server, &bytes);
    }

    /// What the server questions want now: to be sent again, or to be answered.
    fn turn_over(&mut self) {
        let now = now();
        while let Some((server, bytes)) = self.bindings.poll_transmit(now) {
            self.send(server, &bytes);
        }
        while let Some((reply, answer)) = self.bindings.poll_answer(now) {
            // The round that asked may be over.
            let _ = reply.send(answer);
        }
    }

    fn send(&mut self, server: SocketAddr, bytes: &[u8]) {
        match self.socket.try_send_to(bytes, server) {
            Ok(_) => {}
            // What does not go out now goes out with the next transmission.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.bindings.give_up(server),
        }
    }

    fn drain(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        for _ in 0..BATCH {
            match self.socket.try_recv_from(buffer) {
                Ok((length, source)) => self.receive(source, &buffer[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // The other side's machine refused an earlier packet: its trouble, not ours.
                Err(error) if udp::is_a_refusal(&error) => {}
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
