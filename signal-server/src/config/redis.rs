//! Several nodes: their common Redis.

use std::{ops::RangeInclusive, time::Duration};

use super::{ConfigError, RedisUrl, ensure};

const LEASE: Duration = Duration::from_secs(8);
const LEASES: RangeInclusive<Duration> = Duration::from_millis(200)..=Duration::from_secs(120);

#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// The same for every node.
    pub url: RedisUrl,
    /// Time after which the other nodes treat a silent one as away.
    pub lease: Duration,
}

impl RedisConfig {
    pub fn new(url: RedisUrl) -> Self {
        Self { url, lease: LEASE }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ensure(LEASES.contains(&self.lease), || {
            format!(
                "--redis-lease is {:?}; it is from {:?} to {:?}.",
                self.lease,
                LEASES.start(),
                LEASES.end()
            )
        })
    }
}
