//! The task that keeps the Redis connection and reconnects.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the connection"
)]
//!
//! Invariant: one connection at a time. The relay knows when there is none, and does not wait for
//! it.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{
    RngExt,
    distr::{Alphanumeric, SampleString},
};
use relay_core::cluster::NodeName;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    call::{Call, CallSettings},
    connection::{Connection, TickSpans},
    failure::Failure,
};
use crate::{
    Config, RedisConfig,
    metrics::{BackplaneCounters, Metrics},
    relay::{Node, Relay},
};

/// 71 bits, so that no two nodes share a name.
const NAME_CHARS: usize = 12;
/// Calls in one pipeline.
const MAX_CALLS_PER_BATCH: usize = 256;
const MIN_RECONNECT_DELAY: Duration = Duration::from_millis(100);
const MAX_RECONNECT_DELAY: Duration = Duration::from_secs(2);
/// Time limit of the final handover.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) struct Backplane {
    name: NodeName,
    calls: CallSettings,
    counters: BackplaneCounters,
    config: RedisConfig,
    grace: Duration,
    lost_notice: Duration,
    client: redis::Client,
}

/// A running backplane.
pub(crate) struct Running {
    leave: CancellationToken,
    task: JoinHandle<()>,
}

struct Task {
    backplane: Backplane,
    relay: Arc<Relay>,
    /// `run_id` of the last connected Redis.
    run: Option<String>,
}

impl Backplane {
    /// `None` on a single node.
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
        let name = NodeName::new(&Alphanumeric.sample_string(&mut rand::rng(), NAME_CHARS));
        Ok(Some(Self {
            calls: CallSettings::new(name.clone(), config),
            name,
            counters: metrics.backplane().map_err(io::Error::other)?,
            config: redis.clone(),
            grace: config.grace,
            lost_notice: config.lost_notice,
            client,
        }))
    }

    /// The part that the relay needs.
    pub(crate) fn node(&self) -> Node {
        Node {
            name: self.name.clone(),
            counters: self.counters.clone(),
        }
    }

    /// Connects and keeps reconnecting.
    ///
    /// # Errors
    /// A sentence that names the flag, if the first connection fails.
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
    /// Hands over the backlogs of all local members.
    pub(crate) async fn leave(mut self) {
        self.leave.cancel();
        if timeout(LEAVE_TIMEOUT, &mut self.task).await.is_err() {
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
            self.relay.handle_partitioned();
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
        let mut wait = MIN_RECONNECT_DELAY;
        loop {
            // Jitter, so that the nodes do not reconnect together.
            let some = wait.mul_f64(rand::rng().random_range(0.5..1.0));
            tokio::select! {
                () = leave.cancelled() => return None,
                () = sleep(some) => {}
            }
            match self.connect().await {
                Ok(connection) => return Some(connection),
                Err(failure) => tracing::debug!(error = %failure, "no Redis yet"),
            }
            wait = MAX_RECONNECT_DELAY.min(wait * 2);
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
        // A restarted Redis may be empty or outdated.
        let is_new_run = self.run.as_ref().is_some_and(|run| *run != connection.run);
        let incomplete_until = is_new_run.then(|| now + config.lease + *grace);
        self.run = Some(connection.run.clone());
        self.relay
            .handle_connected(generation, incomplete_until, &rooms);
        Ok(connection)
    }

    /// Runs until the connection is lost or the node leaves.
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
            lost_notice,
            ..
        } = &self.backplane;
        let mut ticks = interval(self.patience());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = connection.closed() => return Err(Failure::Closed),
                _ = ticks.tick() => {
                    let spans = TickSpans {
                        lease: config.lease,
                        grace: *grace,
                        lost_notice: *lost_notice,
                    };
                    counters.nodes.set(connection.tick(name, spans).await?);
                }
                () = leave.cancelled() => {
                    self.relay.hand_over_all(Instant::now());
                    while self.send_commands(connection).await? {}
                    return Ok(());
                }
                () = self.relay.commands_queued() => {
                    self.send_commands(connection).await?;
                }
            }
        }
    }

    /// Returns whether there were commands.
    async fn send_commands(&self, connection: &mut Connection) -> Result<bool, Failure> {
        let settings = &self.backplane.calls;
        let calls = self
            .relay
            .take_calls(MAX_CALLS_PER_BATCH, |command, rooms| {
                Call::new(command, settings, |room| rooms.records(room))
            })
            .ok_or(Failure::Overrun)?;
        if calls.is_empty() {
            return Ok(false);
        }
        connection.execute(&calls).await?;
        Ok(true)
    }

    /// Response timeout of Redis. A node notices a partition before its lease expires.
    fn patience(&self) -> Duration {
        self.backplane.config.lease / 4
    }
}
