//! Command line flags of the TURN server.
//!
//! Invariant: a missing flag keeps the default of `TurnConfig`.

use std::{
    net::{AddrParseError, IpAddr, SocketAddr},
    ops::RangeInclusive,
    time::Duration,
};

use signal_server::{Network, PeerConsent, Secret, TurnConfig, parse_turn_url};

use super::{duration, socket_address};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "TURN")]
pub(super) struct TurnArgs {
    /// Address and port of the TURN server over UDP and TCP: 0.0.0.0:3478, [::]:3478. May be given
    /// more than once; without it and --turn-tls no media is relayed.
    #[arg(long, env = "SNUG_TURN", value_name = "ADDRESS", value_parser = socket_address)]
    turn: Vec<SocketAddr>,
    /// Address and port of the TURN server over TLS, with the relay's certificate. May be given
    /// more than once.
    #[arg(
        long,
        env = "SNUG_TURN_TLS",
        value_name = "ADDRESS",
        value_parser = socket_address
    )]
    turn_tls: Vec<SocketAddr>,
    /// This computer's address on the internet, one IPv4 and one IPv6. Without it: the public
    /// address of an interface, or else the address that the member used.
    #[arg(
        long,
        env = "SNUG_PUBLIC_IP",
        value_name = "ADDRESS",
        value_parser = ip_address
    )]
    public_ip: Vec<IpAddr>,
    /// Host of the TURN server for members. Without it: --public-ip, or else the host that the
    /// member used.
    #[arg(long, env = "SNUG_TURN_HOST", value_name = "HOST")]
    turn_host: Option<String>,
    /// Ports of relayed addresses [default: 49152-65535].
    #[arg(long, env = "SNUG_TURN_PORTS", value_name = "FIRST-LAST", value_parser = port_range)]
    turn_ports: Option<RangeInclusive<u16>>,
    /// Secret that makes credentials; without it the relay generates one at each start.
    #[arg(long, env = "SNUG_TURN_SECRET", value_name = "SECRET",
        value_parser = secret, hide_env_values = true)]
    turn_secret: Option<Secret>,
    /// Validity of credentials; clients renew them before [default: 3600s].
    #[arg(long, env = "SNUG_TURN_TTL", value_name = "TIME", value_parser = duration)]
    turn_ttl: Option<Duration>,
    /// Allows relaying to this network although it is private or this computer is in it:
    /// 10.0.0.0/8. May be given more than once.
    #[arg(long, env = "SNUG_TURN_ALLOW_PEER", value_name = "NETWORK")]
    turn_allow_peer: Vec<Network>,
    /// Relays everything to peers that have not answered an ICE check, for clients that are not
    /// WebRTC.
    #[arg(long, env = "SNUG_TURN_WITHOUT_CONSENT")]
    turn_without_consent: bool,
    /// Allocations of one member at most [default: 128].
    #[arg(long, env = "SNUG_TURN_ALLOCATIONS", value_name = "COUNT")]
    turn_allocations: Option<usize>,
    /// Megabits per second relayed for one member, both directions together; 0 is no limit
    /// [default: 50].
    #[arg(long, env = "SNUG_TURN_MEMBER_MEGABITS", value_name = "COUNT")]
    turn_member_megabits: Option<u32>,
    /// Megabits per second relayed in total; 0 is no limit [default: 0].
    #[arg(long, env = "SNUG_TURN_TOTAL_MEGABITS", value_name = "COUNT")]
    turn_total_megabits: Option<u32>,
    /// Another TURN server for the members, for example coturn, instead of --turn:
    /// turn:HOST[:PORT][?transport=tcp] or turns:HOST[:PORT]. Needs --turn-secret. May be given
    /// more than once.
    #[arg(long, env = "SNUG_TURN_URL", value_name = "URL",
        value_parser = parse_turn_url, hide_env_values = true)]
    turn_url: Vec<String>,
}

impl TurnArgs {
    pub(super) fn into_config(self) -> TurnConfig {
        let default = TurnConfig::default();
        TurnConfig {
            listen: self.turn,
            listen_tls: self.turn_tls,
            tls: default.tls,
            host: self.turn_host,
            public_ips: self.public_ip,
            ports: self.turn_ports.unwrap_or(default.ports),
            secret: self.turn_secret,
            ttl: self.turn_ttl.unwrap_or(default.ttl),
            allow_peers: self.turn_allow_peer,
            consent: match self.turn_without_consent {
                true => PeerConsent::Waived,
                false => PeerConsent::Required,
            },
            allocations: self.turn_allocations.unwrap_or(default.allocations),
            member_megabits: self.turn_member_megabits.unwrap_or(default.member_megabits),
            total_megabits: self.turn_total_megabits.unwrap_or(default.total_megabits),
            urls: self.turn_url,
        }
    }
}

/// Parses an IP address. An IPv4-mapped IPv6 address becomes an IPv4 address.
fn ip_address(text: &str) -> Result<IpAddr, AddrParseError> {
    text.parse().map(|address: IpAddr| address.to_canonical())
}

/// `49152-65535`.
fn port_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let range = || {
        let (first, last) = text.split_once('-')?;
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    range()
        .filter(|range| !range.is_empty())
        .ok_or_else(|| "write the first and the last port, like 49152-65535".to_owned())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "clap needs a function that returns a result"
)]
fn secret(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_range_is_parsed_or_refused() {
        assert_eq!(port_range("50000-50100"), Ok(50_000..=50_100));
        for text in ["", "50000", "50100-50000", "1-70000", "a-b", "-1-5"] {
            assert!(port_range(text).is_err(), "{text}");
        }
    }
}
