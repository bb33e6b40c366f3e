//! Parses STUN and TURN URLs of `RTCIceServer.urls` (RFC 7064, RFC 7065).
//!
//! Invariant: a parsed server is usable: its scheme is supported, its host is not empty, its port
//! is not 0, and a TURN server has credentials.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

const DEFAULT_PORT: u16 = 3478;
const DEFAULT_TLS_PORT: u16 = 5349;

/// Transport between the client and a TURN server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelayTransport {
    /// `turn:` with `transport=udp`, or without a transport.
    Udp,
    /// `turn:` with `transport=tcp`.
    Tcp,
    /// `turns:`, by TCP.
    Tls,
}

/// A STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Server {
    /// The URL as given. Candidates and errors report it.
    pub url: String,
    /// Where it is.
    pub host: Host,
    /// Not 0. Without one in the URL: 3478, or 5349 for TLS.
    pub port: u16,
    /// What it is asked for.
    pub kind: ServerKind,
}

/// Host of a server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// An address, of IPv4 or IPv6.
    Address(IpAddr),
    /// A name in lower case, for the caller to resolve.
    Name(String),
}

/// What a server is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ServerKind {
    /// The mapped address of a socket.
    Stun,
    /// To relay.
    Turn {
        /// How the client reaches it.
        by: RelayTransport,
        /// What it wants to be shown.
        credentials: Credentials,
    },
}

/// Long-term credentials (RFC 8489, 9.2).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// At most 508 bytes.
    pub username: String,
    /// Never sent; requests are signed with it.
    pub password: String,
}

// Keeps the password out of logs.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .finish_non_exhaustive()
    }
}

/// Why a URL is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// No scheme of the two RFCs, or a part that makes no sense.
    #[error("the URL is not one of RFC 7064 or RFC 7065")]
    Malformed,
    /// Valid, but not supported here.
    #[error(
        "STUN over TLS and TURN over DTLS are not supported: use stun:, turn: or turns: by TCP"
    )]
    Unsupported,
    /// `turn:` or `turns:` without credentials.
    #[error("a TURN server needs a username and a credential")]
    NoCredentials,
}

impl Credentials {
    /// `None` if either is missing.
    #[must_use]
    pub fn new(username: Option<&str>, password: Option<&str>) -> Option<Self> {
        Some(Self {
            username: username?.to_owned(),
            password: password?.to_owned(),
        })
    }
}

/// Parses a `stun:`, `turn:` or `turns:` URL. Credentials are for TURN alone.
///
/// # Errors
/// The reason why the URL is not usable.
pub fn parse_url(url: &str, credentials: Option<&Credentials>) -> Result<Server, ServerError> {
    let (scheme, rest) = url.split_once(':').ok_or(ServerError::Malformed)?;
    let (authority, query) = match rest.split_once('?') {
        Some((authority, query)) => (authority, Some(query)),
        None => (rest, None),
    };
    let transport = match query.map(|query| query.split_once('=')) {
        None => None,
        Some(Some(("transport", transport))) => Some(transport.to_ascii_lowercase()),
        Some(_) => return Err(ServerError::Malformed),
    };
    let (by, default_port) = match (scheme.to_ascii_lowercase().as_str(), transport.as_deref()) {
        ("stun", None) => (None, DEFAULT_PORT),
        ("turn", None | Some("udp")) => (Some(RelayTransport::Udp), DEFAULT_PORT),
        ("turn", Some("tcp")) => (Some(RelayTransport::Tcp), DEFAULT_PORT),
        ("turns", None | Some("tcp")) => (Some(RelayTransport::Tls), DEFAULT_TLS_PORT),
        ("stuns", None) | ("turns", Some("udp")) => return Err(ServerError::Unsupported),
        _ => return Err(ServerError::Malformed),
    };
    let (host, port) = parse_authority(authority).ok_or(ServerError::Malformed)?;
    let kind = match by {
        None => ServerKind::Stun,
        Some(by) => ServerKind::Turn {
            by,
            credentials: credentials.cloned().ok_or(ServerError::NoCredentials)?,
        },
    };
    Ok(Server {
        url: url.to_owned(),
        host,
        port: port.unwrap_or(default_port),
        kind,
    })
}

fn parse_authority(authority: &str) -> Option<(Host, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port = match port {
            "" => None,
            port => Some(parse_port(port.strip_prefix(':')?)?),
        };
        return Some((Host::Address(address.into()), port));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(parse_port(port)?)),
        None => (authority, None),
    };
    if let Ok(address) = host.parse() {
        return Some((Host::Address(address), port));
    }
    is_host_name(host).then(|| (Host::Name(host.to_ascii_lowercase()), port))
}

fn parse_port(text: &str) -> Option<u16> {
    // `parse` accepts a plus sign.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|port| *port != 0)
}

fn is_host_name(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 253
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expect: Result<(&str, u16, Option<RelayTransport>), ServerError>) {
        let credentials = Credentials {
            username: "name".into(),
            password: "word".into(),
        };
        let parsed = parse_url(url, Some(&credentials)).map(|server| {
            let host = match server.host {
                Host::Address(address) => address.to_string(),
                Host::Name(name) => name,
            };
            let by = match server.kind {
                ServerKind::Stun => None,
                ServerKind::Turn { by, .. } => Some(by),
            };
            (host, server.port, by)
        });
        let expect = expect.map(|(host, port, by)| (host.to_owned(), port, by));
        assert_eq!(parsed, expect, "{url}");
    }

    #[test]
    fn url_is_parsed() {
        use RelayTransport::{Tcp, Tls, Udp};
        check("stun:example.org", Ok(("example.org", 3478, None)));
        check("STUN:Example.org:19302", Ok(("example.org", 19302, None)));
        check("stun:192.0.2.1", Ok(("192.0.2.1", 3478, None)));
        check("stun:[2001:db8::1]:5", Ok(("2001:db8::1", 5, None)));
        check("stun:[2001:db8::1]", Ok(("2001:db8::1", 3478, None)));
        check("turn:example.org", Ok(("example.org", 3478, Some(Udp))));
        check("turn:a.b?transport=udp", Ok(("a.b", 3478, Some(Udp))));
        check("turn:a.b:80?transport=tcp", Ok(("a.b", 80, Some(Tcp))));
        check("turn:a.b?transport=TCP", Ok(("a.b", 3478, Some(Tcp))));
        check("turns:a.b", Ok(("a.b", 5349, Some(Tls))));
        check("turns:[::1]:443?transport=tcp", Ok(("::1", 443, Some(Tls))));
    }

    #[test]
    fn other_url_is_refused() {
        for url in [
            "",
            "stun",
            "stun:",
            "stun::3478",
            "stun://example.org",
            "stun:example.org/path",
            "stun:user@example.org",
            "stun:example.org:0",
            "stun:example.org:65536",
            "stun:example.org:+1",
            "stun:example.org:",
            "stun:example.org?transport=udp",
            "stun:2001:db8::1",
            "stun:[2001:db8::1",
            "stun:[192.0.2.1]",
            "stun:[::1]x",
            "turn:a.b?transport=sctp",
            "turn:a.b?transport",
            "turn:a.b?foo=udp",
            "turn:a.b?",
            "http:a.b",
            "turn:exämple.org",
        ] {
            check(url, Err(ServerError::Malformed));
        }
        check("stuns:a.b", Err(ServerError::Unsupported));
        check("turns:a.b?transport=udp", Err(ServerError::Unsupported));
    }

    #[test]
    fn turn_url_without_credentials_is_refused() {
        let refused = parse_url("turn:a.b", None);
        assert_eq!(refused, Err(ServerError::NoCredentials));
        assert!(parse_url("stun:a.b", None).is_ok());
    }

    #[test]
    fn password_is_not_in_the_log() {
        let credentials = Credentials::new(Some("name"), Some("hidden word")).unwrap();
        let parsed = parse_url("turn:a.b", Some(&credentials));
        assert!(parsed.is_ok());
        assert!(!format!("{parsed:?}").contains("hidden"));
    }

    #[test]
    fn incomplete_credentials_are_none() {
        assert_eq!(Credentials::new(Some("name"), None), None);
        assert_eq!(Credentials::new(None, Some("word")), None);
    }
}
