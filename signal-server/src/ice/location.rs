//! Parses `HOST[:PORT][?transport=udp|tcp]` (RFC 7064, 3.1; RFC 7065, 3.1).
//!
//! Invariant: pure. The result is ASCII that every browser parses in the same way. A location that a
//! browser refuses or cannot resolve is an error.

use std::net::Ipv4Addr;

use url::Host;

/// RFC 1035, 2.3.4.
const MAX_LABEL_BYTES: usize = 63;
const MAX_NAME_BYTES: usize = 253;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    #[error("there is no usable host: write its name, an IPv4 address or [an IPv6 address]")]
    Host,
    #[error("an IPv6 address stands in brackets: write [2001:db8::5] or [2001:db8::5]:3478")]
    Brackets,
    #[error("behind the host there is no port from 1 to 65535: write HOST:3478, or HOST alone")]
    Port,
    #[error(
        "behind a ? there is only transport=udp or transport=tcp, and only for TURN: write \
         turn:…@HOST?transport=tcp, or leave the ?transport=… out"
    )]
    Transport,
}

#[derive(Debug)]
pub(super) struct Location {
    host: Host,
    port: Option<u16>,
    transport: Option<&'static str>,
}

impl Location {
    pub(super) fn parse(text: &str) -> Result<Self, LocationError> {
        let (authority, transport) = match text.split_once('?') {
            Some((authority, query)) => (authority, Some(transport(query)?)),
            None => (text, None),
        };
        let (host, port) = split_port(authority)?;
        Ok(Self {
            host: host_of(host)?,
            port: port.map(port_of).transpose()?,
            transport,
        })
    }

    pub(super) fn without_transport(self) -> Result<Self, LocationError> {
        match self.transport {
            None => Ok(self),
            Some(_) => Err(LocationError::Transport),
        }
    }

    pub(super) fn url(&self, scheme: &str) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let transport = self
            .transport
            .map(|transport| format!("?transport={transport}"))
            .unwrap_or_default();
        format!("{scheme}:{}{port}{transport}", self.host)
    }
}

fn transport(query: &str) -> Result<&'static str, LocationError> {
    let is = |expected: &str| query.eq_ignore_ascii_case(expected);
    match (is("transport=udp"), is("transport=tcp")) {
        (true, _) => Ok("udp"),
        (_, true) => Ok("tcp"),
        (false, false) => Err(LocationError::Transport),
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), LocationError> {
    if authority.starts_with('[') {
        let end = authority.find(']').ok_or(LocationError::Brackets)? + 1;
        let (host, rest) = authority.split_at(end);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(LocationError::Port),
        };
    }
    match authority.split_once(':') {
        Some((_, port)) if port.contains(':') => Err(LocationError::Brackets),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

fn port_of(text: &str) -> Result<u16, LocationError> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|port| is_digits && *port != 0)
        .ok_or(LocationError::Port)
}

/// Parses a resolvable name or a complete address.
pub(crate) fn host_of(text: &str) -> Result<Host, LocationError> {
    // A STUN URL has no percent-encoding in its host.
    if text.contains('%') {
        return Err(LocationError::Host);
    }
    match Host::parse(text).map_err(|_| LocationError::Host)? {
        // `Host::parse` completes a partial IPv4 address to another one.
        Host::Ipv4(ip) if text.parse() == Ok::<Ipv4Addr, _>(ip) => Ok(Host::Ipv4(ip)),
        Host::Ipv4(_) => Err(LocationError::Host),
        Host::Ipv6(ip) => Ok(Host::Ipv6(ip)),
        Host::Domain(name) => match is_name(&name) {
            true => Ok(Host::Domain(name)),
            false => Err(LocationError::Host),
        },
    }
}

/// Whether the name is resolvable.
fn is_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let letters = |label: &str| {
        label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= MAX_NAME_BYTES
        && name
            .split('.')
            .all(|label| (1..=MAX_LABEL_BYTES).contains(&label.len()) && letters(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<&str, LocationError>) {
        let found = Location::parse(text).map(|location| location.url("turn"));
        assert_eq!(found, expect.map(|rest| format!("turn:{rest}")), "{text}");
    }

    #[test]
    fn ice_server_location_is_normalized() {
        for text in [
            "turn.example.org",
            "turn.example.org:3478",
            "turn_1.example.org.",
            "localhost",
            "192.0.2.1:1",
            "192.0.2.1:65535?transport=udp",
            "[2001:db8::1]",
            "[2001:db8::1]:3478?transport=tcp",
        ] {
            check(text, Ok(text));
        }
        check(
            "TURN.Example.org?Transport=TCP",
            Ok("turn.example.org?transport=tcp"),
        );
        check("[2001:DB8:0:0::1]", Ok("[2001:db8::1]"));
        check("turn.example.org:03478", Ok("turn.example.org:3478"));
    }

    #[test]
    fn invalid_ice_server_location_is_refused() {
        use LocationError::{Brackets, Host, Port, Transport};
        for (text, expect) in [
            ("", Host),
            (":3478", Host),
            ("a b", Host),
            ("a..b", Host),
            (".a", Host),
            ("a/b", Host),
            ("a\tb", Host),
            ("ex*mple.org", Host),
            ("turn.example.org%20", Host),
            ("192.0.2", Host),
            ("192.0.2.256", Host),
            ("0x7f.1", Host),
            ("[2001:db8::1%25eth0]", Host),
            ("[]", Host),
            ("[192.0.2.1]", Host),
            ("2001:db8::1", Brackets),
            ("[2001:db8::1", Brackets),
            ("turn.example.org:", Port),
            ("turn.example.org:0", Port),
            ("turn.example.org:65536", Port),
            ("turn.example.org:+80", Port),
            ("turn.example.org:3478/", Port),
            ("turn.example.org:turn", Port),
            ("[2001:db8::1]3478", Port),
            ("turn.example.org?", Transport),
            ("turn.example.org?transport=sctp", Transport),
            ("turn.example.org?transport=tls", Transport),
            ("turn.example.org?transport=tcp&x=y", Transport),
            ("turn.example.org?transport = tcp", Transport),
            ("turn.example.org?transport=tcp ", Transport),
            ("turn.example.org?tcp", Transport),
        ] {
            check(text, Err(expect));
        }
        let long = "a".repeat(64);
        check(&format!("{long}.example.org"), Err(Host));
        check(&vec!["a".repeat(50); 6].join("."), Err(Host));
    }
}
