//! Address keys for rate limits, and the networks that contain an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use smallvec::{SmallVec, smallvec};

/// An IPv4 address, or the /64 network of an IPv6 address, because one host owns a whole /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressKey(IpAddr);

/// A network whose addresses probably belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    prefix: IpAddr,
    pub breadth: Breadth,
}

/// Breadth of a network. Providers delegate /56 to homes and /48 to companies ([RFC
/// 6177](https://www.rfc-editor.org/rfc/rfc6177)); both lease IPv4 by the /24.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Breadth {
    /// An IPv4 address, or an IPv6 /64.
    Host,
    /// An IPv6 /56.
    Site,
    /// An IPv4 /24, or an IPv6 /48.
    Organization,
}

/// The networks of one address, narrowest first.
pub(super) type Networks = SmallVec<[Network; 3]>;

impl AddressKey {
    pub fn new(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(ip) if !ip.is_loopback() => Self(masked(ip, 64).into()),
            other @ (IpAddr::V4(_) | IpAddr::V6(_)) => Self(other),
        }
    }

    /// The networks of this address. A local address has one network: itself.
    pub fn networks(self) -> Networks {
        let network = |prefix: IpAddr, breadth| Network { prefix, breadth };
        let host = network(self.0, Breadth::Host);
        match self.0 {
            IpAddr::V4(ip) if !is_local_v4(ip) => {
                let [a, b, c, _] = ip.octets();
                let wide = Ipv4Addr::new(a, b, c, 0);
                smallvec![host, network(wide.into(), Breadth::Organization)]
            }
            IpAddr::V6(ip) if !is_local_v6(ip) => smallvec![
                host,
                network(masked(ip, 56).into(), Breadth::Site),
                network(masked(ip, 48).into(), Breadth::Organization),
            ],
            IpAddr::V4(_) | IpAddr::V6(_) => smallvec![host],
        }
    }

    /// The loopback address, also of a proxy that `--trusted-proxy` does not name.
    pub fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }
}

impl Network {
    /// A name that is equal on every node.
    pub fn name(self) -> String {
        let length = match (self.prefix, self.breadth) {
            (IpAddr::V4(_), Breadth::Host) => 32,
            (IpAddr::V4(_), Breadth::Site | Breadth::Organization) => 24,
            (IpAddr::V6(_), Breadth::Host) => 64,
            (IpAddr::V6(_), Breadth::Site) => 56,
            (IpAddr::V6(_), Breadth::Organization) => 48,
        };
        format!("{}/{length}", self.prefix)
    }
}

impl Breadth {
    /// The limit of this breadth as a multiple of the limit of one address.
    pub const fn times(self) -> u32 {
        match self {
            Self::Host => 1,
            Self::Site => 2,
            Self::Organization => 8,
        }
    }

    /// The limit of this breadth, if one address has the limit `most`.
    pub const fn scale(self, most: usize) -> usize {
        most.saturating_mul(self.times() as usize)
    }
}

fn masked(ip: Ipv6Addr, length: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << (128 - length)))
}

fn is_local_v4(ip: Ipv4Addr) -> bool {
    // Shared address space of providers ([RFC 6598](https://www.rfc-editor.org/rfc/rfc6598)).
    let is_shared = matches!(ip.octets(), [100, 64..=127, ..]);
    ip.is_loopback() || ip.is_private() || ip.is_link_local() || is_shared
}

fn is_local_v6(ip: Ipv6Addr) -> bool {
    ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> AddressKey {
        AddressKey::new(text.parse().unwrap())
    }

    fn check(one: &str, other: &str, expect_same: bool) {
        assert_eq!(key(one) == key(other), expect_same, "{one} and {other}");
    }

    #[test]
    fn one_address_is_an_ipv4_address_or_an_ipv6_network() {
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1", "192.0.2.2", false);
        check("192.0.2.1", "::ffff:192.0.2.1", true);
        check("::ffff:192.0.2.1", "::ffff:192.0.2.2", false);
        check("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true);
        check("2001:db8:0:1::1", "2001:db8:0:2::1", false);
        check("::1", "::2", false);
    }

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
            ("::1", &["::1/64"]),
        ] {
            let names: Vec<String> = key(address)
                .networks()
                .into_iter()
                .map(Network::name)
                .collect();
            assert_eq!(names, expect, "{address}");
        }
    }
}
