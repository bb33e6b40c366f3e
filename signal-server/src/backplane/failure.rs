//! Reasons for a missing Redis connection.

use redis::{ErrorKind, RedisError};

use crate::RedisUrl;

#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("its version is {0}")]
    TooOld(String),
    #[error("it no longer knows this node")]
    Forgotten,
    #[error("more was to be said to it than it takes")]
    Overrun,
    #[error("it closed the connection")]
    Closed,
}

impl Failure {
    /// A sentence for the person who starts the relay: what to do.
    pub(super) fn at_start(&self, url: &RedisUrl) -> String {
        let Self::Redis(error) = self else {
            return match self {
                Self::TooOld(version) => format!(
                    "--redis: the Redis at {url} is version {version}. Update it: Redis 7 or any \
                     Valkey is needed."
                ),
                Self::Redis(_) | Self::Forgotten | Self::Overrun | Self::Closed => {
                    format!("--redis: the Redis at {url} cannot be used: {self}.")
                }
            };
        };
        if wants_password(error) {
            return format!(
                "--redis: the Redis at {url} wants another name or password ({}). Write \
                 redis://[NAME]:PASSWORD@HOST.",
                error.detail().unwrap_or("NOAUTH")
            );
        }
        if error.kind() == ErrorKind::RESP3NotSupported {
            return format!(
                "--redis: the Redis at {url} is too old. Update it: Redis 7 or any Valkey is \
                 needed."
            );
        }
        if error.is_connection_refusal() || error.is_timeout() || error.is_io_error() {
            return format!(
                "--redis: no Redis answers at {url} ({error}). Start it, open its port to this \
                 computer, or correct the URL."
            );
        }
        format!("--redis: what answers at {url} is no Redis that can be used: {error}.")
    }
}

fn wants_password(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"))
}
