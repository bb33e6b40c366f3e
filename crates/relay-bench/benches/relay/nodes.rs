//! Two nodes that Redis joins: what a message between them costs, beside one node.

use std::process::Command;

use relay_bench::{
    client::Place,
    process::{NO_LIMITS, Server, free_address},
    rounds::median,
};

use crate::pairs::{Pair, pair, play};

const PAIRS: u32 = 50;
/// Of each pair, to and fro counted apart.
const MESSAGES: u32 = 400;
const ROUNDS: usize = 7;

/// Where the two of each room are.
struct Layout {
    name: &'static str,
    redis: Option<Server>,
    nodes: Vec<Server>,
    pairs: Vec<Pair>,
    /// Of each round, in seconds.
    elapsed: Vec<f64>,
    by_nodes: Vec<f64>,
    by_redis: Vec<f64>,
}

pub(crate) async fn measure() {
    let [Some(together), Some(apart)] = [start_redis(), start_redis()] else {
        println!(
            "Nodes are left out: Redis is not here; `apt-get install redis-server` brings it."
        );
        return;
    };
    let mut layouts = [
        Layout::new("one node", None, [0, 0]).await,
        Layout::new("two nodes, both of a room on one", Some(together), [0, 0]).await,
        Layout::new("two nodes, one of a room on each", Some(apart), [0, 1]).await,
    ];
    println!(
        "\n{PAIRS} pairs, {} messages of 3 KB a round, medians of {ROUNDS} rounds in turn",
        PAIRS * MESSAGES
    );
    for layout in &mut layouts {
        // For the caches.
        play(&mut layout.pairs, MESSAGES).await;
    }
    for _ in 0..ROUNDS {
        for layout in &mut layouts {
            layout.run().await;
        }
    }
    report(&layouts);
}

impl Layout {
    /// Two nodes where there is a Redis; `at` says on which of them the two of a room are.
    async fn new(name: &'static str, redis: Option<Server>, at: [usize; 2]) -> Self {
        let nodes = match &redis {
            None => vec![Server::snug()],
            Some(redis) => {
                let url = format!("--redis=redis://{}", redis.address);
                let flags = [&NO_LIMITS[..], &[&url]].concat();
                vec![Server::snug_with(&flags), Server::snug_with(&flags)]
            }
        };
        let [first, second] = at.map(|node| Place::plain(nodes[node].address));
        let mut pairs = Vec::new();
        for number in 0..PAIRS {
            pairs.push(pair(&first, &second, number).await);
        }
        Self {
            name,
            redis,
            nodes,
            pairs,
            elapsed: Vec::new(),
            by_nodes: Vec::new(),
            by_redis: Vec::new(),
        }
    }

    async fn run(&mut self) {
        let (nodes, redis) = self.processor_time();
        let elapsed = play(&mut self.pairs, MESSAGES).await;
        let (nodes_after, redis_after) = self.processor_time();
        self.elapsed.push(elapsed.as_secs_f64());
        self.by_nodes.push(nodes_after - nodes);
        self.by_redis.push(redis_after - redis);
    }

    /// Of the nodes and of Redis, in seconds.
    fn processor_time(&self) -> (f64, f64) {
        let of = |server: &Server| server.processor_time().as_secs_f64();
        (
            self.nodes.iter().map(of).sum(),
            self.redis.as_ref().map_or(0.0, of),
        )
    }
}

fn start_redis() -> Option<Server> {
    let address = free_address();
    let port = address.port().to_string();
    Server::start_at(
        address,
        Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port])
            .args(["--save", "", "--appendonly", "no"]),
    )
}

fn report(layouts: &[Layout]) {
    let messages = f64::from(PAIRS * MESSAGES);
    let micros = |rounds: &[f64]| median(rounds.iter().copied()) * 1e6 / messages;
    println!(
        "{:<36}{:>12}{:>16}{:>16}",
        "", "messages/s", "nodes: µs/msg", "Redis: µs/msg"
    );
    for layout in layouts {
        println!(
            "{:<36}{:>12.0}{:>16.2}{:>16.2}",
            layout.name,
            messages / median(layout.elapsed.iter().copied()),
            micros(&layout.by_nodes),
            micros(&layout.by_redis),
        );
    }
}
