//! One connection to Redis: sends commands, receives answers and node messages.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for what comes from other nodes"
)]
//!
//! Invariant: every error ends the connection; the task opens another.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use redis::{
    AsyncConnectionConfig, Client, ErrorKind, Pipeline, PushInfo, PushKind, RedisError, Value,
    aio::MultiplexedConnection,
};
use relay_core::cluster::{Generation, NodeMessage, NodeName};
use tokio::sync::Notify;
use tracing::debug;

use super::{
    call::{Call, channel},
    failure::Failure,
    scripts::{Script, Scripts},
};
use crate::relay::Relay;

const MIN_MAJOR_VERSION: u32 = 7;
/// Nothing depends on a new connection yet, so this timeout is long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct Connection {
    redis: MultiplexedConnection,
    scripts: Scripts,
    /// `run_id` of the Redis server.
    pub(super) run: String,
    closed: Arc<Notify>,
}

/// The times by which a tick judges other nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct TickSpans {
    pub(super) lease: Duration,
    pub(super) grace: Duration,
    pub(super) lost_notice: Duration,
}

impl Connection {
    pub(super) async fn open(
        client: &Client,
        patience: Duration,
        node: &NodeName,
        generation: Generation,
        relay: Arc<Relay>,
    ) -> Result<Self, Failure> {
        let closed = Arc::new(Notify::new());
        let told = Arc::clone(&closed);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(CONNECT_TIMEOUT))
            .set_push_sender(move |push: PushInfo| {
                handle_push(&relay, generation, &told, &push);
                Ok::<(), ()>(())
            });
        let mut redis = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let info: String = redis::cmd("INFO")
            .arg("server")
            .query_async(&mut redis)
            .await?;
        let version = field(&info, "redis_version").unwrap_or_default();
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse::<u32>().ok());
        match major {
            Some(major) if major >= MIN_MAJOR_VERSION => {}
            Some(_) => return Err(Failure::TooOld(version.to_owned())),
            None => {
                let error = (
                    ErrorKind::UnexpectedReturnType,
                    "it does not say its version",
                );
                return Err(RedisError::from(error).into());
            }
        }
        let scripts = Scripts::load(&mut redis).await?;
        redis.subscribe(channel(node)).await?;
        redis.set_response_timeout(patience);
        Ok(Self {
            redis,
            scripts,
            run: field(&info, "run_id").unwrap_or_default().to_owned(),
            closed,
        })
    }

    /// Registers the node. Returns the rooms in which Redis knows members of it.
    pub(super) async fn hello(
        &mut self,
        node: &NodeName,
        lease: Duration,
    ) -> Result<Vec<String>, Failure> {
        let arguments = [node.as_str().to_owned(), lease.as_millis().to_string()];
        let command = self.scripts.command(Script::Hello, &arguments);
        Ok(command.query_async(&mut self.redis).await?)
    }

    /// Renews the lease. Returns the number of live nodes, this one included.
    pub(super) async fn tick(&mut self, node: &NodeName, spans: TickSpans) -> Result<i64, Failure> {
        let TickSpans {
            lease,
            grace,
            lost_notice,
        } = spans;
        let arguments = [
            node.as_str().to_owned(),
            lease.as_millis().to_string(),
            grace.as_millis().to_string(),
            lost_notice.as_millis().to_string(),
        ];
        let command = self.scripts.command(Script::Tick, &arguments);
        match command.query_async::<i64>(&mut self.redis).await? {
            0 => Err(Failure::Forgotten),
            nodes => Ok(nodes),
        }
    }

    /// Runs the calls in order. Returns when all are done.
    pub(super) async fn execute(&mut self, calls: &[Call]) -> Result<(), Failure> {
        let mut pipeline = Pipeline::new();
        for call in calls {
            pipeline.add_command(self.scripts.call(call)).ignore();
        }
        Ok(pipeline.query_async(&mut self.redis).await?)
    }

    pub(super) async fn closed(&self) {
        self.closed.notified().await;
    }
}

/// Handles the message here, without a queue. Never waits.
fn handle_push(relay: &Relay, generation: Generation, closed: &Notify, push: &PushInfo) {
    if push.kind == PushKind::Disconnection {
        closed.notify_one();
        return;
    }
    let (PushKind::Message, [_, Value::BulkString(text)]) = (&push.kind, push.data.as_slice())
    else {
        return;
    };
    match serde_json::from_slice::<NodeMessage>(text) {
        Ok(message) => relay.handle_node_message(Instant::now(), generation, message),
        Err(error) => debug!(%error, "another node said what this one does not understand"),
    }
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}
