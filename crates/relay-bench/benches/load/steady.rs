//! Many members in rooms of two, for a long time: lost messages, memory and latencies.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all};
use relay_bench::process::Server;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::{
    latencies::Latencies,
    member::{Buffer, Member},
    traffic::{Pace, exchange},
};

/// Rooms that members join at the same time.
const CONCURRENT_ROOMS: usize = 64;
const MEMORY_SAMPLES: u32 = 10;

#[derive(Debug, Clone, Copy, clap::Args)]
#[group(id = "steady-size")]
pub(crate) struct Size {
    /// Members of the steady part, in rooms of two
    #[arg(long, default_value_t = 600)]
    members: u32,
    /// Messages per second, of all members together
    #[arg(long, default_value_t = 300)]
    rate: u32,
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Bytes of a payload
    #[arg(long, default_value_t = 400)]
    bytes: usize,
}

pub(crate) async fn measure(size: Size) {
    let relay = Server::snug();
    let (address, begun) = (relay.address, Instant::now());
    let each = Duration::from_secs(1) * size.members / size.rate;
    let count = u64::from(size.seconds) * u64::from(size.rate) / u64::from(size.members);
    let count = count.max(1);
    let (begin, beginning) = watch::channel(None);
    let places = Arc::new(Semaphore::new(CONCURRENT_ROOMS));
    let (there, mut all_there) = mpsc::channel(CONCURRENT_ROOMS);
    let mut playing = Vec::new();
    for room in 0..size.members / 2 {
        let (places, there, mut beginning) =
            (Arc::clone(&places), there.clone(), beginning.clone());
        playing.push(tokio::spawn(async move {
            let place = places.acquire().await.unwrap();
            let [mut first, mut second] = Member::pair(address, room, Buffer::Usual).await;
            drop(place);
            there.send(()).await.unwrap();
            drop(there);
            let epoch = stay(&mut first, &mut second, &mut beginning).await;
            let pace = |side| Pace {
                epoch,
                // Spread evenly over the interval of one member.
                first: epoch + each * (2 * room + side) / size.members,
                every: each,
                count,
                bytes: size.bytes,
            };
            let (first_id, second_id) = (first.id.clone(), second.id.clone());
            tokio::join!(
                exchange(first, second_id, pace(0)),
                exchange(second, first_id, pace(1))
            )
        }));
    }
    drop(there);
    while all_there.recv().await.is_some() {}
    println!(
        "\nsteady: {} members in rooms of two, there within {:.1} s",
        size.members,
        begun.elapsed().as_secs_f64()
    );
    let processor = relay.processor_time();
    begin.send(Some(Instant::now())).unwrap();
    let span = each * u32::try_from(count).unwrap();
    let watching = watch_memory(&relay, span);
    let (played, memory) = tokio::join!(join_all(playing), watching);
    let mut latencies = Latencies::default();
    let mut members = Vec::new();
    for played in played {
        let (first, second) = played.unwrap();
        for (member, of_one) in [first, second] {
            latencies.append(of_one);
            members.push(member);
        }
    }
    let processor = (relay.processor_time() - processor).as_secs_f64();
    println!(
        "{} messages of {} bytes in {:.0} s, {:.0} a second: none lost, none twice, all in order",
        latencies.count(),
        size.bytes,
        span.as_secs_f64(),
        latencies.count() as f64 / span.as_secs_f64()
    );
    println!("from one member's program to the other's: {latencies}");
    println!(
        "processor time: {:.1} s, {:.1} % of a core, {:.0} µs a message with everything beside it",
        processor,
        processor / span.as_secs_f64() * 100.0,
        processor * 1e6 / latencies.count() as f64
    );
    let shown: Vec<String> = memory.iter().map(|mib| format!("{mib:.1}")).collect();
    println!("memory (PSS, MiB), at even distances: {}", shown.join(" "));
}

/// Both read until it begins, so that their sockets stay open.
async fn stay(
    first: &mut Member,
    second: &mut Member,
    beginning: &mut watch::Receiver<Option<Instant>>,
) -> Instant {
    loop {
        tokio::select! {
            begun = beginning.wait_for(Option::is_some) => return begun.unwrap().unwrap(),
            read = first.socket.next() => is_a_ping(read),
            read = second.socket.next() => is_a_ping(read),
        }
    }
}

fn is_a_ping(read: Option<Result<Message, tungstenite::Error>>) {
    let read = read.unwrap().unwrap();
    assert!(matches!(read, Message::Ping(_)), "not expected: {read:?}");
}

async fn watch_memory(relay: &Server, span: Duration) -> Vec<f64> {
    let mut samples = tokio::time::interval(span / MEMORY_SAMPLES);
    let mut seen = Vec::new();
    for _ in 0..=MEMORY_SAMPLES {
        samples.tick().await;
        seen.push(relay.memory() as f64 / 1024.0 / 1024.0);
    }
    seen
}
