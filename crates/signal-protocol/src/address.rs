//! The address of a relay as a person writes it: `relay.example.org`, `192.168.1.5:8787`,
//! `https://relay.example.org`.
//!
//! Invariant: a host that can be reached from outside uses TLS unless the person wrote `http://` or
//! `ws://`. Addresses inside one network have no certificates, so they use none.

use std::{fmt, str::FromStr};

use serde::Serialize;
use url::{Host, Url};

/// The port of `signal-server` and of the app's own relay.
const PLAIN_PORT: u16 = 8787;
const TLS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;
/// Length of a wrong address in its error.
const SHOWN_CHARS: usize = 100;

/// Host, port and transport: with TLS or without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelayAddress {
    host: Host,
    port: u16,
    secure: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AddressError {
    #[error("Enter the relay's address, like relay.example.org or 192.168.1.5:8787.")]
    #[serde(rename = "no-address")]
    Empty,
    #[serde(rename = "not-an-address")]
    #[error("\"{text}\" is not an address. Enter one like relay.example.org or 192.168.1.5:8787.")]
    Malformed { text: String },
    #[error(
        "An address has no name or password before an @. Enter one like relay.example.org or \
         192.168.1.5:8787."
    )]
    #[serde(rename = "address-with-credentials")]
    Credentials,
    #[serde(rename = "unknown-scheme")]
    #[error("\"{scheme}:\" is not a way to reach a relay. Start with https:// or leave it out.")]
    Scheme { scheme: String },
}

impl RelayAddress {
    /// # Errors
    /// A sentence that shows the form of an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let (secure, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "" | "snug" => (None, PLAIN_PORT),
            "https" | "wss" => (Some(true), TLS_PORT),
            "http" | "ws" => (Some(false), HTTP_PORT),
            other => {
                return Err(AddressError::Scheme {
                    scheme: shown(other),
                });
            }
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(AddressError::Credentials);
        }
        let malformed = || AddressError::Malformed { text: shown(text) };
        // `https` gives the WHATWG host rules. Its default port is parsed as no port.
        let url = Url::parse(&format!("https://{rest}")).map_err(|_| malformed())?;
        let host = url.host().map(|host| host.to_owned());
        let host = host.and_then(without_root).ok_or_else(malformed)?;
        let secure = secure.unwrap_or_else(|| !is_local(&host));
        let explicit = url
            .port()
            .or_else(|| has_port(rest, TLS_PORT).then_some(TLS_PORT));
        let port = explicit.unwrap_or(if secure { TLS_PORT } else { default_port });
        if port == 0 {
            return Err(malformed());
        }
        Ok(Self { host, port, secure })
    }

    /// The address of a relay without TLS on this host and port.
    #[must_use]
    pub fn plain(address: std::net::SocketAddr) -> Self {
        let host = match address.ip() {
            std::net::IpAddr::V4(ip) => Host::Ipv4(ip),
            std::net::IpAddr::V6(ip) => Host::Ipv6(ip),
        };
        Self {
            host,
            port: address.port(),
            secure: false,
        }
    }

    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// `wss://HOST[:PORT]/ws`
    #[must_use]
    pub fn websocket_url(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{}{}", self.origin(scheme), crate::WEBSOCKET_PATH)
    }

    /// `https://HOST[:PORT]`
    #[must_use]
    pub fn web_origin(&self) -> String {
        self.origin(if self.secure { "https" } else { "http" })
    }

    fn origin(&self, scheme: &str) -> String {
        let default = if self.secure { TLS_PORT } else { HTTP_PORT };
        if self.port == default {
            format!("{scheme}://{}", self.host)
        } else {
            format!("{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// The shortest text that parses to the same address.
impl fmt::Display for RelayAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.secure, is_local(&self.host)) {
            (true, false) if self.port == TLS_PORT => write!(formatter, "{}", self.host),
            (true, false) => write!(formatter, "{}:{}", self.host, self.port),
            (false, true) => write!(formatter, "{}:{}", self.host, self.port),
            (true, true) | (false, false) => formatter.write_str(&self.web_origin()),
        }
    }
}

impl FromStr for RelayAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

/// Whether only this computer or this network reaches the host. A name without a dot is local: no
/// authority certifies it.
fn is_local(host: &Host) -> bool {
    match host {
        Host::Domain(name) => {
            !name.contains('.') || name.ends_with(".localhost") || name.ends_with(".local")
        }
        Host::Ipv4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Host::Ipv6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Name servers write `relay.example.org` as `relay.example.org.`.
fn without_root(host: Host) -> Option<Host> {
    match host {
        Host::Domain(name) if name.ends_with('.') => Host::parse(name.trim_end_matches('.')).ok(),
        Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_) => Some(host),
    }
}

/// The typed text, cut to the length that an error shows.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn has_port(rest: &str, port: u16) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once(':')
        .is_some_and(|(_, written)| written.parse() == Ok(port))
}
