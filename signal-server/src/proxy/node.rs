//! One element of `X-Forwarded-For`: the node that a proxy names.
//!
//! Invariant: pure. Every form that proxies write is accepted, also that of `Forwarded` (RFC 7239,
//! 6). The result is an address in its canonical form, without port and zone.

use std::net::IpAddr;

const PORT_DIGITS: std::ops::RangeInclusive<usize> = 1..=5;

/// `None` without an address: `unknown`, `_hidden`, `unix:`, or misspelt.
pub(super) fn address(element: &str) -> Option<IpAddr> {
    let node = unquoted(forwarded_for(element)?.trim());
    bracketed(node)
        .unwrap_or_else(|| bare(node).or_else(|| with_port(node)))
        .map(|address| address.to_canonical())
        .filter(|address| !address.is_unspecified())
}

/// RFC 7239, 4: `for=NODE;proto=https`, names in any case. Without `=` it is the node itself.
fn forwarded_for(element: &str) -> Option<&str> {
    if !element.contains('=') {
        return Some(element);
    }
    element.split(';').find_map(|pair| {
        let (name, node) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(node)
    })
}

fn unquoted(node: &str) -> &str {
    let inner = node
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(node).trim()
}

/// `[ADDRESS]` or `[ADDRESS]:PORT`; the outer `None` means that there is no bracket.
fn bracketed(node: &str) -> Option<Option<IpAddr>> {
    let rest = node.strip_prefix('[')?;
    let address = rest.split_once(']').and_then(|(address, behind)| {
        let port = behind.strip_prefix(':').is_none_or(is_port);
        (port && (behind.is_empty() || behind.starts_with(':'))).then(|| bare(address))?
    });
    Some(address)
}

/// RFC 4007, 11.2: the zone is the proxy's own name of a link.
fn bare(address: &str) -> Option<IpAddr> {
    let without_zone = address.split_once('%').map(|(address, _)| address);
    match without_zone {
        Some(address) => address.parse().ok().filter(IpAddr::is_ipv6),
        None => address.parse().ok(),
    }
}

/// An IPv6 address in front of a port is in brackets. Otherwise its end would be ambiguous.
fn with_port(node: &str) -> Option<IpAddr> {
    let (address, port) = node.split_once(':')?;
    let address = address.parse().ok().map(IpAddr::V4)?;
    is_port(port).then_some(address)
}

/// RFC 7239, 6: digits, or a name that hides them.
fn is_port(port: &str) -> bool {
    let digits =
        PORT_DIGITS.contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    digits || port.starts_with('_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(element: &str, expect: Option<&str>) {
        let expect = expect.map(|address| address.parse().unwrap());
        assert_eq!(address(element), expect, "{element:?}");
    }

    #[test]
    fn forwarded_node_in_any_form_is_its_address() {
        for form in [
            "198.51.100.7",
            "198.51.100.7:4711",
            "  198.51.100.7\t",
            "[198.51.100.7]",
            "[198.51.100.7]:4711",
            "::ffff:198.51.100.7",
            "::FFFF:c633:6407",
            "[::ffff:198.51.100.7]:4711",
            "\"198.51.100.7\"",
            "\"198.51.100.7:4711\"",
            "for=198.51.100.7",
            "For=\"198.51.100.7:4711\"",
            "FOR = 198.51.100.7 ; proto=http",
            "proto=http;for=198.51.100.7;by=203.0.113.43",
            "for=\"198.51.100.7:_obfuscated\"",
        ] {
            check(form, Some("198.51.100.7"));
        }
        for form in [
            "2001:db8::7",
            "2001:DB8:0:0::7",
            "[2001:db8::7]",
            "[2001:db8::7]:4711",
            "\"[2001:db8::7]:4711\"",
            "\"2001:db8::7\"",
            "for=\"[2001:db8::7]\"",
            "For=\"[2001:db8::7]:4711\"",
            "for=[2001:db8::7];proto=https",
        ] {
            check(form, Some("2001:db8::7"));
        }
        for form in [
            "fe80::7%eth0",
            "fe80::7%25eth0",
            "[fe80::7%eth0]",
            "[fe80::7%25eth0]:4711",
        ] {
            check(form, Some("fe80::7"));
        }
    }

    #[test]
    fn forwarded_node_without_an_address_is_none() {
        for element in [
            "",
            "unknown",
            "for=unknown",
            "_hidden",
            "for=_SEVKISEK",
            "for=\"\"",
            "for=",
            "proto=https",
            "unix:",
            "unix:/run/proxy.sock",
            "localhost",
            "null",
            "-",
            "198.51.100",
            "198.51.100.256",
            "198.51.100.7%eth0",
            "198.51.100.7:",
            "198.51.100.7:port",
            "198.51.100.7:123456",
            "198.51.100.7/32",
            "198.51.100.7 198.51.100.8",
            "[2001:db8::7",
            "2001:db8::7]",
            "[2001:db8::7]4711",
            "[2001:db8::7]:",
            "[]",
            "[unknown]:80",
            "0.0.0.0",
            "::",
            "\"198.51.100.7",
        ] {
            check(element, None);
        }
    }

    fn ip() -> impl Strategy<Value = IpAddr> {
        prop_oneof![
            any::<std::net::Ipv4Addr>().prop_map(IpAddr::from),
            any::<std::net::Ipv6Addr>().prop_map(IpAddr::from),
        ]
        .prop_filter("an address somebody has", |ip| {
            !ip.to_canonical().is_unspecified()
        })
    }

    proptest! {
        #[test]
        fn forwarded_node_is_read_back(ip in ip(), port: u16) {
            let socket = std::net::SocketAddr::new(ip, port);
            let expect = Some(ip.to_canonical());
            prop_assert_eq!(address(&ip.to_string()), expect);
            prop_assert_eq!(address(&socket.to_string()), expect);
            prop_assert_eq!(address(&format!("for=\"{socket}\"")), expect);
        }

        #[test]
        fn forwarded_node_of_any_text_does_not_panic(text in ".{0,60}") {
            let _ = address(&text);
        }
    }
}
