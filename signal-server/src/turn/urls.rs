//! STUN and TURN URLs for members (RFC 7064, RFC 7065).
//!
//! Invariant: pure. The configured host goes first, then the public addresses, then the host that
//! the member used for the relay. A certificate holds names, so `turns:` prefers a name.

use std::net::{IpAddr, SocketAddr};

use url::Host;

#[derive(Debug, Default)]
pub(super) struct Urls {
    pub(super) host: Option<String>,
    pub(super) public_ips: Vec<IpAddr>,
    /// Listeners for UDP and TCP.
    pub(super) plain: Vec<SocketAddr>,
    pub(super) tls: Vec<SocketAddr>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct UrlList {
    pub(super) stun: Vec<String>,
    pub(super) turn: Vec<String>,
}

impl Urls {
    /// `reached` is the host that the member used for the relay, with or without a port.
    pub(super) fn list(&self, reached: Option<&str>) -> UrlList {
        let reached = reached.and_then(host_of);
        let plain = authorities(&self.hosts(reached.as_ref()), &self.plain);
        let tls = authorities(&self.tls_hosts(reached.as_ref()), &self.tls);
        let mut turn = Vec::new();
        for authority in &plain {
            turn.push(format!("turn:{authority}?transport=udp"));
            turn.push(format!("turn:{authority}?transport=tcp"));
        }
        turn.extend(
            tls.iter()
                .map(|authority| format!("turns:{authority}?transport=tcp")),
        );
        let stun = plain.iter().map(|authority| format!("stun:{authority}"));
        UrlList {
            stun: stun.collect(),
            turn,
        }
    }

    fn hosts(&self, reached: Option<&Host>) -> Vec<Host> {
        if let Some(host) = self.host.as_deref().and_then(host_of) {
            return vec![host];
        }
        if !self.public_ips.is_empty() {
            return self.public_ips.iter().copied().map(host_at).collect();
        }
        reached.cloned().into_iter().collect()
    }

    fn tls_hosts(&self, reached: Option<&Host>) -> Vec<Host> {
        match (&self.host, reached) {
            (None, Some(Host::Domain(name))) => vec![Host::Domain(name.clone())],
            (None, Some(Host::Ipv4(_) | Host::Ipv6(_)) | None) | (Some(_), _) => {
                self.hosts(reached)
            }
        }
    }
}

/// Distinct `host:port` pairs in order. A name goes with every listener, an address with the
/// listeners of its family.
fn authorities(hosts: &[Host], listeners: &[SocketAddr]) -> Vec<String> {
    let mut found = Vec::new();
    for host in hosts {
        for listener in listeners {
            let fits = match host {
                Host::Domain(_) => true,
                Host::Ipv4(_) => listener.is_ipv4(),
                Host::Ipv6(_) => listener.is_ipv6(),
            };
            let authority = format!("{host}:{}", listener.port());
            if fits && !found.contains(&authority) {
                found.push(authority);
            }
        }
    }
    found
}

fn host_of(text: &str) -> Option<Host> {
    let host = match text.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => host,
        Some(_) | None => text,
    };
    Host::parse(host).ok()
}

fn host_at(ip: IpAddr) -> Host {
    match ip {
        IpAddr::V4(ip) => Host::Ipv4(ip),
        IpAddr::V6(ip) => Host::Ipv6(ip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(host: Option<&str>, public_ips: &[&str], plain: &[&str], tls: &[&str]) -> Urls {
        Urls {
            host: host.map(str::to_owned),
            public_ips: public_ips.iter().map(|ip| ip.parse().unwrap()).collect(),
            plain: plain.iter().map(|at| at.parse().unwrap()).collect(),
            tls: tls.iter().map(|at| at.parse().unwrap()).collect(),
        }
    }

    fn check(urls: &Urls, reached: Option<&str>, stun: &[&str], turn: &[&str]) {
        let list = urls.list(reached);
        assert_eq!(list.stun, stun, "{reached:?}");
        assert_eq!(list.turn, turn, "{reached:?}");
    }

    #[test]
    fn host_of_the_relay_is_used_for_turn() {
        let both = urls(None, &[], &["0.0.0.0:3478", "[::]:3478"], &["0.0.0.0:5349"]);
        check(
            &both,
            Some("relay.example.org:8443"),
            &["stun:relay.example.org:3478"],
            &[
                "turn:relay.example.org:3478?transport=udp",
                "turn:relay.example.org:3478?transport=tcp",
                "turns:relay.example.org:5349?transport=tcp",
            ],
        );
        check(
            &both,
            Some("[2001:db8::1]:8787"),
            &["stun:[2001:db8::1]:3478"],
            &[
                "turn:[2001:db8::1]:3478?transport=udp",
                "turn:[2001:db8::1]:3478?transport=tcp",
            ],
        );
        let only_v4 = urls(None, &[], &["0.0.0.0:3478"], &[]);
        check(&only_v4, Some("[::1]:8787"), &[], &[]);
        for nonsense in [None, Some(""), Some("a b"), Some("//evil"), Some("[::1")] {
            check(&only_v4, nonsense, &[], &[]);
        }
    }

    #[test]
    fn public_addresses_precede_it_except_for_turns() {
        let public = ["192.0.2.1", "2001:db8::1"];
        let urls = urls(
            None,
            &public,
            &["0.0.0.0:3478", "[::]:3479"],
            &["0.0.0.0:443"],
        );
        check(
            &urls,
            Some("relay.example.org"),
            &["stun:192.0.2.1:3478", "stun:[2001:db8::1]:3479"],
            &[
                "turn:192.0.2.1:3478?transport=udp",
                "turn:192.0.2.1:3478?transport=tcp",
                "turn:[2001:db8::1]:3479?transport=udp",
                "turn:[2001:db8::1]:3479?transport=tcp",
                "turns:relay.example.org:443?transport=tcp",
            ],
        );
    }

    #[test]
    fn configured_host_precedes_all() {
        let urls = urls(
            Some("turn.example.org"),
            &["192.0.2.1"],
            &["0.0.0.0:3478"],
            &["0.0.0.0:443"],
        );
        check(
            &urls,
            Some("relay.example.org"),
            &["stun:turn.example.org:3478"],
            &[
                "turn:turn.example.org:3478?transport=udp",
                "turn:turn.example.org:3478?transport=tcp",
                "turns:turn.example.org:443?transport=tcp",
            ],
        );
    }
}
