//! Scope of an IP address: the area that it is reachable from.
//!
//! Invariant: pure. The order of the variants is the order of distance.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AddressScope {
    /// Reachable only from its own computer.
    Computer,
    /// Reachable only from its own network.
    Network,
    Internet,
}

impl AddressScope {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        // Carrier-grade NAT (RFC 6598, 7).
        let is_shared = address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64;
        if address.is_loopback() || address.is_unspecified() {
            Self::Computer
        } else if address.is_private() || address.is_link_local() || is_shared {
            Self::Network
        } else {
            Self::Internet
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            Self::Computer
        } else if address.is_unique_local() || address.is_unicast_link_local() {
            Self::Network
        } else {
            Self::Internet
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expect: AddressScope, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(
                AddressScope::of(address.parse().unwrap()),
                expect,
                "{address}"
            );
        }
    }

    #[test]
    fn scope_of_an_address() {
        check(
            AddressScope::Computer,
            &["127.0.0.1", "127.8.0.1", "::1", "0.0.0.0", "::"],
        );
        check(
            AddressScope::Network,
            &[
                "10.0.0.1",
                "172.31.0.1",
                "192.168.1.5",
                "169.254.1.1",
                "100.64.0.1",
                "100.127.0.1",
                "fd00::1",
                "fe80::1",
                "::ffff:10.0.0.1",
            ],
        );
        check(
            AddressScope::Internet,
            &[
                "1.1.1.1",
                "100.63.0.1",
                "100.128.0.1",
                "172.32.0.1",
                "2606:4700::1",
            ],
        );
        assert!(
            AddressScope::Computer < AddressScope::Network
                && AddressScope::Network < AddressScope::Internet
        );
    }
}
