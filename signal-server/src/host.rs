//! Host names by which clients may reach the relay.
//!
//! Invariant: a page of another site never counts as the relay's own, whatever address its name
//! resolves to (DNS rebinding: the browser takes the name for the page's own origin, and the `Host`
//! header contains it). So a name that others can own on the internet counts only if a flag, a
//! certificate or a proxy confirms it.

use std::{
    collections::BTreeSet,
    fmt,
    net::IpAddr,
    sync::{Arc, Once},
};

use axum::http::{HeaderMap, Request, header};
use tracing::{debug, warn};

use crate::{
    Config, HostNames, TlsConfig,
    authority::{Authority, Named},
};

/// The origin of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) transport: Transport,
    pub(crate) path: Path,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Transport {
    Plain,
    /// The name for which the client requested the certificate (RFC 6066, 3). A browser stops if
    /// the certificate has another name.
    Tls {
        server_name: Option<Arc<str>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    Direct,
    /// From a public IPv4 address. Everybody can reach this relay as the browser does, so a page
    /// gains nothing from its visitors.
    FromInternet,
    /// From a trusted proxy, or with a header that no browser lets a page add to a WebSocket.
    ByProxy,
}

impl Path {
    pub(crate) fn of(peer: IpAddr, is_trusted_proxy: bool, headers: &HeaderMap) -> Self {
        const PROXY_HEADERS: [&str; 6] = [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
        ];
        let is_passed_on = PROXY_HEADERS.iter().any(|name| headers.contains_key(*name));
        if is_trusted_proxy || is_passed_on {
            Self::ByProxy
        } else if is_public_v4(peer) {
            Self::FromInternet
        } else {
            Self::Direct
        }
    }
}

/// The judgement of a `Host` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Known,
    Unknown,
    /// It is missing, invalid or repeated (RFC 9112, 3.2).
    Malformed,
}

/// Decides whether a request is for this relay.
#[derive(Debug, Clone)]
pub(crate) struct HostCheck(Arc<Names>);

struct Names {
    known: BTreeSet<String>,
    others: Others,
    /// Logs a refusal only once.
    refusal_said: Once,
}

/// The rule for unknown names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    Refused,
    /// Accepted through a proxy, from the internet, and if the name cannot exist on the internet.
    ByProxyOrPrivate,
    Taken,
}

impl HostCheck {
    pub(crate) fn new(config: &Config) -> Self {
        let computer = gethostname::gethostname();
        Self::with_computer(config, &computer.to_string_lossy())
    }

    fn with_computer(config: &Config, computer: &str) -> Self {
        let mut known = BTreeSet::new();
        let mut add = |name: &str| {
            if let Some(Named::Name(name)) = Named::parse(name) {
                known.insert(name);
            }
        };
        add(computer);
        let short = computer.split('.').next().unwrap_or(computer);
        // The name for others in its network (RFC 6762, 3).
        add(&format!("{short}.local"));
        if let TlsConfig::Acme(acme) = &config.tls {
            acme.domains.iter().for_each(|name| add(name));
        }
        if let Some(name) = &config.turn.host {
            add(name);
        }
        config.allowed_origins.hosts().for_each(&mut add);
        let others = match &config.hosts {
            HostNames::Unstated => Others::ByProxyOrPrivate,
            HostNames::These(names) => {
                names.iter().for_each(|name| add(name));
                Others::Refused
            }
            HostNames::Any => Others::Taken,
        };
        Self(Arc::new(Names {
            known,
            others,
            refusal_said: Once::new(),
        }))
    }

    pub(crate) fn judge<B>(&self, request: &Request<B>, arrival: &Arrival) -> Verdict {
        let mut verdict = Verdict::Known;
        let mut lines = request.headers().get_all(header::HOST).iter();
        let host = lines.next().map(|line| line.to_str().ok());
        if lines.next().is_some() {
            return Verdict::Malformed;
        }
        // A request in absolute form has its host twice.
        let target = request.uri().authority().map(|named| Some(named.as_str()));
        for text in [host, target].into_iter().flatten() {
            match text.and_then(Authority::parse) {
                None => return Verdict::Malformed,
                Some(authority) if !self.0.knows(&authority, arrival) => {
                    self.tell_refused(&authority);
                    verdict = Verdict::Unknown;
                }
                Some(_) => {}
            }
        }
        verdict
    }

    fn tell_refused(&self, authority: &Authority) {
        debug!(host = %authority, "unknown host");
        self.0.refusal_said.call_once(|| {
            warn!(
                "requests come for a name that this relay does not know, and are refused: if the \
                 name is yours, give it with --host; SNUG_LOG=debug shows it"
            );
        });
    }
}

impl Names {
    fn knows(&self, authority: &Authority, arrival: &Arrival) -> bool {
        let name = match authority {
            // An address needs no name server, so DNS rebinding cannot change it. Only programs
            // that are no browsers send no host.
            Authority::None | Authority::Of(Named::Address(_)) => return true,
            Authority::Of(Named::Name(name)) => name,
        };
        let is_of_certificate = match &arrival.transport {
            Transport::Tls {
                server_name: Some(wanted),
            } => Named::parse(wanted) == Some(Named::Name(name.clone())),
            Transport::Plain | Transport::Tls { server_name: None } => false,
        };
        is_localhost(name)
            || self.known.contains(name)
            || is_of_certificate
            || match self.others {
                Others::Refused => false,
                Others::ByProxyOrPrivate => arrival.path != Path::Direct || is_private(name),
                Others::Taken => true,
            }
    }
}

/// An address that is not of a home, a VPN or this computer. IPv6 does not show this: behind a
/// firewall everybody has a global address too.
fn is_public_v4(peer: IpAddr) -> bool {
    let IpAddr::V4(ip) = peer.to_canonical() else {
        return false;
    };
    let [first, second, ..] = ip.octets();
    // RFC 6598, which VPNs use too, and RFC 2544.
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_of_benchmarks = first == 198 && (18..20).contains(&second);
    !(first == 0
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || is_shared
        || is_of_benchmarks)
}

/// RFC 6761, 6.3: browsers look up neither.
fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Names that nobody can own on the internet: those without a dot (RFC 7085), and those below
/// domains that are reserved for private networks (RFC 6762, 3 and appendix G; RFC 8375).
fn is_private(name: &str) -> bool {
    const PRIVATE_SUFFIXES: [&str; 8] = [
        ".local",
        ".internal",
        ".home.arpa",
        ".lan",
        ".home",
        ".corp",
        ".intranet",
        ".private",
    ];
    !name.contains('.') || PRIVATE_SUFFIXES.iter().any(|end| name.ends_with(end))
}

impl fmt::Debug for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Names")
            .field("known", &self.known)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
