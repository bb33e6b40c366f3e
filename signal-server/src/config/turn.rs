//! Configuration of the TURN server and its validation.
//!
//! Invariant: each error names the flag.

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    sync::Arc,
    time::Duration,
};

use tokio_rustls::rustls::ServerConfig;
use turn_server::{PeerConsent, Secret};

use super::{ConfigError, TlsConfig, ensure, within};
use crate::{ice::host_of, network::Network};

/// The dynamic ports (RFC 8656, 7.2).
const DEFAULT_PORTS: RangeInclusive<u16> = 49152..=65535;
const MIN_PORTS: usize = 16;
const FIRST_UNPRIVILEGED_PORT: u16 = 1024;
const DEFAULT_TTL: Duration = Duration::from_secs(3600);
const TTL_RANGE: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(24 * 3600);
/// A shorter secret can be guessed.
const MIN_SECRET_CHARS: usize = 8;
const DEFAULT_ALLOCATIONS: usize = 128;
const DEFAULT_MEMBER_MEGABITS: u32 = 50;

/// Off if `listen`, `listen_tls` and `urls` are empty.
#[derive(Debug, Clone)]
pub struct TurnConfig {
    /// Listen addresses for UDP and TCP.
    pub listen: Vec<SocketAddr>,
    /// Listen addresses for TLS.
    pub listen_tls: Vec<SocketAddr>,
    /// Server configuration for TLS, with the certificate.
    pub tls: Option<Arc<ServerConfig>>,
    /// The host in the URLs for members.
    pub host: Option<String>,
    /// Public addresses of this computer, at most one per family.
    pub public_ips: Vec<IpAddr>,
    /// Ports of relayed transport addresses.
    pub ports: RangeInclusive<u16>,
    /// The secret for credentials. Without one, the relay generates it.
    pub secret: Option<Secret>,
    /// Lifetime of credentials.
    pub ttl: Duration,
    /// Peers that are allowed although the peer policy forbids them.
    pub allow_peers: Vec<Network>,
    /// Whether a peer must answer an ICE check before it receives data.
    pub consent: PeerConsent,
    /// Maximum number of allocations per member.
    pub allocations: usize,
    /// Megabits per second for one member, both directions together; 0 means no limit.
    pub member_megabits: u32,
    /// Megabits per second for all members; 0 means no limit.
    pub total_megabits: u32,
    /// An external TURN server that shares the secret; see [`crate::parse_turn_url`].
    pub urls: Vec<String>,
}

impl Default for TurnConfig {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            listen_tls: Vec::new(),
            tls: None,
            host: None,
            public_ips: Vec::new(),
            ports: DEFAULT_PORTS,
            secret: None,
            ttl: DEFAULT_TTL,
            allow_peers: Vec::new(),
            consent: PeerConsent::Required,
            allocations: DEFAULT_ALLOCATIONS,
            member_megabits: DEFAULT_MEMBER_MEGABITS,
            total_megabits: 0,
            urls: Vec::new(),
        }
    }
}

impl TurnConfig {
    /// Whether the relay runs its own TURN server.
    pub(crate) fn is_internal(&self) -> bool {
        !self.listen.is_empty() || !self.listen_tls.is_empty()
    }

    /// `tls` is the TLS configuration of the relay. TURN uses the same certificate.
    pub(super) fn check(&self, tls: &TlsConfig) -> Result<(), ConfigError> {
        let external = !self.urls.is_empty();
        let internal = self.is_internal();
        ensure(!(internal && external), || {
            "--turn-url names another TURN server: leave out --turn and --turn-tls, or leave it \
             out."
                .to_owned()
        })?;
        ensure(!external || self.secret.is_some(), || {
            "--turn-url wants --turn-secret: the secret that the other TURN server makes its \
             credentials with (coturn: static-auth-secret)."
                .to_owned()
        })?;
        ensure(internal || external || self.secret.is_none(), || {
            "--turn-secret is of no use alone: give --turn, or --turn-url for another TURN server."
                .to_owned()
        })?;
        if !internal {
            self.refuse_unused_flags()?;
        }
        let has_certificate = self.tls.is_some() || !matches!(tls, TlsConfig::Off);
        ensure(self.listen_tls.is_empty() || has_certificate, || {
            "--turn-tls wants the relay's certificate: give --tls-cert and --tls-key, or --acme."
                .to_owned()
        })?;
        if let Some(secret) = &self.secret {
            ensure(secret.len_bytes() >= MIN_SECRET_CHARS, || {
                format!(
                    "--turn-secret has {} characters; it has at least {MIN_SECRET_CHARS}.",
                    secret.len_bytes()
                )
            })?;
        }
        within(
            "--turn-allocations",
            self.allocations,
            1..=10_000,
            "a member",
        )?;
        ensure(TTL_RANGE.contains(&self.ttl), || {
            format!(
                "--turn-ttl is {:?}; it is from {:?} to {:?}.",
                self.ttl,
                TTL_RANGE.start(),
                TTL_RANGE.end()
            )
        })?;
        self.check_host()?;
        self.check_public_ips()?;
        self.check_ports()
    }

    /// Refuses flags that have no effect without an own TURN server.
    fn refuse_unused_flags(&self) -> Result<(), ConfigError> {
        let default = Self::default();
        for (flag, given) in [
            ("--public-ip", !self.public_ips.is_empty()),
            ("--turn-host", self.host.is_some()),
            ("--turn-allow-peer", !self.allow_peers.is_empty()),
            ("--turn-without-consent", self.consent != default.consent),
            ("--turn-ports", self.ports != default.ports),
            (
                "--turn-allocations",
                self.allocations != default.allocations,
            ),
            (
                "--turn-member-megabits",
                self.member_megabits != default.member_megabits,
            ),
            (
                "--turn-total-megabits",
                self.total_megabits != default.total_megabits,
            ),
        ] {
            ensure(!given, || {
                format!("{flag} is of no use without --turn or --turn-tls: give one of them too.")
            })?;
        }
        Ok(())
    }

    fn check_host(&self) -> Result<(), ConfigError> {
        let host = self.host.as_deref().unwrap_or("localhost");
        ensure(host_of(host).is_ok(), || {
            format!("--turn-host is \"{host}\"; write a name, an IPv4 address or [an IPv6 one].")
        })
    }

    fn check_public_ips(&self) -> Result<(), ConfigError> {
        for ip in &self.public_ips {
            ensure(!ip.is_unspecified() && !ip.is_multicast(), || {
                format!("--public-ip is {ip}, at which nobody can be reached.")
            })?;
            let same_family = self
                .public_ips
                .iter()
                .filter(|other| other.is_ipv4() == ip.is_ipv4());
            ensure(same_family.count() == 1, || {
                format!("--public-ip {ip}: give at most one IPv4 address and one IPv6 address.")
            })?;
        }
        Ok(())
    }

    fn check_ports(&self) -> Result<(), ConfigError> {
        let (first, last) = (*self.ports.start(), *self.ports.end());
        ensure(self.ports.len() >= MIN_PORTS, || {
            format!(
                "--turn-ports {first}-{last}: at least {MIN_PORTS} ports are needed, as every \
                 link of a member takes one or more."
            )
        })?;
        ensure(first >= FIRST_UNPRIVILEGED_PORT, || {
            format!(
                "--turn-ports {first}-{last}: ports below {FIRST_UNPRIVILEGED_PORT} belong to the \
                 system."
            )
        })?;
        for address in self.listen.iter().chain(&self.listen_tls) {
            ensure(!self.ports.contains(&address.port()), || {
                format!(
                    "--turn-ports {first}-{last} holds port {} of --turn or --turn-tls; choose \
                     ports apart from it.",
                    address.port()
                )
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut TurnConfig), expect: &str) {
        let mut config = TurnConfig {
            listen: vec!["127.0.0.1:3478".parse().unwrap()],
            ..TurnConfig::default()
        };
        change(&mut config);
        let sentence = config
            .check(&TlsConfig::Off)
            .err()
            .map_or_else(String::new, |error| error.to_string());
        assert!(
            sentence.starts_with(expect) && sentence.is_empty() == expect.is_empty(),
            "{expect:?}: {sentence}"
        );
    }

    fn external(config: &mut TurnConfig) {
        config.listen.clear();
        config.urls = vec!["turn:turn.example.org".to_owned()];
        config.secret = Some(Secret::new("long enough"));
    }

    #[test]
    fn valid_config_is_accepted() {
        check(|_| (), "");
        check(|config| config.listen.clear(), "");
        check(external, "");
        check(|config| config.public_ips = vec![[192, 0, 2, 1].into()], "");
        check(|config| config.ports = 1024..=1039, "");
        check(|config| config.host = Some("[::1]".to_owned()), "");
    }

    #[test]
    fn invalid_config_is_refused_with_its_flag() {
        check(
            |config| {
                external(config);
                config.listen = vec!["127.0.0.1:3478".parse().unwrap()];
            },
            "--turn-url names another TURN server",
        );
        check(
            |config| {
                external(config);
                config.secret = None;
            },
            "--turn-url wants --turn-secret",
        );
        check(
            |config| {
                external(config);
                config.urls.clear();
            },
            "--turn-secret is of no use alone",
        );
        check(
            |config| {
                external(config);
                config.public_ips = vec![[192, 0, 2, 1].into()];
            },
            "--public-ip is of no use",
        );
        check(
            |config| {
                config.listen.clear();
                config.ports = 50_000..=50_100;
            },
            "--turn-ports is of no use without --turn",
        );
        check(
            |config| {
                config.listen.clear();
                config.host = Some("turn.example.org".to_owned());
            },
            "--turn-host is of no use without --turn",
        );
        check(
            |config| config.listen_tls = vec!["127.0.0.1:5349".parse().unwrap()],
            "--turn-tls wants the relay's certificate",
        );
        check(
            |config| config.secret = Some(Secret::new("north")),
            "--turn-secret has 5 characters; it has at least 8.",
        );
        check(
            |config| config.allocations = 0,
            "--turn-allocations is 0; it is from 1 to 10000 a member.",
        );
        check(
            |config| config.ttl = Duration::from_secs(1),
            "--turn-ttl is 1s; it is from 60s to 86400s.",
        );
        for host in [
            "https://turn",
            "turn.example.org:3478",
            "192.0.2",
            "a..b",
            "*.b",
        ] {
            check(
                |config| config.host = Some(host.to_owned()),
                &format!("--turn-host is \"{host}\""),
            );
        }
        check(
            |config| config.public_ips = vec![[0, 0, 0, 0].into()],
            "--public-ip is 0.0.0.0, at which nobody can be reached.",
        );
        check(
            |config| config.public_ips = vec![[192, 0, 2, 1].into(), [192, 0, 2, 2].into()],
            "--public-ip 192.0.2.1: give at most one",
        );
        check(
            |config| config.ports = 50_000..=50_014,
            "--turn-ports 50000-50014: at least 16 ports",
        );
        check(
            |config| config.ports = 1000..=2000,
            "--turn-ports 1000-2000: ports below 1024",
        );
        check(
            |config| config.ports = 3000..=4000,
            "--turn-ports 3000-4000 holds port 3478",
        );
    }
}
