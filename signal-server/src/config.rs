//! Configuration of a relay and its validation.
//!
//! Invariant: a configuration that passes `check` can serve; each refusal names the flag.

mod host_names;
mod redis;
mod redis_url;
mod tls;
mod turn;

use std::{net::SocketAddr, ops::RangeInclusive, time::Duration};

use relay_core::rooms::{BacklogLimits, RoomSettings, RoomShare};
use signal_protocol::{IceServer, limits};

use crate::{network::Network, origin::AllowedOrigins, page::PageSource};
pub use host_names::{HostNameError, HostNames};
pub use redis::RedisConfig;
pub use redis_url::{RedisUrl, RedisUrlError};
pub use tls::{AcmeConfig, CertificateFiles, TlsConfig};
pub use turn::TurnConfig;

/// A room of the largest size, with the largest statuses and names, still fits into
/// [`limits::RELAY_FRAME_BYTES`].
const ROOM_SIZES: RangeInclusive<usize> = 2..=64;
const FRAME_SIZES: RangeInclusive<usize> = 4 * 1024..=limits::RELAY_FRAME_BYTES / 2;
/// An hour: a person who comes back later joins as a new member.
const MAX_GRACE: Duration = Duration::from_secs(3600);
const MAX_SILENCE: Duration = Duration::from_secs(3600);
const MIN_PING_INTERVAL: Duration = Duration::from_millis(10);
/// Servers without credentials stay valid as long as a member stays.
const ICE_TTL: Duration = Duration::from_secs(24 * 3600);
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Every limit has its default from `signal_protocol::limits`, unless stated otherwise.
#[derive(Debug, Clone)]
pub struct Config {
    /// Members of a room at most.
    pub room_size: usize,
    /// Members of a room from one address at most; 0 is no limit. `None` is two thirds of the room.
    pub room_members_per_address: Option<usize>,
    /// Largest message of a client, in bytes.
    pub message_bytes: usize,
    /// Messages per second that a socket may send, on average; 0 is no limit.
    pub message_rate: u32,
    /// Messages that a socket may send at once.
    pub message_burst: u32,
    /// Bytes per second that a socket may send, on average; 0 is no limit. A message rate of 0
    /// removes this limit too.
    pub byte_rate: u32,
    /// Bytes that a socket may send at once.
    pub byte_burst: u32,
    /// Messages queued to a slow socket at most.
    pub queue_messages: usize,
    /// Bytes queued to a slow socket at most.
    pub queue_bytes: usize,
    /// Time after which a socket that reads nothing of a full queue is closed.
    pub stall: Duration,
    /// Time for which a lost member may resume.
    pub grace: Duration,
    /// The same after a page was closed or reloaded, at most `grace`.
    pub away_grace: Duration,
    /// Time after which the others learn that a member is lost.
    pub lost_notice: Duration,
    /// Messages from one sender kept for a lost member at most.
    pub resume_messages: usize,
    /// Bytes from one sender kept for a lost member at most.
    pub resume_bytes: usize,
    /// Interval of pings to a socket.
    pub ping_every: Duration,
    /// Time after which a silent socket is closed.
    pub silence: Duration,
    /// Joins per minute from one address, not counting resumes; 0 is no limit.
    pub join_rate: u32,
    /// Wrong passcodes per minute for a room from one address; 0 is no limit.
    pub wrong_passcodes: u32,
    /// Sockets from one address at most; 0 is no limit.
    pub sockets_per_address: usize,
    /// Sockets in total at most.
    pub sockets: usize,
    /// STUN and TURN servers for members; see [`crate::parse_ice_server`].
    pub ice_servers: Vec<IceServer>,
    /// Validity of their credentials.
    pub ice_ttl: Duration,
    /// The relay's own TLS.
    pub tls: TlsConfig,
    /// The TURN server inside, or another one for which the relay makes credentials.
    pub turn: TurnConfig,
    /// Address for Prometheus. Metrics are at `/metrics` there and nowhere else.
    pub metrics: Option<SocketAddr>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<Network>,
    /// Pages that may use the relay.
    pub allowed_origins: AllowedOrigins,
    /// Names of the relay, in addition to addresses and to the names in other settings.
    pub hosts: HostNames,
    /// Time for which a response may stay unread. Bytes that are read extend it.
    pub send_timeout: Duration,
    /// The Redis that joins several relays into one.
    pub redis: Option<RedisConfig>,
    /// The source of the page for guests.
    pub page: PageSource,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            room_size: limits::ROOM_MEMBERS,
            room_members_per_address: None,
            message_bytes: limits::FRAME_BYTES,
            message_rate: limits::MESSAGE_RATE,
            message_burst: limits::MESSAGE_BURST,
            byte_rate: limits::BYTE_RATE,
            byte_burst: limits::BYTE_BURST,
            queue_messages: limits::QUEUE_MESSAGES,
            queue_bytes: limits::QUEUE_BYTES,
            stall: limits::STALL,
            grace: limits::GRACE,
            away_grace: limits::AWAY_GRACE,
            lost_notice: limits::LOST_NOTICE,
            resume_messages: limits::RESUME_MESSAGES,
            resume_bytes: limits::RESUME_BYTES,
            ping_every: limits::PING_EVERY,
            silence: limits::SILENCE,
            join_rate: limits::JOIN_RATE,
            wrong_passcodes: limits::WRONG_PASSCODES,
            sockets_per_address: limits::SOCKETS_PER_ADDRESS,
            sockets: limits::SOCKETS,
            ice_servers: Vec::new(),
            ice_ttl: ICE_TTL,
            tls: TlsConfig::default(),
            turn: TurnConfig::default(),
            metrics: None,
            trusted_proxies: Vec::new(),
            allowed_origins: AllowedOrigins::default(),
            hosts: HostNames::default(),
            send_timeout: SEND_TIMEOUT,
            redis: None,
            page: PageSource::None,
        }
    }
}

/// A sentence that names the flag to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// # Errors
    /// The first invalid value.
    pub fn check(&self) -> Result<(), ConfigError> {
        within("--room-size", self.room_size, ROOM_SIZES, "people")?;
        within("--message-bytes", self.message_bytes, FRAME_SIZES, "bytes")?;
        at_least_one("--message-burst", self.message_burst)?;
        ensure(self.byte_burst as usize >= self.message_bytes, || {
            format!(
                "--byte-burst is {}: the largest message must pass, so it is at least \
                 --message-bytes, {} bytes.",
                self.byte_burst, self.message_bytes
            )
        })?;
        at_least_one("--queue-messages", self.queue_messages as u64)?;
        at_least_one("--sockets", self.sockets as u64)?;
        ensure(self.queue_messages > self.resume_messages, || {
            format!(
                "--queue-messages is {} and --resume-messages {}: what is kept for a lost member \
                 must fit into its queue with one message to spare.",
                self.queue_messages, self.resume_messages
            )
        })?;
        ensure(
            self.queue_bytes >= self.resume_bytes.saturating_add(self.message_bytes),
            || {
                format!(
                    "--queue-bytes is {}: it must hold --resume-bytes and one message, together \
                     {} bytes.",
                    self.queue_bytes,
                    self.resume_bytes.saturating_add(self.message_bytes)
                )
            },
        )?;
        for (flag, span) in [
            ("--grace", self.grace),
            ("--away-grace", self.away_grace),
            ("--lost-notice", self.lost_notice),
        ] {
            ensure(span <= MAX_GRACE, || {
                format!("{flag} is {span:?}; it is at most an hour.")
            })?;
        }
        ensure(self.ping_every >= MIN_PING_INTERVAL, || {
            format!(
                "--ping-every is {:?}; it is at least {MIN_PING_INTERVAL:?}.",
                self.ping_every
            )
        })?;
        ensure(self.silence > self.ping_every, || {
            format!(
                "--silence is {:?} and --ping-every {:?}: a socket must have the time to answer \
                 a ping, so make --silence the longer one.",
                self.silence, self.ping_every
            )
        })?;
        ensure(self.silence <= MAX_SILENCE, || {
            format!("--silence is {:?}; it is at most an hour.", self.silence)
        })?;
        ensure(self.stall <= MAX_SILENCE, || {
            format!("--stall is {:?}; it is at most an hour.", self.stall)
        })?;
        self.tls.check()?;
        self.turn.check(&self.tls)?;
        if let Some(redis) = &self.redis {
            redis.check()?;
        }
        self.page.check().map_err(ConfigError)
    }

    pub(crate) fn room_share(&self) -> RoomShare {
        let default = || RoomShare::default_per_address(self.room_size);
        let per_address = self.room_members_per_address.unwrap_or_else(default);
        RoomShare::new(self.room_size, per_address)
    }

    /// Settings of the rooms of one node alone.
    pub(crate) fn room_settings(&self) -> RoomSettings {
        RoomSettings {
            members: self.room_size,
            share: self.room_share(),
            message_bytes: self.message_bytes,
            grace: self.grace,
            away_grace: self.away_grace,
            lost_notice: self.lost_notice,
            backlog: BacklogLimits {
                messages: self.resume_messages,
                bytes: self.resume_bytes,
            },
            node: None,
        }
    }
}

fn within(
    flag: &str,
    number: usize,
    range: RangeInclusive<usize>,
    unit: &str,
) -> Result<(), ConfigError> {
    ensure(range.contains(&number), || {
        format!(
            "{flag} is {number}; it is from {} to {} {unit}.",
            range.start(),
            range.end()
        )
    })
}

fn at_least_one(flag: &str, number: impl Into<u128>) -> Result<(), ConfigError> {
    ensure(number.into() > 0, || {
        format!("{flag} is 0; it is at least 1.")
    })
}

fn ensure(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), ConfigError> {
    if holds {
        return Ok(());
    }
    Err(ConfigError(sentence()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Config), expect: &str) {
        let mut config = Config::default();
        change(&mut config);
        let sentence = config
            .check()
            .err()
            .map_or_else(String::new, |error| error.to_string());
        assert_eq!(sentence, expect);
    }

    #[test]
    fn invalid_config_is_refused_with_its_flag() {
        check(|_| (), "");
        check(
            |config| config.room_size = 1,
            "--room-size is 1; it is from 2 to 64 people.",
        );
        check(
            |config| config.room_size = 65,
            "--room-size is 65; it is from 2 to 64 people.",
        );
        check(
            |config| config.message_bytes = 100,
            "--message-bytes is 100; it is from 4096 to 524288 bytes.",
        );
        check(
            |config| config.message_burst = 0,
            "--message-burst is 0; it is at least 1.",
        );
        check(
            |config| config.byte_burst = 65535,
            "--byte-burst is 65535: the largest message must pass, so it is at least \
             --message-bytes, 65536 bytes.",
        );
        check(
            |config| config.stall = Duration::from_secs(3601),
            "--stall is 3601s; it is at most an hour.",
        );
        check(
            |config| config.sockets = 0,
            "--sockets is 0; it is at least 1.",
        );
        check(
            |config| config.queue_messages = 64,
            "--queue-messages is 64 and --resume-messages 64: what is kept for a lost member must \
             fit into its queue with one message to spare.",
        );
        check(
            |config| config.queue_bytes = 1,
            "--queue-bytes is 1: it must hold --resume-bytes and one message, together 327680 \
             bytes.",
        );
        check(
            |config| config.grace = Duration::from_secs(3601),
            "--grace is 3601s; it is at most an hour.",
        );
        check(
            |config| config.away_grace = Duration::from_secs(3601),
            "--away-grace is 3601s; it is at most an hour.",
        );
        check(
            |config| config.lost_notice = Duration::from_secs(3601),
            "--lost-notice is 3601s; it is at most an hour.",
        );
        check(
            |config| config.silence = config.ping_every,
            "--silence is 20s and --ping-every 20s: a socket must have the time to answer a ping, \
             so make --silence the longer one.",
        );
    }

    #[test]
    fn fullest_room_fits_into_a_clients_largest_frame() {
        // A control character is one byte of a status and six bytes in JSON.
        let worst_member = 6 * (limits::EMAIL_BYTES + limits::STATUS_BYTES) + 128;
        assert!(ROOM_SIZES.end() * worst_member < limits::RELAY_FRAME_BYTES);
    }
}
