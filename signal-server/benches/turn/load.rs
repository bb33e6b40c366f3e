//! The load: datagrams on channels to a peer that sends them back.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    asking::{Asking, CHANNEL},
    system::Running,
};

const CLIENTS: usize = 16;
const WARM_UP: Duration = Duration::from_millis(500);
const SPAN: Duration = Duration::from_secs(4);
const TICK: Duration = Duration::from_millis(1);
/// After so long without an answer, what is under way is lost.
const GIVE_UP: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// A share of it every millisecond, as calls send.
    Steady { a_second: u64 },
    /// As fast as it goes, with so many under way.
    Full { under_way: u64 },
}

pub(crate) struct Cost {
    sent: u64,
    returned: u64,
    span: Duration,
    processor: Duration,
}

impl Cost {
    /// Each that returned was relayed twice.
    pub(crate) fn datagrams_a_second(&self) -> f64 {
        2.0 * self.returned as f64 / self.span.as_secs_f64()
    }

    pub(crate) fn datagrams_a_core(&self) -> f64 {
        2.0 * self.returned as f64 / self.processor.as_secs_f64()
    }

    pub(crate) fn lost(&self) -> f64 {
        1.0 - self.returned as f64 / self.sent as f64
    }
}

#[derive(Default)]
struct Shared {
    returned: AtomicU64,
    over: AtomicBool,
}

pub(crate) async fn measure(running: &Running, bytes: usize, pace: Pace) -> Cost {
    let shared = Arc::new(Shared::default());
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer_address = peer.local_addr().unwrap();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(client(running, peer_address).await);
    }
    let mut threads = vec![thread::spawn({
        let shared = Arc::clone(&shared);
        move || echo(&peer, &shared)
    })];
    for client in &clients {
        let (client, shared) = (client.try_clone().unwrap(), Arc::clone(&shared));
        threads.push(thread::spawn(move || count(&client, &shared)));
    }
    send(&clients, bytes, pace, WARM_UP, &shared);
    let (returned, processor) = (
        shared.returned.load(Ordering::SeqCst),
        running.processor_time(),
    );
    let start = Instant::now();
    let sent = send(&clients, bytes, pace, SPAN, &shared);
    let cost = Cost {
        sent,
        returned: shared.returned.load(Ordering::SeqCst) - returned,
        span: start.elapsed(),
        processor: running.processor_time() - processor,
    };
    shared.over.store(true, Ordering::SeqCst);
    for thread in threads {
        thread.join().unwrap();
    }
    cost
}

async fn client(running: &Running, peer: SocketAddr) -> UdpSocket {
    let mut asking = Asking::new(running.address, running.member.credentials()).await;
    asking.allocate().await.unwrap();
    asking.channel(peer).await.unwrap();
    let socket = asking.socket.into_std().unwrap();
    socket.set_nonblocking(false).unwrap();
    socket.set_read_timeout(Some(GIVE_UP)).unwrap();
    socket
}

fn echo(peer: &UdpSocket, shared: &Shared) {
    peer.set_read_timeout(Some(GIVE_UP)).unwrap();
    let mut buffer = [0; 2048];
    while !shared.over.load(Ordering::Relaxed) {
        if let Ok((length, from)) = peer.recv_from(&mut buffer) {
            // Where the buffer is full it is lost, and counted as that.
            let _ = peer.send_to(&buffer[..length], from);
        }
    }
}

fn count(client: &UdpSocket, shared: &Shared) {
    let mut buffer = [0; 2048];
    while !shared.over.load(Ordering::Relaxed) {
        if client.recv(&mut buffer).is_ok_and(|length| length > 4) {
            shared.returned.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Answers how many were sent, once they have returned or are lost.
fn send(clients: &[UdpSocket], bytes: usize, pace: Pace, span: Duration, shared: &Shared) -> u64 {
    let mut frame = CHANNEL.to_be_bytes().to_vec();
    frame.extend(u16::try_from(bytes).unwrap().to_be_bytes());
    frame.resize(4 + bytes, 7);
    let before = shared.returned.load(Ordering::Relaxed);
    let returned = || shared.returned.load(Ordering::Relaxed) - before;
    let start = Instant::now();
    let mut next = (0..clients.len()).cycle();
    let (mut sent, mut lost) = (0, 0);
    let mut one = |sent: &mut u64| {
        clients[next.next().unwrap()].send(&frame).unwrap();
        *sent += 1;
    };
    while start.elapsed() < span {
        match pace {
            Pace::Steady { a_second } => {
                let due = start.elapsed().as_micros() as u64 * a_second / 1_000_000;
                while sent < due {
                    one(&mut sent);
                }
                thread::sleep(TICK);
            }
            Pace::Full { under_way } => {
                let waiting = Instant::now();
                while sent - lost - returned().min(sent - lost) >= under_way {
                    if waiting.elapsed() > GIVE_UP {
                        lost = sent - returned();
                    }
                    thread::yield_now();
                }
                for _ in 0..16 {
                    one(&mut sent);
                }
            }
        }
    }
    let waiting = Instant::now();
    while returned() < sent && waiting.elapsed() < GIVE_UP {
        thread::sleep(TICK);
    }
    sent
}
