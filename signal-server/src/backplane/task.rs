//! The task that keeps the connection to Redis, and makes another when it is lost.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the connection"
)]
//!
//! Invariant: one connection at a time; while there is none the relay knows it, and nothing waits.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{
    RngExt,
    distr::{Alphanumeric, SampleString},
};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{NodeName, connection::Connection, failure::Failure};
use crate::{
    Config, RedisConfig,
    metrics::{BackplaneCounters, Metrics},
    relay::Relay,
};

/// 71 bits: two nodes of one name would be one.
const NAME_CHARS: usize = 12;
/// Said in one go.
const BATCH: usize = 256;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long what is to be handed over may take at the end.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);

pub(crate) struct Backplane {
    name: NodeName,
    counters: BackplaneCounters,
    config: RedisConfig,
    grace: Duration,
    client: redis::Client,
}

/// What the relay has to know of it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: NodeName,
    pub(crate) counters: BackplaneCounters,
}

/// A backplane at work.
pub(crate) struct Running {
    leave: CancellationToken,
    task: JoinHandle<()>,
}

struct Task {
    backplane: Backplane,
    relay: Arc<Relay>,
    /// Of the Redis that was connected last.
    run: Option<String>,
}

impl Backplane {
    /// Nothing, where there is one node only.
    ///
    /// # Errors
    /// A sentence that names the flag.
    pub(crate) fn new(config: &Config, metrics: &Metrics) -> io::Result<Option<Self>> {
        let Some(redis) = &config.redis else {
            return Ok(None);
        };
        let client = redis.url.client().map_err(|error| {
            let sentence = Failure::Redis(error).at_start(&redis.url);
            io::Error::new(io::ErrorKind::InvalidInput, sentence)
        })?;
        Ok(Some(Self {
            name: NodeName::new(&Alphanumeric.sample_string(&mut rand::rng(), NAME_CHARS)),
            counters: metrics.backplane().map_err(io::Error::other)?,
            config: redis.clone(),
            grace: config.grace,
            client,
        }))
    }

    pub(crate) fn node(&self) -> Node {
        Node {
            name: self.name.clone(),
            counters: self.counters.clone(),
        }
    }

    /// Connects and stays connected.
    ///
    /// # Errors
    /// A sentence that names the flag, when there is no Redis to begin with.
    pub(crate) async fn start(self, relay: Arc<Relay>) -> io::Result<Running> {
        let mut task = Task {
            backplane: self,
            relay,
            run: None,
        };
        let connection = task.connect().await.map_err(|failure| {
            let sentence = failure.at_start(&task.backplane.config.url);
            io::Error::new(io::ErrorKind::NotConnected, sentence)
        })?;
        info!(node = %task.backplane.name, redis = %task.backplane.config.url, "one of several nodes");
        let leave = CancellationToken::new();
        let task = tokio::spawn(task.run(connection, leave.clone()));
        Ok(Running { leave, task })
    }
}

impl Running {
    /// Hands over what is held for members who will come back to other nodes.
    pub(crate) async fn leave(mut self) {
        self.leave.cancel();
        if timeout(LEAVE_WITHIN, &mut self.task).await.is_err() {
            warn!("what was held for members could not be handed over in time");
            self.task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.leave.cancel();
    }
}

impl Task {
    async fn run(mut self, first: Connection, leave: CancellationToken) {
        let mut connection = first;
        loop {
            let Err(failure) = self.serve(&mut connection, &leave).await else {
                return;
            };
            drop(connection);
            self.relay.handle_apart();
            warn!(error = %failure, "Redis is lost: rooms on one node go on, others wait for it");
            let Some(next) = self.reconnect(&leave).await else {
                return;
            };
            connection = next;
            self.backplane.counters.reconnects.inc();
            info!("Redis is back");
        }
    }

    async fn reconnect(&mut self, leave: &CancellationToken) -> Option<Connection> {
        let mut wait = FIRST_WAIT;
        loop {
            // Not all nodes at the same moment.
            let some = wait.mul_f64(rand::rng().random_range(0.5..1.0));
            tokio::select! {
                () = leave.cancelled() => return None,
                () = sleep(some) => {}
            }
            match self.connect().await {
                Ok(connection) => return Some(connection),
                Err(failure) => tracing::debug!(error = %failure, "no Redis yet"),
            }
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    async fn connect(&mut self) -> Result<Connection, Failure> {
        let Backplane {
            name,
            config,
            client,
            grace,
            ..
        } = &self.backplane;
        let generation = self.relay.next_generation();
        let relay = Arc::clone(&self.relay);
        let mut connection =
            Connection::open(client, self.patience(), name, generation, relay).await?;
        let rooms = connection.hello(name, config.lease).await?;
        let now = Instant::now();
        // A Redis that was restarted may know nothing, or what was true some time ago.
        let began_anew = self.run.as_ref().is_some_and(|run| *run != connection.run);
        let incomplete_until = began_anew.then(|| now + config.lease + *grace);
        self.run = Some(connection.run.clone());
        self.relay
            .handle_connected(generation, incomplete_until, &rooms);
        Ok(connection)
    }

    /// Until the connection is lost, or the node leaves.
    async fn serve(
        &self,
        connection: &mut Connection,
        leave: &CancellationToken,
    ) -> Result<(), Failure> {
        let Backplane {
            name,
            counters,
            config,
            grace,
            ..
        } = &self.backplane;
        let mut ticks = interval(self.patience());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = connection.closed() => return Err(Failure::Closed),
                _ = ticks.tick() => {
                    counters.nodes.set(connection.tick(name, config.lease, *grace).await?);
                }
                () = leave.cancelled() => {
                    self.relay.hand_all_over(Instant::now());
                    while self.say(connection).await? {}
                    return Ok(());
                }
                () = self.relay.something_to_say() => {
                    self.say(connection).await?;
                }
            }
        }
    }

    /// Answers whether there was something to say.
    async fn say(&self, connection: &mut Connection) -> Result<bool, Failure> {
        let calls = self.relay.take_calls(BATCH).ok_or(Failure::Overrun)?;
        if calls.is_empty() {
            return Ok(false);
        }
        connection.say(&calls).await?;
        Ok(true)
    }

    /// How long Redis may take for an answer: so that a node which cannot reach it knows before
    /// the others take it to be away.
    fn patience(&self) -> Duration {
        self.backplane.config.lease / 4
    }
}
