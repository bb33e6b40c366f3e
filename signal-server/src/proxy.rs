//! Who is behind a proxy.
//!
//! Invariant: a forwarded address is believed only from a proxy that the relay was told of; of a
//! row of addresses, the last one that is no such proxy is the client's, for what stands before it
//! anybody can write.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// What a request says of where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origination {
    /// The client's address.
    Client(IpAddr),
    /// The same, though somebody who is no trusted proxy wrote of another.
    Untrusted(IpAddr),
}

impl Origination {
    pub(crate) fn address(self) -> IpAddr {
        match self {
            Self::Client(address) | Self::Untrusted(address) => address,
        }
    }
}

pub(crate) fn origination(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Origination {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return match headers.contains_key(FORWARDED_FOR) {
            true => Origination::Untrusted(peer),
            false => Origination::Client(peer),
        };
    }
    let mut client = peer;
    let hops = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .rev()
        .flat_map(|row| row.to_str().unwrap_or("").rsplit(','));
    for hop in hops {
        // What is no address was not written by a proxy we trust.
        let Some(address) = address_of(hop.trim()) else {
            break;
        };
        client = address;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    Origination::Client(client)
}

pub(crate) fn is_trusted(peer: IpAddr, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|network| network.contains(&peer))
}

/// Some proxies write the port too.
fn address_of(hop: &str) -> Option<IpAddr> {
    let bare = hop.parse::<IpAddr>().ok();
    let with_port = || {
        hop.parse()
            .ok()
            .map(|socket: std::net::SocketAddr| socket.ip())
    };
    bare.or_else(with_port)
        .map(|address| address.to_canonical())
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
        let trusted = ["10.0.0.0/24".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let found = origination(peer.parse().unwrap(), &headers, &trusted);
        let untrusted = matches!(found, Origination::Untrusted(_));
        let said = format!(
            "{}{}",
            found.address(),
            if untrusted { " untrusted" } else { "" }
        );
        assert_eq!(said, expect, "{peer} {forwarded:?}");
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        check("192.0.2.9", &[], "192.0.2.9");
        check("192.0.2.9", &["198.51.100.7"], "192.0.2.9 untrusted");
        check(PROXY, &["198.51.100.7"], "198.51.100.7");
        check("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("fd00::1", &["2001:db8::7"], "2001:db8::7");
        check(PROXY, &[], PROXY);
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        check(PROXY, &["6.6.6.6, 198.51.100.7"], "198.51.100.7");
        check(PROXY, &["6.6.6.6", "198.51.100.7"], "198.51.100.7");
        check(PROXY, &["198.51.100.7, 10.0.0.2, 10.0.0.3"], "198.51.100.7");
        check(PROXY, &["10.0.0.2"], "10.0.0.2");
    }

    #[test]
    fn ports_are_dropped_and_nonsense_ends_the_row() {
        check(PROXY, &["198.51.100.7:4711"], "198.51.100.7");
        check(PROXY, &["[2001:db8::7]:4711"], "2001:db8::7");
        check(PROXY, &["::ffff:198.51.100.7"], "198.51.100.7");
        check(PROXY, &["nonsense"], PROXY);
        check(PROXY, &["nonsense, 10.0.0.2"], "10.0.0.2");
        check(PROXY, &[""], PROXY);
    }
}
