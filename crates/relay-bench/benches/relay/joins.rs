//! Joins per second: rooms of two, many at the same time, beside matchbox_server.
//!
//! A join is complete when the newcomer knows that it is in the room and the other member knows of
//! it. It consists of a connection, its upgrade to a WebSocket, and the messages after that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt, future::join_all};
use relay_bench::{
    client::{Place, Socket, expect, join},
    process::Server,
    rounds::{median, ratio, verdict},
};
use signal_protocol::ClientMessage;
use tokio_tungstenite::tungstenite::Message;

use crate::matchbox;

/// Per round.
const ROOMS: u32 = 2000;
/// Rooms that members join at the same time.
const CONCURRENT_ROOMS: u32 = 64;
const ROUNDS: u32 = 9;
const SETTLE_TIME: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Snug,
    Matchbox,
}

struct Subject {
    system: System,
    server: Server,
    /// For each round, in seconds.
    elapsed: Vec<f64>,
    processor: Vec<f64>,
}

pub(crate) async fn measure() {
    let mut subjects = vec![Subject::new(System::Snug, Server::snug())];
    if let Some(server) = matchbox::start() {
        subjects.push(Subject::new(System::Matchbox, server));
    }
    println!(
        "\n{} joins a round, {CONCURRENT_ROOMS} rooms of two at the same time, medians of {ROUNDS} rounds \
         in turn",
        2 * ROOMS
    );
    // The first round warms up the caches.
    for round in 0..=ROUNDS {
        for subject in &mut subjects {
            subject.run(round).await;
        }
    }
    report(&subjects);
}

impl System {
    const fn name(self) -> &'static str {
        match self {
            Self::Snug => "signal-server",
            Self::Matchbox => "matchbox_server",
        }
    }

    async fn fill_room(self, place: &Place, room: &str) -> [Socket; 2] {
        match self {
            Self::Snug => {
                let (mut first, _) = join(place, room).await;
                let (second, _) = join(place, room).await;
                expect(&mut first, "user:joined").await;
                [first, second]
            }
            Self::Matchbox => matchbox::fill_room(place, room).await,
        }
    }

    /// Leaves, so that the relay keeps no lost member.
    async fn leave(self, mut socket: Socket) {
        match self {
            Self::Snug => {
                let leave = Message::text(ClientMessage::RoomLeave.encode());
                socket.send(leave).await.unwrap();
                let is_left =
                    |said: &Message| said.to_text().is_ok_and(|t| t.contains("room:left"));
                while !is_left(&socket.next().await.unwrap().unwrap()) {}
            }
            // It treats a closed socket as a leave.
            Self::Matchbox => {}
        }
    }
}

impl Subject {
    fn new(system: System, server: Server) -> Self {
        Self {
            system,
            server,
            elapsed: Vec::new(),
            processor: Vec::new(),
        }
    }

    async fn run(&mut self, round: u32) {
        let (system, place) = (self.system, Place::plain(self.server.address));
        let next = Arc::new(AtomicU32::new(0));
        let (before, start) = (self.server.processor_time(), Instant::now());
        let filling = (0..CONCURRENT_ROOMS).map(|_| {
            let (place, next) = (place.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let mut rooms = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= ROOMS {
                        return rooms;
                    }
                    let room = format!("room-{round}-{number}");
                    rooms.push(system.fill_room(&place, &room).await);
                }
            })
        });
        let filled = join_all(filling).await;
        let elapsed = start.elapsed();
        let processor = self.server.processor_time() - before;
        if round > 0 {
            self.elapsed.push(elapsed.as_secs_f64());
            self.processor.push(processor.as_secs_f64());
        }
        for rooms in filled {
            for socket in rooms.unwrap().into_iter().flatten() {
                system.leave(socket).await;
            }
        }
        self.settle().await;
    }

    /// Waits until it has hardly any work left from members that left.
    async fn settle(&self) {
        loop {
            let before = self.server.processor_time();
            tokio::time::sleep(SETTLE_TIME).await;
            if self.server.processor_time() - before < SETTLE_TIME / 50 {
                return;
            }
        }
    }
}

fn report(subjects: &[Subject]) {
    let joins = f64::from(2 * ROOMS);
    println!("{:<20}{:>12}{:>14}", "", "joins/s", "CPU µs/join");
    for subject in subjects {
        println!(
            "{:<20}{:>12.0}{:>14.1}",
            subject.system.name(),
            joins / median(subject.elapsed.iter().copied()),
            median(subject.processor.iter().copied()) * 1e6 / joins,
        );
    }
    if let [ours, theirs] = subjects {
        let speed = ratio(&theirs.elapsed, &ours.elapsed);
        println!(
            "signal-server takes in {speed:.2} × as many as matchbox_server a second, for {:.2} × \
             the processor time; target at least 1 × as many: {}",
            ratio(&ours.processor, &theirs.processor),
            verdict(speed >= 1.0),
        );
    }
}
