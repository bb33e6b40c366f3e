//! The flags and `SNUG_*` variables of the `signal-server` program.
//!
//! Invariant: a flag that is not given leaves the default of `Config`.

mod reading;
mod redis;
mod tls;
mod turn;
mod words;

use std::{
    net::{AddrParseError, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::Parser;
use signal_protocol::IceServer;
use signal_server::{
    AllowedOrigins, Config, HostNameError, HostNames, Network, OriginError, PageSource,
    parse_ice_server,
};

use crate::{doctor::Command, logs::LogFormat};
pub(crate) use reading::{read, strange_variables};
use redis::RedisArgs;
use tls::TlsArgs;
use turn::TurnArgs;

/// The relay of Snug: rooms, the signaling between their members, and the page for guests.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct Args {
    /// Without one, the relay is started.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Address and port to listen on; 0.0.0.0:8787 is reached from the whole network.
    #[arg(long, env = "SNUG_LISTEN", default_value = "127.0.0.1:8787",
        value_parser = socket_address)]
    pub(crate) listen: SocketAddr,
    /// Folder of the built page, served at / and /r/ROOM; without it no page is served.
    #[arg(long, env = "SNUG_WEB_ROOT", value_name = "FOLDER")]
    web_root: Option<PathBuf>,
    /// STUN or TURN server for the members: stun:HOST[:PORT] or
    /// turn:NAME:PASSWORD@HOST[:PORT][?transport=tcp]; in a name and a password, % is written %25,
    /// and a colon in a name %3A. May be given more than once.
    #[arg(long = "ice-server", env = "SNUG_ICE_SERVERS", value_name = "URL",
        value_parser = parse_ice_server, hide_env_values = true)]
    ice_servers: Vec<IceServer>,
    /// People a room takes [default: 12].
    #[arg(long, env = "SNUG_ROOM_SIZE")]
    room_size: Option<usize>,
    /// Of them from one address; 0 is no limit [default: two thirds of --room-size, at least 4].
    #[arg(long, env = "SNUG_ROOM_MEMBERS_PER_ADDRESS")]
    room_members_per_address: Option<usize>,
    /// Largest message a client may send, in bytes [default: 65536].
    #[arg(long, env = "SNUG_MESSAGE_BYTES")]
    message_bytes: Option<usize>,
    /// Messages a second that a socket may send; 0 is no limit [default: 50].
    #[arg(long, env = "SNUG_MESSAGE_RATE")]
    message_rate: Option<u32>,
    /// Messages a socket may send at once before the rate counts [default: 200].
    #[arg(long, env = "SNUG_MESSAGE_BURST")]
    message_burst: Option<u32>,
    /// Bytes a second that a socket may send, on average; 0 is no limit, nor is there one with
    /// --message-rate 0 [default: 262144].
    #[arg(long, env = "SNUG_BYTE_RATE")]
    byte_rate: Option<u32>,
    /// Bytes a socket may send at once before the rate counts [default: 1048576].
    #[arg(long, env = "SNUG_BYTE_BURST")]
    byte_burst: Option<u32>,
    /// Messages queued to a slow socket; one sender has at most part of that [default: 1024].
    #[arg(long, env = "SNUG_QUEUE_MESSAGES")]
    queue_messages: Option<usize>,
    /// Bytes queued to a slow socket; one sender has at most part of that [default: 1048576].
    #[arg(long, env = "SNUG_QUEUE_BYTES")]
    queue_bytes: Option<usize>,
    /// How long a socket may read nothing of a full queue before it is closed [default: 10s].
    #[arg(long, env = "SNUG_STALL", value_parser = duration)]
    stall: Option<Duration>,
    /// How long the place of a lost socket is kept: 30, 30s or 500ms [default: 30s].
    #[arg(long, env = "SNUG_GRACE", value_parser = duration)]
    grace: Option<Duration>,
    /// Messages kept for a lost member [default: 64].
    #[arg(long, env = "SNUG_RESUME_MESSAGES")]
    resume_messages: Option<usize>,
    /// Bytes kept for a lost member [default: 262144].
    #[arg(long, env = "SNUG_RESUME_BYTES")]
    resume_bytes: Option<usize>,
    /// How often a socket is pinged [default: 20s].
    #[arg(long, env = "SNUG_PING_EVERY", value_parser = duration)]
    ping_every: Option<Duration>,
    /// After how long without a sign of life a socket is dropped [default: 45s].
    #[arg(long, env = "SNUG_SILENCE", value_parser = duration)]
    silence: Option<Duration>,
    /// Joins a minute from one address, coming back to a kept place not counted; 0 is no limit
    /// [default: 120].
    #[arg(long, env = "SNUG_JOIN_RATE")]
    join_rate: Option<u32>,
    /// Wrong passcodes a minute for a room from one address; 0 is no limit [default: 10].
    #[arg(long, env = "SNUG_WRONG_PASSCODES")]
    wrong_passcodes: Option<u32>,
    /// Sockets from one address; 0 is no limit, as behind a reverse proxy [default: 64].
    #[arg(long, env = "SNUG_SOCKETS_PER_ADDRESS")]
    sockets_per_address: Option<usize>,
    /// Sockets in all [default: 100000].
    #[arg(long, env = "SNUG_SOCKETS")]
    sockets: Option<usize>,
    /// How the log is written: text for people, json for a collector, one object a line.
    #[arg(long, env = "SNUG_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// Address and port for Prometheus, which finds the metrics there at /metrics and nowhere
    /// else. Whoever reaches it reads them.
    #[arg(long, env = "SNUG_METRICS", value_name = "ADDRESS", value_parser = socket_address)]
    metrics: Option<SocketAddr>,
    /// Address or network of the reverse proxy in front of the relay, whose X-Forwarded-For is
    /// believed: 127.0.0.1, 172.18.0.0/16. May be given more than once; without it no proxy is
    /// believed.
    #[arg(
        long = "trusted-proxy",
        env = "SNUG_TRUSTED_PROXY",
        value_name = "NETWORK"
    )]
    trusted_proxies: Vec<Network>,
    /// Page beside the relay's own that may use the relay: https://example.org, or * for any. May
    /// be given more than once.
    #[arg(long = "allow-origin", env = "SNUG_ALLOW_ORIGIN", value_name = "ORIGIN",
        value_parser = origin)]
    allowed_origins: Vec<String>,
    /// Name by which the relay is reached, beside those that --acme, --turn-host and --allow-origin
    /// have: meet.example.org, or * for any. Requests for other names are refused then, also by a
    /// reverse proxy. May be given more than once.
    #[arg(long = "host", env = "SNUG_HOST", value_name = "NAME",
        value_parser = host)]
    hosts: Vec<String>,
    #[command(flatten)]
    redis: RedisArgs,
    #[command(flatten)]
    tls: TlsArgs,
    #[command(flatten)]
    turn: TurnArgs,
}

impl Args {
    pub(crate) fn into_config(self) -> Config {
        let default = Config::default();
        Config {
            room_size: self.room_size.unwrap_or(default.room_size),
            room_members_per_address: self.room_members_per_address,
            message_bytes: self.message_bytes.unwrap_or(default.message_bytes),
            message_rate: self.message_rate.unwrap_or(default.message_rate),
            message_burst: self.message_burst.unwrap_or(default.message_burst),
            queue_messages: self.queue_messages.unwrap_or(default.queue_messages),
            byte_rate: self.byte_rate.unwrap_or(default.byte_rate),
            byte_burst: self.byte_burst.unwrap_or(default.byte_burst),
            queue_bytes: self.queue_bytes.unwrap_or(default.queue_bytes),
            stall: self.stall.unwrap_or(default.stall),
            grace: self.grace.unwrap_or(default.grace),
            resume_messages: self.resume_messages.unwrap_or(default.resume_messages),
            resume_bytes: self.resume_bytes.unwrap_or(default.resume_bytes),
            ping_every: self.ping_every.unwrap_or(default.ping_every),
            silence: self.silence.unwrap_or(default.silence),
            join_rate: self.join_rate.unwrap_or(default.join_rate),
            wrong_passcodes: self.wrong_passcodes.unwrap_or(default.wrong_passcodes),
            sockets_per_address: self
                .sockets_per_address
                .unwrap_or(default.sockets_per_address),
            sockets: self.sockets.unwrap_or(default.sockets),
            ice_servers: self.ice_servers,
            ice_ttl: default.ice_ttl,
            redis: self.redis.into_config(),
            tls: self.tls.into_config(),
            turn: self.turn.into_config(),
            metrics: self.metrics,
            trusted_proxies: self.trusted_proxies,
            // Each was looked at when it was read.
            allowed_origins: AllowedOrigins::parse(&self.allowed_origins).unwrap_or_default(),
            hosts: HostNames::parse(&self.hosts).unwrap_or_default(),
            send_timeout: default.send_timeout,
            page: self
                .web_root
                .map_or(PageSource::None, PageSource::Directory),
        }
    }
}

/// `30`, `30s`, `1.5` or `500ms`.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    number
        .parse()
        .ok()
        .and_then(|number: f64| Duration::try_from_secs_f64(number * unit).ok())
        .ok_or_else(|| "write seconds, like 30 or 500ms".to_owned())
}

/// An IPv4 address stays one however it is written.
fn socket_address(text: &str) -> Result<SocketAddr, AddrParseError> {
    let address: SocketAddr = text.parse()?;
    Ok(match address.ip().to_canonical() {
        ip if ip == address.ip() => address,
        ip => SocketAddr::new(ip, address.port()),
    })
}

fn origin(word: &str) -> Result<String, OriginError> {
    AllowedOrigins::parse(&[word])?;
    Ok(word.to_owned())
}

fn host(word: &str) -> Result<String, HostNameError> {
    HostNames::parse(&[word])?;
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn check(text: &str, expect: Option<u64>) {
        let millis = duration(text).ok().map(|duration| duration.as_millis());
        assert_eq!(millis, expect.map(u128::from), "{text:?}");
    }

    #[test]
    fn durations() {
        check("30", Some(30_000));
        check("30s", Some(30_000));
        check("0.5", Some(500));
        check("250ms", Some(250));
        check("0", Some(0));
        for text in ["", "s", "-1", "30m", "inf", "nan", "1e300"] {
            check(text, None);
        }
    }

    #[test]
    fn the_flags_fit_together_and_tell_the_true_defaults() {
        Args::command().debug_assert();
        let help = Args::command().render_long_help().to_string();
        let config = Config::default();
        for (flag, default) in [
            ("--room-size", config.room_size.to_string()),
            ("--message-bytes", config.message_bytes.to_string()),
            ("--message-rate", config.message_rate.to_string()),
            ("--message-burst", config.message_burst.to_string()),
            ("--byte-rate", config.byte_rate.to_string()),
            ("--byte-burst", config.byte_burst.to_string()),
            ("--stall", format!("{:?}", config.stall)),
            ("--queue-messages", config.queue_messages.to_string()),
            ("--queue-bytes", config.queue_bytes.to_string()),
            ("--grace", format!("{:?}", config.grace)),
            ("--resume-messages", config.resume_messages.to_string()),
            ("--resume-bytes", config.resume_bytes.to_string()),
            ("--ping-every", format!("{:?}", config.ping_every)),
            ("--silence", format!("{:?}", config.silence)),
            ("--join-rate", config.join_rate.to_string()),
            ("--wrong-passcodes", config.wrong_passcodes.to_string()),
            (
                "--sockets-per-address",
                config.sockets_per_address.to_string(),
            ),
            ("--sockets", config.sockets.to_string()),
            (
                "--turn-ports",
                format!("{}-{}", config.turn.ports.start(), config.turn.ports.end()),
            ),
            ("--turn-ttl", format!("{:?}", config.turn.ttl)),
            ("--turn-allocations", config.turn.allocations.to_string()),
            (
                "--turn-member-megabits",
                config.turn.member_megabits.to_string(),
            ),
            (
                "--turn-total-megabits",
                config.turn.total_megabits.to_string(),
            ),
        ] {
            let text = help
                .split(&format!("{flag} <"))
                .nth(1)
                .and_then(|rest| rest.split("\n\n").next())
                .unwrap_or_else(|| panic!("{flag} is not in the help"));
            assert!(
                text.contains(&format!("[default: {default}]")),
                "{flag}: {text}"
            );
        }
    }
}
