//! Parses the `Host` header (RFC 9110, 7.2; RFC 3986, 3.2).
//!
//! Invariant: pure. All spellings of one name give the same result.

use std::{fmt, net::IpAddr};

use url::Host;

/// The port is dropped, since any port may lead to the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Authority {
    /// There is no name: the request has an empty host.
    None,
    Of(Named),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Address(IpAddr),
    /// In lower case, and without the dot of the root.
    Name(String),
}

impl Authority {
    /// `None` if it is invalid.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::None);
        }
        // The colons of an IPv6 address are in its brackets.
        let host = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                let is_port = port.is_empty() || port.parse::<u16>().is_ok();
                is_port.then_some(host)?
            }
            Some(_) | None => text,
        };
        Named::parse(host).map(Self::Of)
    }
}

impl Named {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // Decoding would give another name than other programs see.
        if text.contains(['%', '*', ',']) {
            return None;
        }
        match Host::parse(text).ok()? {
            Host::Ipv4(address) => Some(Self::Address(address.into())),
            Host::Ipv6(address) => Some(Self::Address(address.into())),
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(&name);
                let is_name = !name.is_empty() && !name.split('.').any(str::is_empty);
                is_name.then(|| Self::Name(name.to_owned()))
            }
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Of(Named::Address(address)) => address.fmt(formatter),
            Self::Of(Named::Name(name)) => formatter.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let found = Authority::parse(text).map(|authority| authority.to_string());
        assert_eq!(found.as_deref(), expect, "{text:?}");
    }

    #[test]
    fn host_header_is_read_in_every_spelling() {
        for (text, expect) in [
            ("", ""),
            ("meet.example.org", "meet.example.org"),
            ("Meet.Example.ORG:8787", "meet.example.org"),
            ("meet.example.org.", "meet.example.org"),
            ("meet.example.org.:443", "meet.example.org"),
            ("meet.example.org:", "meet.example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("192.0.2.1:8787", "192.0.2.1"),
            ("[2001:db8::1]:8787", "2001:db8::1"),
            ("[::1]", "::1"),
            ("localhost:1", "localhost"),
            ("a_b.example", "a_b.example"),
        ] {
            check(text, Some(expect));
        }
        for text in [
            "meet.example.org:http",
            "meet.example.org:99999",
            "ann@meet.example.org",
            "https://meet.example.org",
            "meet.example.org/r/42",
            "a b",
            "a,b",
            "%6d%65et.example.org",
            "2001:db8::1",
            "[::1",
            "*.example.org",
            "a..b",
            ".",
            ".example.org",
            ":8787",
        ] {
            check(text, None);
        }
    }
}
