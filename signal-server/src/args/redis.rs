//! The flags for several nodes.

use std::time::Duration;

use clap::Args;
use signal_server::{RedisConfig, RedisUrl};

use super::duration;

#[derive(Debug, Args)]
pub(super) struct RedisArgs {
    /// Redis (7 or newer) or Valkey that joins several relays into one:
    /// redis://[[NAME]:PASSWORD@]HOST[:PORT][/DATABASE]. Give the same one to every node.
    #[arg(
        long = "redis",
        env = "SNUG_REDIS",
        value_name = "URL",
        hide_env_values = true
    )]
    redis: Option<RedisUrl>,
    /// Time after which the other nodes treat this silent one as away [default: 8s].
    #[arg(long, env = "SNUG_REDIS_LEASE", value_parser = duration)]
    redis_lease: Option<Duration>,
}

impl RedisArgs {
    pub(super) fn into_config(self) -> Option<RedisConfig> {
        let config = RedisConfig::new(self.redis?);
        Some(RedisConfig {
            lease: self.redis_lease.unwrap_or(config.lease),
            ..config
        })
    }
}
