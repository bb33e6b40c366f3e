//! Selects the IP address of relayed transport addresses, per address family.
//!
//! Invariant: pure. The order is: the configured public address, a public address of an interface,
//! the address that the client used for the server, another interface address of the same scope.

use std::net::{IpAddr, SocketAddr};

use super::peer_policy::is_public;

/// IP version of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// The local address that a relay socket is bound to, and the public address that peers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RelayAddress {
    pub(crate) local: IpAddr,
    pub(crate) public: IpAddr,
}

/// The addresses to relay from. A family without one of its own follows the client.
#[derive(Debug, Default)]
pub(crate) struct RelayAddresses {
    v4: Option<RelayAddress>,
    v6: Option<RelayAddress>,
    interfaces: Vec<IpAddr>,
}

impl Family {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

impl RelayAddresses {
    /// `configured` are the public addresses of the configuration. `interfaces` are the addresses of
    /// this computer, the one on the default route first.
    pub(crate) fn new(configured: &[IpAddr], interfaces: &[IpAddr]) -> Self {
        let choose = |family| choose(family, configured, interfaces);
        Self {
            v4: choose(Family::V4),
            v6: choose(Family::V6),
            interfaces: interfaces.to_vec(),
        }
    }

    /// `None` without an address of that family. `server` is the address that the client used.
    pub(crate) fn select(&self, family: Family, server: SocketAddr) -> Option<RelayAddress> {
        let known = match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        };
        let ip = server.ip().to_canonical();
        let same_scope =
            |own: &&IpAddr| Family::of(**own) == family && own.is_loopback() == ip.is_loopback();
        let server_address = || {
            if Family::of(ip) == family {
                return Some(RelayAddress::without_nat(ip));
            }
            let own = self.interfaces.iter().find(same_scope);
            own.copied().map(RelayAddress::without_nat)
        };
        known.or_else(server_address)
    }
}

impl RelayAddress {
    fn without_nat(ip: IpAddr) -> Self {
        Self {
            local: ip,
            public: ip,
        }
    }

    /// Replaces the own public address by the local one: behind NAT, the public address may be
    /// unreachable from here.
    pub(crate) fn to_local(self, peer: SocketAddr) -> SocketAddr {
        if peer.ip() == self.public {
            return SocketAddr::new(self.local, peer.port());
        }
        peer
    }

    /// Replaces the own local address by the public one, which the client knows.
    pub(crate) fn to_public(self, from: SocketAddr) -> SocketAddr {
        if from.ip() == self.local {
            return SocketAddr::new(self.public, from.port());
        }
        from
    }
}

fn choose(family: Family, configured: &[IpAddr], interfaces: &[IpAddr]) -> Option<RelayAddress> {
    let of_family = || {
        interfaces
            .iter()
            .copied()
            .filter(|ip| Family::of(*ip) == family)
    };
    if let Some(public) = configured
        .iter()
        .copied()
        .find(|ip| Family::of(*ip) == family)
    {
        let local = of_family()
            .find(|ip| *ip == public)
            .or_else(|| of_family().find(|ip| !ip.is_loopback()))
            .or_else(|| of_family().next())?;
        return Some(RelayAddress { local, public });
    }
    of_family()
        .find(|ip| is_public(*ip))
        .map(RelayAddress::without_nat)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interfaces, configured addresses, server address; expects the local and public address.
    fn check(interfaces: &[&str], configured: &[&str], server: &str, expect: Option<(&str, &str)>) {
        let ips = |texts: &[&str]| -> Vec<IpAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let addresses = RelayAddresses::new(&ips(configured), &ips(interfaces));
        let server: IpAddr = server.parse().unwrap();
        let relay_address = addresses.select(Family::of(server), SocketAddr::new(server, 3478));
        let shown = relay_address.map(|found| (found.local.to_string(), found.public.to_string()));
        let expect = expect.map(|(local, public)| (local.to_owned(), public.to_owned()));
        assert_eq!(shown, expect, "{interfaces:?} {configured:?} {server}");
    }

    #[test]
    fn configured_address_goes_first() {
        let interfaces = ["127.0.0.1", "10.0.0.5", "9.9.9.9"];
        let mapped = Some(("10.0.0.5", "8.8.8.8"));
        check(&interfaces, &["8.8.8.8"], "10.0.0.5", mapped);
        check(&interfaces, &["8.8.8.8"], "127.0.0.1", mapped);
        check(
            &interfaces,
            &["9.9.9.9"],
            "10.0.0.5",
            Some(("9.9.9.9", "9.9.9.9")),
        );
        check(
            &["127.0.0.1"],
            &["127.0.0.1"],
            "127.0.0.1",
            Some(("127.0.0.1", "127.0.0.1")),
        );
    }

    #[test]
    fn public_interface_precedes_the_server_address() {
        let interfaces = ["127.0.0.1", "10.0.0.5", "9.9.9.9", "::1", "fe80::1"];
        check(&interfaces, &[], "10.0.0.5", Some(("9.9.9.9", "9.9.9.9")));
        check(
            &["10.0.0.5", "10.0.0.6"],
            &[],
            "10.0.0.6",
            Some(("10.0.0.6", "10.0.0.6")),
        );
        check(&interfaces, &["8.8.8.8"], "::1", Some(("::1", "::1")));
    }

    #[test]
    fn missing_family_has_no_address() {
        let interfaces = ["10.0.0.5", "127.0.0.1", "::1"].map(|ip| ip.parse().unwrap());
        let addresses = RelayAddresses::new(&[], &interfaces);
        let server = "10.0.0.5:3478".parse().unwrap();
        assert_eq!(addresses.select(Family::V6, server), None);
        let found = addresses.select(Family::V6, "127.0.0.1:3478".parse().unwrap());
        assert_eq!(found.unwrap().local.to_string(), "::1");
        let configured = RelayAddresses::new(&["2a00::1".parse().unwrap()], &[]);
        assert_eq!(configured.select(Family::V6, server), None);
    }

    #[test]
    fn members_on_one_relay_behind_nat_reach_each_other() {
        let relay_address = RelayAddress {
            local: "10.0.0.5".parse().unwrap(),
            public: "8.8.8.8".parse().unwrap(),
        };
        let address = |text: &str| -> SocketAddr { text.parse().unwrap() };
        assert_eq!(
            relay_address.to_local(address("8.8.8.8:50000")),
            address("10.0.0.5:50000")
        );
        assert_eq!(
            relay_address.to_public(address("10.0.0.5:50000")),
            address("8.8.8.8:50000")
        );
        let other = address("1.1.1.1:50000");
        assert_eq!(
            (
                relay_address.to_local(other),
                relay_address.to_public(other)
            ),
            (other, other)
        );
    }
}
