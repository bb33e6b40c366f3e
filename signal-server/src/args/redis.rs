//! The flags for several nodes.

use std::{ffi::OsStr, time::Duration};

use clap::{Args, Command, Error, builder::TypedValueParser, error::ErrorKind};
use signal_server::{RedisConfig, RedisUrl};

use super::duration;

#[derive(Debug, Args)]
pub(super) struct RedisArgs {
    /// Redis (7 or newer) or Valkey by which several relays are one:
    /// redis://[[NAME]:PASSWORD@]HOST[:PORT][/DATABASE]. Every node is given the same.
    #[arg(long = "redis", env = "SNUG_REDIS", value_name = "URL", hide_env_values = true,
        value_parser = UrlParser)]
    redis: Option<RedisUrl>,
    /// After how long without a sign of life the other nodes take this one to be away
    /// [default: 8s].
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

/// As `RedisUrl` is read anyway; but what was written may hold a password, so it is not repeated.
#[derive(Debug, Clone)]
struct UrlParser;

impl TypedValueParser for UrlParser {
    type Value = RedisUrl;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<RedisUrl, Error> {
        value.to_string_lossy().parse().map_err(|error| {
            let sentence = format!("--redis: {error}\n");
            Error::raw(ErrorKind::ValueValidation, sentence).with_cmd(command)
        })
    }
}
