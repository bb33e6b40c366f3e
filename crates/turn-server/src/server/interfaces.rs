//! Reads the network interfaces of this computer.
//!
//! Invariant: sends nothing. After an error of the system there are no interfaces rather than some.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use if_addrs::{IfAddr, Interface};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::rules::peer_policy::Interfaces;

/// How often the interfaces are read. An address from a provider lives at least for minutes.
pub(super) const REFRESH_INTERVAL: Duration = Duration::from_secs(10);
/// An IPv6 network is a /64 (RFC 7421), even if the interface reports a longer prefix (DHCPv6).
const IPV6_NETWORK_PREFIX_BITS: u8 = 64;
/// Documentation addresses (RFC 5737, RFC 3849). A route to them is the default route.
const DEFAULT_ROUTE_PROBES: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9),
    SocketAddr::new(
        IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
        9,
    ),
];

impl Interfaces {
    /// `None` after an error of the system.
    pub(super) fn read() -> Option<Self> {
        match if_addrs::get_if_addrs() {
            Ok(interfaces) => Some(Self::of(&interfaces)),
            Err(error) => {
                tracing::warn!(%error, "the addresses of this computer are unknown");
                None
            }
        }
    }

    fn of(interfaces: &[Interface]) -> Self {
        let mut addresses: Vec<IpAddr> = interfaces
            .iter()
            .filter(|interface| !interface.is_link_local())
            .map(Interface::ip)
            .collect();
        let default_route = DEFAULT_ROUTE_PROBES.map(default_route_address);
        addresses.sort_by_key(|address| !default_route.contains(&Some(*address)));
        let mut networks: Vec<IpNet> = interfaces
            .iter()
            .filter_map(|interface| network(&interface.addr))
            .collect();
        networks.sort_unstable();
        networks.dedup();
        Self {
            addresses,
            networks,
        }
    }
}

/// `None` for a prefix of one address or of all addresses.
fn network(address: &IfAddr) -> Option<IpNet> {
    match address {
        IfAddr::V4(v4) => {
            let net = Ipv4Net::new(v4.ip, v4.prefixlen).ok()?;
            (1..32)
                .contains(&net.prefix_len())
                .then(|| net.trunc().into())
        }
        IfAddr::V6(v6) => {
            let net = Ipv6Net::new(v6.ip, v6.prefixlen.min(IPV6_NETWORK_PREFIX_BITS)).ok()?;
            (net.prefix_len() > 0).then(|| net.trunc().into())
        }
    }
}

/// The source address for packets to `probe`. Sends nothing.
fn default_route_address(probe: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = match probe {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(probe).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use if_addrs::{Ifv4Addr, Ifv6Addr};

    use super::*;

    fn check(ip: &str, prefixlen: u8, expect: Option<&str>) {
        let address = match ip.parse().unwrap() {
            IpAddr::V4(ip) => IfAddr::V4(Ifv4Addr {
                ip,
                netmask: Ipv4Addr::UNSPECIFIED,
                prefixlen,
                broadcast: None,
            }),
            IpAddr::V6(ip) => IfAddr::V6(Ifv6Addr {
                ip,
                netmask: Ipv6Addr::UNSPECIFIED,
                prefixlen,
                broadcast: None,
            }),
        };
        let expect = expect.map(|net| net.parse().unwrap());
        assert_eq!(network(&address), expect, "{ip}/{prefixlen}");
    }

    #[test]
    fn network_of_an_address_is_its_prefix() {
        check("198.51.100.7", 24, Some("198.51.100.0/24"));
        check("198.51.100.7", 20, Some("198.51.96.0/20"));
        check("198.51.100.7", 31, Some("198.51.100.6/31"));
        check("198.51.100.7", 32, None);
        check("10.0.0.1", 0, None);
        check("2001:db8:1:2::7", 64, Some("2001:db8:1:2::/64"));
        check("2001:db8:1:2::7", 128, Some("2001:db8:1:2::/64"));
        check("2001:db8:1:2::7", 124, Some("2001:db8:1:2::/64"));
        check("2001:db8:1:2::7", 56, Some("2001:db8:1::/56"));
    }

    #[test]
    fn interfaces_of_this_computer_are_read() {
        let interfaces = Interfaces::read().unwrap();
        let is_known = |ip: &IpAddr| {
            interfaces
                .networks
                .iter()
                .any(|network| network.contains(ip))
        };
        assert!(interfaces.addresses.iter().any(IpAddr::is_loopback));
        let loopback: IpAddr = [127, 0, 0, 1].into();
        assert!(is_known(&loopback), "{interfaces:?}");
    }
}
