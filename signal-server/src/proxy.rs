//! The client's address behind a proxy.
//!
//! Invariant: a forwarded address counts only if a trusted proxy wrote it. Of several addresses,
//! the last one that is not a trusted proxy is the client's, since anybody can write those before
//! it. If an element has no address, its client counts as the proxy that wrote it.

mod node;
mod notices;

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, header};

use crate::network::Network;
pub(crate) use notices::Notices;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Not read: most proxies forward the client's own values.
const NOT_READ: [HeaderName; 2] = [header::FORWARDED, HeaderName::from_static("x-real-ip")];

/// The client's address, and how the request shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origination {
    /// The client's address.
    Client(IpAddr),
    /// The same, though a client that is no trusted proxy sent another one.
    Untrusted(IpAddr),
    /// A trusted proxy whose element has no address.
    Unreadable(IpAddr),
    /// A trusted proxy that wrote no address.
    Unnamed(IpAddr),
}

impl Origination {
    pub(crate) fn address(self) -> IpAddr {
        match self {
            Self::Client(address)
            | Self::Untrusted(address)
            | Self::Unreadable(address)
            | Self::Unnamed(address) => address,
        }
    }
}

pub(crate) fn origination(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Origination {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        let names_another = headers.contains_key(FORWARDED_FOR)
            || NOT_READ.iter().any(|name| headers.contains_key(name));
        return match names_another {
            true => Origination::Untrusted(peer),
            false => Origination::Client(peer),
        };
    }
    let mut client = Origination::Unnamed(peer);
    for element in elements(headers) {
        let Some(address) = node::address(&element) else {
            return Origination::Unreadable(client.address());
        };
        client = Origination::Client(address);
        if !is_trusted(address, trusted) {
            break;
        }
    }
    client
}

pub(crate) fn is_trusted(peer: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(peer))
}

/// The last one first. RFC 9110, 5.6.1: empty elements do not count.
fn elements(headers: &HeaderMap) -> impl Iterator<Item = String> {
    headers
        .get_all(FORWARDED_FOR)
        .iter()
        .rev()
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
        .map(|element| String::from_utf8_lossy(element.trim_ascii()).into_owned())
        .filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn check(peer: &str, forwarded: &[&str], expect: &str) {
        let mut headers = HeaderMap::new();
        for row in forwarded {
            headers.append(FORWARDED_FOR, row.parse().unwrap());
        }
        check_headers(peer, &headers, expect);
    }

    fn check_headers(peer: &str, headers: &HeaderMap, expect: &str) {
        let trusted = ["10.0.0.0/24", "fd00::/8", "::ffff:172.16.0.0/108"]
            .map(|network| network.parse().unwrap());
        let found = origination(peer.parse().unwrap(), headers, &trusted);
        let remark = match found {
            Origination::Client(_) => "",
            Origination::Untrusted(_) => " untrusted",
            Origination::Unreadable(_) => " unreadable",
            Origination::Unnamed(_) => " unnamed",
        };
        let said = format!("{}{remark}", found.address());
        assert_eq!(said, expect, "{peer} {headers:?}");
    }

    #[test]
    fn forwarded_address_counts_only_from_a_trusted_proxy() {
        check("192.0.2.9", &[], "192.0.2.9");
        check("192.0.2.9", &["198.51.100.7"], "192.0.2.9 untrusted");
        check(PROXY, &["198.51.100.7"], "198.51.100.7");
        check("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("fd00::1", &["2001:db8::7"], "2001:db8::7");
        check("172.17.0.1", &["2001:db8::7"], "2001:db8::7");
        check("::ffff:172.17.0.1", &["2001:db8::7"], "2001:db8::7");
        check(PROXY, &[], "10.0.0.1 unnamed");
    }

    #[test]
    fn last_address_that_is_no_proxy_is_the_client() {
        check(PROXY, &["6.6.6.6, 198.51.100.7"], "198.51.100.7");
        check(PROXY, &["6.6.6.6", "198.51.100.7"], "198.51.100.7");
        check(PROXY, &["198.51.100.7, 10.0.0.2, 10.0.0.3"], "198.51.100.7");
        check(PROXY, &["198.51.100.7, ::ffff:172.16.0.2"], "198.51.100.7");
        check(
            PROXY,
            &["198.51.100.7", "10.0.0.2 , [fd00::3]:80"],
            "198.51.100.7",
        );
        check(PROXY, &["10.0.0.2"], "10.0.0.2");
    }

    #[test]
    fn ports_are_dropped_and_invalid_elements_end_the_list() {
        check(PROXY, &["198.51.100.7:4711"], "198.51.100.7");
        check(PROXY, &["[2001:db8::7]:4711"], "2001:db8::7");
        check(PROXY, &["::ffff:198.51.100.7"], "198.51.100.7");
        check(PROXY, &["nonsense"], "10.0.0.1 unreadable");
        check(PROXY, &["nonsense, 10.0.0.2"], "10.0.0.2 unreadable");
        check(PROXY, &["198.51.100.7, nonsense"], "10.0.0.1 unreadable");
        check(PROXY, &[""], "10.0.0.1 unnamed");
    }

    #[test]
    fn forwarded_list_with_empty_elements_is_read() {
        check(PROXY, &["198.51.100.7,"], "198.51.100.7");
        check(PROXY, &[", 198.51.100.7 , ,", ""], "198.51.100.7");
        check(PROXY, &["", " ,\t,"], "10.0.0.1 unnamed");
    }

    /// An open quote of the client does not hide the proxy's part.
    #[test]
    fn forwarded_list_ends_with_the_proxys_element() {
        for begun in ["\"", "for=\"", "[", "6.6.6.6;", "%", "\\"] {
            check(PROXY, &[&format!("{begun}, 198.51.100.7")], "198.51.100.7");
        }
    }

    #[test]
    fn forwarded_list_of_other_bytes_is_unreadable() {
        let mut headers = HeaderMap::new();
        let value = axum::http::HeaderValue::from_bytes(b"198.51.100.7, \xff").unwrap();
        headers.append(FORWARDED_FOR, value);
        check_headers(PROXY, &headers, "10.0.0.1 unreadable");
        let value = axum::http::HeaderValue::from_bytes(b"\xff, 198.51.100.7").unwrap();
        headers.insert(FORWARDED_FOR, value);
        check_headers(PROXY, &headers, "198.51.100.7");
    }

    #[test]
    fn other_headers_of_proxies_are_not_read() {
        for name in NOT_READ {
            let mut headers = HeaderMap::new();
            headers.insert(&name, "198.51.100.7".parse().unwrap());
            check_headers(PROXY, &headers, "10.0.0.1 unnamed");
            check_headers("192.0.2.9", &headers, "192.0.2.9 untrusted");
        }
    }
}
