//! Readers that stop reading, beside others that must not be affected. The same traffic runs twice,
//! first with readers that read.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt, future::join_all};
use relay_bench::process::Server;
use signal_protocol::{LeaveReason, MemberId, ServerMessage};
use tokio::time::{Instant as Moment, interval, timeout_at};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    latencies::Latencies,
    member::{Buffer, Member},
    traffic::{Pace, exchange, message},
};

#[derive(Debug, Clone, Copy, clap::Args)]
#[group(id = "slow-size")]
pub(crate) struct Size {
    /// Readers that do not read
    #[arg(long, default_value_t = 50)]
    slow: u32,
    /// Members beside them, in rooms of two
    #[arg(long, default_value_t = 50)]
    normal: u32,
    /// Messages per second to each slow reader
    #[arg(long, default_value_t = 4)]
    slow_rate: u32,
    /// Bytes of a payload for a slow reader
    #[arg(long, default_value_t = 30_000)]
    slow_bytes: usize,
    #[arg(long, default_value_t = 40)]
    slow_seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    Read,
    DoNot,
}

pub(crate) async fn measure(size: Size) {
    println!(
        "\nslow readers: {} of them, {} messages a second of {} bytes to each; {} members beside \
         them send two a second",
        size.slow, size.slow_rate, size.slow_bytes, size.normal
    );
    let (calm, closed) = run(size, Readers::Read).await;
    assert_eq!(closed, 0, "a reader that reads was closed");
    println!("while all read:    {calm}");
    let (beside, closed) = run(size, Readers::DoNot).await;
    println!("while they do not: {beside}");
    println!(
        "{closed} of {} were given up as too slow; of the others nothing was lost",
        size.slow
    );
}

/// Latencies of the normal members, and the number of closed readers.
async fn run(size: Size, readers: Readers) -> (Latencies, usize) {
    const MESSAGES_PER_SECOND: u32 = 2;
    let relay = Server::snug();
    let address = relay.address;
    let mut normal = Vec::new();
    for room in 0..size.normal / 2 {
        normal.push(Member::pair(address, room, Buffer::Usual).await);
    }
    let epoch = Instant::now();
    let end = Moment::now() + Duration::from_secs(size.slow_seconds.into());
    let flooding = (0..size.slow).map(|number| {
        let room = size.normal + number;
        tokio::spawn(async move {
            let [sender, reader] = Member::pair(address, room, Buffer::Small).await;
            let pace = Pace {
                epoch,
                first: epoch,
                every: Duration::from_secs(1) / size.slow_rate,
                count: 0,
                bytes: size.slow_bytes,
            };
            flood(sender, reader, readers, pace, end).await
        })
    });
    let flooding: Vec<_> = flooding.collect();
    let mut playing = Vec::new();
    for (place, [first, second]) in (0..).zip(normal) {
        let every = Duration::from_secs(1) / MESSAGES_PER_SECOND;
        let pace = Pace {
            epoch,
            first: epoch + every * place / size.normal,
            every,
            count: u64::from(MESSAGES_PER_SECOND * size.slow_seconds),
            bytes: 400,
        };
        let (first_id, second_id) = (first.id.clone(), second.id.clone());
        playing.push(tokio::spawn(exchange(first, second_id, pace)));
        playing.push(tokio::spawn(exchange(second, first_id, pace)));
    }
    let mut latencies = Latencies::default();
    for played in join_all(playing).await {
        latencies.append(played.unwrap().1);
    }
    let closed = join_all(flooding).await.into_iter();
    (
        latencies,
        closed.filter(|closed| *closed.as_ref().unwrap()).count(),
    )
}

/// Whether the sender was told that the reader was closed.
async fn flood(sender: Member, reader: Member, readers: Readers, pace: Pace, end: Moment) -> bool {
    let (to, mut sender) = (reader.id.clone(), sender.socket);
    let reading = tokio::spawn(async move {
        let mut socket = reader.socket;
        if readers == Readers::Read {
            while let Ok(Some(Ok(_))) = timeout_at(end, socket.next()).await {}
        }
        tokio::time::sleep_until(end).await;
        // It stays open until here.
        drop(socket);
    });
    let mut due = interval(pace.every);
    let mut number = 0;
    let told = loop {
        tokio::select! {
            _ = due.tick() => {
                sender.send(Message::text(message(&to, pace, number))).await.unwrap();
                number += 1;
            }
            said = sender.next() => {
                let Message::Text(said) = said.unwrap().unwrap() else { continue };
                if is_about(&said, &to) {
                    break true;
                }
            }
            () = tokio::time::sleep_until(end) => break false,
        }
    };
    reading.await.unwrap();
    told
}

fn is_about(said: &str, slow: &MemberId) -> bool {
    match ServerMessage::decode(said).unwrap() {
        ServerMessage::UserLeft { id, reason, .. } => id == *slow && reason == LeaveReason::Lost,
        _ => false,
    }
}
