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
pub(crate) use reading::{read, unknown_variables};
use redis::RedisArgs;
use tls::TlsArgs;
use turn::TurnArgs;

/// The relay of Snug: rooms, signaling between their members, and the page for guests.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct Args {
    /// Without a command the relay starts.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Address and port to listen on; 0.0.0.0:8787 accepts connections from the whole network.
    #[arg(long, env = "SNUG_LISTEN", default_value = "127.0.0.1:8787",
        value_parser = socket_address)]
    pub(crate) listen: SocketAddr,
    /// Folder of the built page, served at / and /r/ROOM; without it no page is served.
    #[arg(long, env = "SNUG_WEB_ROOT", value_name = "FOLDER")]
    web_root: Option<PathBuf>,
    /// STUN or TURN server for the members: stun:HOST[:PORT] or
    /// turn:NAME:PASSWORD@HOST[:PORT][?transport=tcp]; write % in a name or password as %25, and a
    /// colon in a name as %3A. May be given more than once.
    #[arg(long = "ice-server", env = "SNUG_ICE_SERVERS", value_name = "URL",
        value_parser = parse_ice_server, hide_env_values = true)]
    ice_servers: Vec<IceServer>,
    /// Members of a room at most [default: 12].
    #[arg(long, env = "SNUG_ROOM_SIZE")]
    room_size: Option<usize>,
    /// Members of a room from one address at most; 0 is no limit [default: two thirds of
    /// --room-size, at least 4].
    #[arg(long, env = "SNUG_ROOM_MEMBERS_PER_ADDRESS")]
    room_members_per_address: Option<usize>,
    /// Largest message of a client, in bytes [default: 65536].
    #[arg(long, env = "SNUG_MESSAGE_BYTES")]
    message_bytes: Option<usize>,
    /// Messages per second that a socket may send, on average; 0 is no limit [default: 50].
    #[arg(long, env = "SNUG_MESSAGE_RATE")]
    message_rate: Option<u32>,
    /// Messages that a socket may send at once [default: 200].
    #[arg(long, env = "SNUG_MESSAGE_BURST")]
    message_burst: Option<u32>,
    /// Bytes per second that a socket may send, on average; 0 is no limit, and --message-rate 0
    /// removes this one too [default: 262144].
    #[arg(long, env = "SNUG_BYTE_RATE")]
    byte_rate: Option<u32>,
    /// Bytes that a socket may send at once [default: 1048576].
    #[arg(long, env = "SNUG_BYTE_BURST")]
    byte_burst: Option<u32>,
    /// Messages queued to a slow socket at most; one sender gets a part of that [default: 1024].
    #[arg(long, env = "SNUG_QUEUE_MESSAGES")]
    queue_messages: Option<usize>,
    /// Bytes queued to a slow socket at most; one sender gets a part of that [default: 1048576].
    #[arg(long, env = "SNUG_QUEUE_BYTES")]
    queue_bytes: Option<usize>,
    /// Time after which a socket that reads nothing of a full queue is closed [default: 10s].
    #[arg(long, env = "SNUG_STALL", value_parser = duration)]
    stall: Option<Duration>,
    /// Time for which a lost member may resume: 30, 30s or 500ms [default: 30s].
    #[arg(long, env = "SNUG_GRACE", value_parser = duration)]
    grace: Option<Duration>,
    /// The same after a page was closed or reloaded; at most --grace [default: 5s].
    #[arg(long, env = "SNUG_AWAY_GRACE", value_parser = duration)]
    away_grace: Option<Duration>,
    /// Time after which the others are told that a member is lost [default: 2s].
    #[arg(long, env = "SNUG_LOST_NOTICE", value_parser = duration)]
    lost_notice: Option<Duration>,
    /// Messages from one sender kept for a lost member at most [default: 64].
    #[arg(long, env = "SNUG_RESUME_MESSAGES")]
    resume_messages: Option<usize>,
    /// Bytes from one sender kept for a lost member at most [default: 262144].
    #[arg(long, env = "SNUG_RESUME_BYTES")]
    resume_bytes: Option<usize>,
    /// Interval of pings to a socket [default: 20s].
    #[arg(long, env = "SNUG_PING_EVERY", value_parser = duration)]
    ping_every: Option<Duration>,
    /// Time after which a silent socket is closed [default: 45s].
    #[arg(long, env = "SNUG_SILENCE", value_parser = duration)]
    silence: Option<Duration>,
    /// Joins per minute from one address, not counting resumes; 0 is no limit [default: 120].
    #[arg(long, env = "SNUG_JOIN_RATE")]
    join_rate: Option<u32>,
    /// Wrong passcodes per minute for a room from one address; 0 is no limit [default: 10].
    #[arg(long, env = "SNUG_WRONG_PASSCODES")]
    wrong_passcodes: Option<u32>,
    /// Sockets from one address at most; 0 is no limit [default: 64].
    #[arg(long, env = "SNUG_SOCKETS_PER_ADDRESS")]
    sockets_per_address: Option<usize>,
    /// Sockets in total at most [default: 100000].
    #[arg(long, env = "SNUG_SOCKETS")]
    sockets: Option<usize>,
    /// Format of the log: text for people, json for a collector, one object per line.
    #[arg(long, env = "SNUG_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// Address and port for Prometheus: metrics are at /metrics there and nowhere else. Everybody
    /// who reaches this address can read them.
    #[arg(long, env = "SNUG_METRICS", value_name = "ADDRESS", value_parser = socket_address)]
    metrics: Option<SocketAddr>,
    /// Address or network of a reverse proxy in front of the relay: 127.0.0.1, 172.18.0.0/16. Its
    /// X-Forwarded-For is trusted. May be given more than once; without it no proxy is trusted.
    #[arg(
        long = "trusted-proxy",
        env = "SNUG_TRUSTED_PROXY",
        value_name = "NETWORK"
    )]
    trusted_proxies: Vec<Network>,
    /// Origin of another page that may use the relay: https://example.org, or * for any. The
    /// relay's own page always may. May be given more than once.
    #[arg(long = "allow-origin", env = "SNUG_ALLOW_ORIGIN", value_name = "ORIGIN",
        value_parser = origin)]
    allowed_origins: Vec<String>,
    /// Name of the relay, in addition to those of --acme, --turn-host and --allow-origin:
    /// meet.example.org, or * for any. Requests for other names are then refused, also through a
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
            away_grace: self.away_grace.unwrap_or(default.away_grace),
            lost_notice: self.lost_notice.unwrap_or(default.lost_notice),
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
            // Each was validated when it was read.
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

/// Parses an address and port. An IPv4-mapped IPv6 address becomes an IPv4 address.
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
    fn duration_is_parsed_or_refused() {
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
    fn flags_are_consistent_and_show_the_real_defaults() {
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
            ("--away-grace", format!("{:?}", config.away_grace)),
            ("--lost-notice", format!("{:?}", config.lost_notice)),
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
