//! Many members in rooms of two, for long: is anything lost, does memory stay, how long does a
//! message take.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::{
    latencies::Latencies,
    member::{Buffer, Member, start_relay},
    process::Server,
    traffic::{Pace, exchange},
};

/// Rooms that fill up at the same time.
const AT_ONCE: usize = 64;
const LOOKS: u32 = 10;

#[derive(Debug, Clone, Copy, clap::Args)]
#[group(id = "steady-size")]
pub(crate) struct Size {
    /// Of the steady part, in rooms of two
    #[arg(long, default_value_t = 600)]
    members: u32,
    /// Messages a second, of all together
    #[arg(long, default_value_t = 300)]
    rate: u32,
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Of a payload
    #[arg(long, default_value_t = 400)]
    bytes: usize,
}

pub(crate) async fn measure(size: Size) {
    let relay = start_relay();
    let begun = Instant::now();
    let pairs = fill(&relay, size.members / 2).await;
    println!(
        "\nsteady: {} members in rooms of two, there within {:.1} s",
        size.members,
        begun.elapsed().as_secs_f64()
    );
    let epoch = Instant::now();
    let begin = epoch + Duration::from_secs(1);
    let each = Duration::from_secs(1) * size.members / size.rate;
    let count = u64::from(size.seconds) * u64::from(size.rate) / u64::from(size.members);
    let count = count.max(1);
    let processor = relay.processor_time();
    let mut playing = Vec::new();
    for (place, [first, second]) in (0..).zip(pairs) {
        let ids = [first.id.clone(), second.id.clone()];
        let [first_id, second_id] = ids;
        for (side, member, other) in [(0, first, second_id), (1, second, first_id)] {
            let pace = Pace {
                epoch,
                // Spread evenly over the time between two of one member.
                first: begin + each * (2 * place + side) / size.members,
                every: each,
                count,
                bytes: size.bytes,
            };
            playing.push(tokio::spawn(exchange(member, other, pace)));
        }
    }
    let span = each * u32::try_from(count).unwrap();
    let watching = watch_memory(&relay, span);
    let (played, memory) = tokio::join!(join_all(playing), watching);
    let mut latencies = Latencies::default();
    let mut members = Vec::new();
    for played in played {
        let (member, of_one) = played.unwrap();
        latencies.append(of_one);
        members.push(member);
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

async fn fill(relay: &Server, rooms: u32) -> Vec<[Member; 2]> {
    let address = relay.address;
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let filling = (0..rooms).map(|room| {
        let places = Arc::clone(&places);
        tokio::spawn(async move {
            let _place = places.acquire().await.unwrap();
            Member::pair(address, room, Buffer::Usual).await
        })
    });
    let filled = join_all(filling).await;
    filled.into_iter().map(|pair| pair.unwrap()).collect()
}

async fn watch_memory(relay: &Server, span: Duration) -> Vec<f64> {
    let mut looks = tokio::time::interval(span / LOOKS);
    let mut seen = Vec::new();
    for _ in 0..=LOOKS {
        looks.tick().await;
        seen.push(relay.memory() as f64 / 1024.0 / 1024.0);
    }
    seen
}
