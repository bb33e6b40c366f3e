//! Processor time a relayed message: pairs that send three kilobytes to and fro.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt, future::join_all};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::{
    process::Server,
    system::{Socket, System},
};

const PAIRS: u32 = 50;
/// Of each pair, to and fro counted apart.
const MESSAGES: u32 = 2000;
const ROUNDS: usize = 9;
/// Engine.IO's ping, and what is owed for it.
const SOCKETIO_PING: &str = "2";
const SOCKETIO_PONG: &str = "3";

struct Subject {
    system: System,
    server: Server,
    pairs: Vec<[(Socket, Utf8Bytes); 2]>,
    rounds: Vec<Round>,
}

struct Round {
    processor: Duration,
    elapsed: Duration,
}

pub(crate) async fn measure() {
    let mut subjects = Vec::new();
    for system in [System::Snug, System::Bare, System::SocketIo] {
        let Some(server) = system.start() else {
            println!("{} is left out: it needs node and npm.", system.name());
            continue;
        };
        let mut pairs = Vec::new();
        for number in 0..PAIRS {
            pairs.push(system.pair(&server, number).await);
        }
        subjects.push(Subject {
            system,
            server,
            pairs,
            rounds: Vec::new(),
        });
    }
    println!(
        "\n{PAIRS} pairs, {} messages of 3 KB a round, medians of {ROUNDS} rounds in turn",
        PAIRS * MESSAGES
    );
    for round in 0..=ROUNDS {
        for subject in &mut subjects {
            let measured = subject.run().await;
            // The first is for the caches and the compiler of node.
            if round > 0 {
                subject.rounds.push(measured);
            }
        }
    }
    report(&subjects);
}

impl Subject {
    async fn run(&mut self) -> Round {
        let before = self.server.processor_time();
        let start = Instant::now();
        let playing = self.pairs.drain(..).map(|pair| tokio::spawn(play(pair)));
        let played = join_all(playing).await;
        let elapsed = start.elapsed();
        self.pairs = played.into_iter().map(|pair| pair.unwrap()).collect();
        Round {
            processor: self.server.processor_time() - before,
            elapsed,
        }
    }

    fn micros_a_message(&self) -> f64 {
        median(
            self.rounds
                .iter()
                .map(|round| round.processor.as_secs_f64()),
        ) * 1e6
            / f64::from(PAIRS * MESSAGES)
    }

    /// The median over the rounds, each against the round beside it: what else the machine does
    /// slows both.
    fn ratio_to(&self, other: &Self) -> f64 {
        let ratios =
            self.rounds.iter().zip(&other.rounds).map(|(ours, theirs)| {
                ours.processor.as_secs_f64() / theirs.processor.as_secs_f64()
            });
        median(ratios)
    }

    fn messages_a_second(&self) -> f64 {
        f64::from(PAIRS * MESSAGES)
            / median(self.rounds.iter().map(|round| round.elapsed.as_secs_f64()))
    }
}

async fn play(pair: [(Socket, Utf8Bytes); 2]) -> [(Socket, Utf8Bytes); 2] {
    let [(mut first, first_frame), (mut second, second_frame)] = pair;
    for _ in 0..MESSAGES / 2 {
        pass(&mut first, &first_frame, &mut second).await;
        pass(&mut second, &second_frame, &mut first).await;
    }
    [(first, first_frame), (second, second_frame)]
}

async fn pass(from: &mut Socket, frame: &Utf8Bytes, to: &mut Socket) {
    from.send(Message::Text(frame.clone())).await.unwrap();
    loop {
        match to.next().await.unwrap().unwrap() {
            Message::Text(text) if text.len() > 3000 => return,
            Message::Text(text) if text.as_str() == SOCKETIO_PING => {
                to.send(Message::text(SOCKETIO_PONG)).await.unwrap();
            }
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn report(subjects: &[Subject]) {
    println!("{:<40}{:>14}{:>14}", "", "CPU µs/msg", "messages/s");
    for subject in subjects {
        println!(
            "{:<40}{:>14.2}{:>14.0}",
            subject.system.name(),
            subject.micros_a_message(),
            subject.messages_a_second()
        );
    }
    let of = |system| subjects.iter().find(|subject| subject.system == system);
    let ours = of(System::Snug).unwrap();
    for (system, target) in [(System::Bare, 1.3), (System::SocketIo, 0.5)] {
        if let Some(theirs) = of(system) {
            let ratio = ours.ratio_to(theirs);
            let verdict = if ratio <= target { "met" } else { "MISSED" };
            println!(
                "signal-server is {ratio:.2} × {}; target at most {target}: {verdict}",
                system.name()
            );
        }
    }
}
