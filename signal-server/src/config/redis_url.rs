//! The address of Redis in `--redis`.
//!
//! Invariant: the client accepts every parsed URL. A password is never shown.

use std::{fmt, str::FromStr};

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

#[derive(Clone)]
pub struct RedisUrl(ConnectionInfo);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedisUrlError {
    #[error("it is no Redis URL. Write redis://[[NAME]:PASSWORD@]HOST[:PORT][/DATABASE].")]
    Malformed,
    #[error(
        "TLS to Redis is not spoken. Write redis:// and keep Redis in a private network or behind \
         a tunnel."
    )]
    Tls,
}

impl RedisUrl {
    pub(crate) fn client(&self) -> redis::RedisResult<redis::Client> {
        redis::Client::open(self.0.clone())
    }
}

impl FromStr for RedisUrl {
    type Err = RedisUrlError;

    fn from_str(text: &str) -> Result<Self, RedisUrlError> {
        if text.starts_with("rediss:") || text.starts_with("valkeys:") {
            return Err(RedisUrlError::Tls);
        }
        // RESP3 carries answers and published messages on one connection.
        let info = text
            .into_connection_info()
            .map_err(|_| RedisUrlError::Malformed)?;
        let settings = info
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3);
        Ok(Self(info.set_redis_settings(settings)))
    }
}

/// Shows the address without credentials.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the type of another crate: whatever is not named is shown as it shows itself"
)]
impl fmt::Display for RedisUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.addr() {
            ConnectionAddr::Tcp(host, port) => write!(formatter, "{host}:{port}"),
            other => write!(formatter, "{other}"),
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RedisUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<&str, RedisUrlError>) {
        let shown = text.parse::<RedisUrl>().map(|url| format!("{url:?}"));
        assert_eq!(
            shown,
            expect.map(|shown| format!("RedisUrl({shown})")),
            "{text}"
        );
    }

    #[test]
    fn urls() {
        check("redis://127.0.0.1", Ok("127.0.0.1:6379"));
        check(
            "redis://ann:secret@redis.internal:7000/3",
            Ok("redis.internal:7000"),
        );
        check("redis://:secret@[::1]:7000", Ok("::1:7000"));
        check("rediss://redis.internal", Err(RedisUrlError::Tls));
        for text in [
            "",
            "redis",
            "redis:",
            "http://redis.internal",
            "redis://host:port",
            "redis://host/database",
        ] {
            check(text, Err(RedisUrlError::Malformed));
        }
    }
}
