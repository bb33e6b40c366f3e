//! The load: datagrams of several clients to a peer that sends them back.
//!
//! The client is the app's own, for both servers.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::time::{interval, sleep};
use turn_client::{Check, Output, TurnConnection};

use crate::system::{By, Running};

const CLIENTS: u64 = 16;
/// For ICE checks between clients and peer.
const PASSWORD: &str = "known to both ends";
const WARM_UP: Duration = Duration::from_millis(200);
const ROUND_DURATION: Duration = Duration::from_millis(1000);
const TICK: Duration = Duration::from_millis(1);
/// Datagrams without an answer for this long count as lost.
const LOSS_TIMEOUT: Duration = Duration::from_millis(150);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// This many per second in total, a share of them every millisecond, as calls send.
    Steady(u64),
    /// As fast as possible, with this many in flight in total.
    Full(u64),
}

pub(crate) struct Cost {
    returned: u64,
    lost: f64,
    span: Duration,
    processor: Duration,
}

impl Cost {
    /// Each datagram that returned was relayed twice.
    pub(crate) fn datagrams_a_second(&self) -> f64 {
        2.0 * self.returned as f64 / self.span.as_secs_f64()
    }

    pub(crate) fn datagrams_a_core(&self) -> f64 {
        2.0 * self.returned as f64 / self.processor.as_secs_f64()
    }

    pub(crate) fn lost(&self) -> f64 {
        self.lost
    }
}

#[derive(Default)]
struct Shared {
    sent: AtomicU64,
    returned: AtomicU64,
    /// Nothing is sent after this is set.
    ending: AtomicBool,
    over: AtomicBool,
}

/// One client.
struct Client {
    connection: TurnConnection,
    relayed: SocketAddr,
    peer: SocketAddr,
    payload: Vec<u8>,
    shared: Arc<Shared>,
    /// Datagrams that this client sent.
    sent: u64,
    under_way: u64,
    last_returned: Instant,
}

pub(crate) async fn measure(running: &Running, by: By, bytes: usize, pace: Pace) -> Cost {
    let shared = Arc::new(Shared::default());
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer_address = peer.local_addr().unwrap();
    let echoing = thread::spawn({
        let shared = Arc::clone(&shared);
        move || echo(&peer, &shared)
    });
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let connection = running.connection(by).await;
        clients.push(Client::new(connection, peer_address, bytes, &shared).await);
    }
    // After the allocations, since datagrams before them would not be sent again.
    let clients: Vec<_> = clients
        .into_iter()
        .map(|client| tokio::spawn(client.run(pace)))
        .collect();
    sleep(WARM_UP).await;
    let returned = shared.returned.load(Ordering::SeqCst);
    let (before, start) = (running.processor_time(), Instant::now());
    sleep(ROUND_DURATION).await;
    let (span, after) = (start.elapsed(), running.processor_time());
    let returned = shared.returned.load(Ordering::SeqCst) - returned;
    shared.ending.store(true, Ordering::SeqCst);
    sleep(LOSS_TIMEOUT).await;
    shared.over.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    echoing.join().unwrap();
    let of_all = |count: &AtomicU64| count.load(Ordering::SeqCst) as f64;
    Cost {
        returned,
        lost: 1.0 - of_all(&shared.returned) / of_all(&shared.sent),
        span,
        processor: after - before,
    }
}

impl Client {
    /// Returns when it has an allocation and a channel to the peer.
    async fn new(
        mut connection: TurnConnection,
        peer: SocketAddr,
        bytes: usize,
        shared: &Arc<Shared>,
    ) -> Self {
        let payload = vec![7; bytes];
        let relayed = loop {
            match connection.next().await.unwrap() {
                Output::Allocated(allocated) => {
                    break *allocated.relayed.iter().find(|at| at.is_ipv4()).unwrap();
                }
                Output::Refused(failure) => panic!("no allocation: {failure:?}"),
                _ => {}
            }
        };
        // A relay forwards only checks until one is answered.
        let (id, request) = Check::new(PASSWORD).request();
        connection.send(relayed, peer, &request);
        loop {
            if let Output::Received { bytes, .. } = connection.next().await.unwrap() {
                assert_eq!(Check::new(PASSWORD).answered(&bytes), Some(id));
                break;
            }
        }
        Self {
            connection,
            relayed,
            peer,
            payload,
            shared: Arc::clone(shared),
            sent: 0,
            under_way: 0,
            last_returned: Instant::now(),
        }
    }

    async fn run(mut self, pace: Pace) {
        let mut ticks = interval(TICK);
        let start = Instant::now();
        while !self.shared.over.load(Ordering::Relaxed) {
            tokio::select! {
                output = self.connection.next() => match output.unwrap() {
                    Output::Received { .. } => self.handle_returned(),
                    Output::Ended | Output::Refused(_) | Output::PeerRefused { .. } => {
                        panic!("the allocation was lost");
                    }
                    Output::Allocated(_) | Output::Transmit(_) => {}
                },
                _ = ticks.tick() => {}
            }
            if !self.shared.ending.load(Ordering::Relaxed) {
                self.send_what_is_due(pace, start);
            }
        }
        self.connection.release().await;
    }

    fn handle_returned(&mut self) {
        self.shared.returned.fetch_add(1, Ordering::Relaxed);
        self.under_way = self.under_way.saturating_sub(1);
        self.last_returned = Instant::now();
    }

    fn send_what_is_due(&mut self, pace: Pace, start: Instant) {
        match pace {
            Pace::Steady(a_second) => {
                let micros = start.elapsed().as_micros() as u64;
                let due = micros * a_second / CLIENTS / 1_000_000;
                while self.sent < due {
                    self.send();
                }
            }
            Pace::Full(under_way) => {
                if self.last_returned.elapsed() > LOSS_TIMEOUT {
                    self.under_way = 0;
                    self.last_returned = Instant::now();
                }
                while self.under_way < under_way / CLIENTS {
                    self.send();
                }
            }
        }
    }

    fn send(&mut self) {
        self.connection.send(self.relayed, self.peer, &self.payload);
        self.shared.sent.fetch_add(1, Ordering::Relaxed);
        self.sent += 1;
        self.under_way += 1;
    }
}

fn echo(peer: &UdpSocket, shared: &Shared) {
    peer.set_read_timeout(Some(LOSS_TIMEOUT)).unwrap();
    let check = Check::new(PASSWORD);
    let mut buffer = [0; 2048];
    while !shared.over.load(Ordering::Relaxed) {
        if let Ok((length, from)) = peer.recv_from(&mut buffer) {
            let received = &buffer[..length];
            // All bytes of a payload are equal, so it rarely looks like a check.
            let answer = received.starts_with(&[0]).then(|| check.answer(received));
            let answer = answer.flatten();
            // If the buffer is full, the datagram is lost and counted as lost.
            let _ = peer.send_to(answer.as_deref().unwrap_or(received), from);
        }
    }
}
