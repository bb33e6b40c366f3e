//! Two nodes that Redis joins: the cost of a message between them, beside one node.

use std::process::Command;

use relay_bench::{
    client::Place,
    process::{NO_LIMITS, Server, free_address},
    rounds::median,
};

use crate::pairs::{Pair, exchange_messages, pair};

const PAIRS: u32 = 50;
/// Per pair. Each direction counts.
const MESSAGES: u32 = 400;
const ROUNDS: usize = 7;

/// The nodes of the two members of each room.
struct Layout {
    name: &'static str,
    redis: Option<Server>,
    nodes: Vec<Server>,
    pairs: Vec<Pair>,
    /// For each round, in seconds.
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
        // Warms up the caches.
        exchange_messages(&mut layout.pairs, MESSAGES).await;
    }
    for _ in 0..ROUNDS {
        for layout in &mut layouts {
            layout.run().await;
        }
    }
    report(&layouts);
}

impl Layout {
    /// Two nodes if there is a Redis. `at` selects the node of each of the two members of a room.
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
        let elapsed = exchange_messages(&mut self.pairs, MESSAGES).await;
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
