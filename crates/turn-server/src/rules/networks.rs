//! The networks that contain an address, and how much each of them holds.
//!
//! Invariant: pure. An address counts in each of its networks, and is removed from all of them. A
//! network that holds nothing is not stored.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

/// Breadth of a network whose addresses probably belong together. Providers delegate /56 to homes
/// and /48 to companies ([RFC 6177](https://www.rfc-editor.org/rfc/rfc6177)); both lease IPv4 by
/// the /24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breadth {
    /// An IPv4 address, or an IPv6 /64, because one host owns a whole /64.
    Host,
    /// An IPv6 /56.
    Site,
    /// An IPv4 /24, or an IPv6 /48.
    Organization,
}

/// A network of the address is at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// A count for each network.
#[derive(Debug, Default)]
pub(super) struct NetworkCounts(HashMap<IpNet, usize, FxBuildHasher>);

impl NetworkCounts {
    /// Adds one, if every network of the address is below its limit.
    ///
    /// # Errors
    /// A network is full. Nothing is counted.
    pub(super) fn try_add(
        &mut self,
        address: IpAddr,
        limit: impl Fn(Breadth) -> usize,
    ) -> Result<(), Full> {
        let held = |network: &IpNet| self.0.get(network).copied().unwrap_or(0);
        if networks_of(address).any(|(breadth, network)| held(&network) >= limit(breadth)) {
            return Err(Full);
        }
        for (_, network) in networks_of(address) {
            *self.0.entry(network).or_default() += 1;
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, address: IpAddr) {
        for (_, network) in networks_of(address) {
            if let Some(held) = self.0.get_mut(&network) {
                *held = held.saturating_sub(1);
                if *held == 0 {
                    self.0.remove(&network);
                }
            }
        }
    }
}

/// Narrowest first. A local address has one network: its own.
fn networks_of(address: IpAddr) -> impl Iterator<Item = (Breadth, IpNet)> {
    use Breadth::{Host, Organization, Site};
    let address = address.to_canonical();
    let prefixes: &[(Breadth, u8)] = match address {
        IpAddr::V4(ip) if is_local_v4(ip) => &[(Host, 32)],
        IpAddr::V4(_) => &[(Host, 32), (Organization, 24)],
        IpAddr::V6(ip) if ip.is_loopback() => &[(Host, 128)],
        IpAddr::V6(ip) if is_local_v6(ip) => &[(Host, 64)],
        IpAddr::V6(_) => &[(Host, 64), (Site, 56), (Organization, 48)],
    };
    prefixes.iter().filter_map(move |(breadth, bits)| {
        let network = IpNet::new(address, *bits).ok()?;
        Some((*breadth, network.trunc()))
    })
}

fn is_local_v4(ip: Ipv4Addr) -> bool {
    // Shared address space of providers ([RFC 6598](https://www.rfc-editor.org/rfc/rfc6598)).
    let is_shared = matches!(ip.octets(), [100, 64..=127, ..]);
    ip.is_loopback() || ip.is_private() || ip.is_link_local() || is_shared
}

fn is_local_v6(ip: Ipv6Addr) -> bool {
    ip.is_unique_local() || ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_lies_in_networks_from_narrow_to_wide() {
        for (address, expect) in [
            ("198.51.100.7", &["198.51.100.7/32", "198.51.100.0/24"][..]),
            (
                "2001:db8:1:2ff::7",
                &[
                    "2001:db8:1:2ff::/64",
                    "2001:db8:1:200::/56",
                    "2001:db8:1::/48",
                ],
            ),
            ("::ffff:8.8.8.8", &["8.8.8.8/32", "8.8.8.0/24"]),
            ("127.0.0.1", &["127.0.0.1/32"]),
            ("192.168.1.7", &["192.168.1.7/32"]),
            ("100.64.0.1", &["100.64.0.1/32"]),
            ("fd12::7", &["fd12::/64"]),
            ("fe80::7", &["fe80::/64"]),
            ("::1", &["::1/128"]),
        ] {
            let names: Vec<String> = networks_of(address.parse().unwrap())
                .map(|(_, network)| network.to_string())
                .collect();
            assert_eq!(names, expect, "{address}");
        }
    }

    #[test]
    fn full_network_counts_nothing_more() {
        let mut counts = NetworkCounts::default();
        let limit = |breadth| match breadth {
            Breadth::Host => 2,
            Breadth::Site | Breadth::Organization => 3,
        };
        let mut add = |address: &str| counts.try_add(address.parse().unwrap(), limit);
        assert_eq!(add("198.51.100.7"), Ok(()));
        assert_eq!(add("198.51.100.7"), Ok(()));
        assert_eq!(add("198.51.100.7"), Err(Full));
        assert_eq!(
            add("198.51.100.8"),
            Ok(()),
            "the refused one does not count"
        );
        assert_eq!(add("198.51.100.9"), Err(Full));
        assert_eq!(add("203.0.113.9"), Ok(()));
    }

    #[test]
    fn removed_counts_leave_nothing_behind() {
        let mut counts = NetworkCounts::default();
        let addresses = ["198.51.100.7", "198.51.100.8", "2001:db8::1", "127.0.0.1"]
            .map(|address| address.parse().unwrap());
        for address in addresses {
            counts.try_add(address, |_| usize::MAX).unwrap();
            counts.try_add(address, |_| usize::MAX).unwrap();
        }
        for address in addresses {
            counts.remove(address);
            assert!(!counts.0.is_empty());
            counts.remove(address);
        }
        assert!(counts.0.is_empty());
    }
}
