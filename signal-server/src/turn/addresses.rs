//! At which address members are relayed, and what of it is told to peers.
//!
//! Invariant: pure. Per family: the address that was named, or a public one of an interface, or the
//! one at which the client reached us, or else one of an interface that reaches as far.

use std::net::{IpAddr, SocketAddr};

use super::peers::is_public;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

/// Where a relayed socket is bound, and what peers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relaying {
    pub(super) local: IpAddr,
    pub(super) public: IpAddr,
}

#[derive(Debug, Default)]
pub(super) struct Addresses {
    v4: Option<Relaying>,
    v6: Option<Relaying>,
    interfaces: Vec<IpAddr>,
}

impl Family {
    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

impl Addresses {
    /// From `--public-ip` and the addresses of this computer, the one towards the internet first.
    pub(super) fn new(named: &[IpAddr], interfaces: &[IpAddr]) -> Self {
        let choose = |family| choose(family, named, interfaces);
        Self {
            v4: choose(Family::V4),
            v6: choose(Family::V6),
            interfaces: interfaces.to_vec(),
        }
    }

    /// `None` where there is no address of that family.
    pub(super) fn relaying(&self, family: Family, reached: SocketAddr) -> Option<Relaying> {
        let known = match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        };
        let ip = reached.ip().to_canonical();
        let like_it =
            |own: &&IpAddr| Family::of(**own) == family && own.is_loopback() == ip.is_loopback();
        let here = || {
            if Family::of(ip) == family {
                return Some(Relaying::unmapped(ip));
            }
            let own = self.interfaces.iter().find(like_it);
            own.copied().map(Relaying::unmapped)
        };
        known.or_else(here)
    }
}

impl Relaying {
    fn unmapped(ip: IpAddr) -> Self {
        Self {
            local: ip,
            public: ip,
        }
    }

    /// Where to send what is for this peer: our own public address may be out of our reach, behind
    /// a router that maps it.
    pub(super) fn to_local(self, peer: SocketAddr) -> SocketAddr {
        if peer.ip() == self.public {
            return SocketAddr::new(self.local, peer.port());
        }
        peer
    }

    /// Under which address the client knows who sent this.
    pub(super) fn to_public(self, from: SocketAddr) -> SocketAddr {
        if from.ip() == self.local {
            return SocketAddr::new(self.public, from.port());
        }
        from
    }
}

fn choose(family: Family, named: &[IpAddr], interfaces: &[IpAddr]) -> Option<Relaying> {
    let ours = || {
        interfaces
            .iter()
            .copied()
            .filter(|ip| Family::of(*ip) == family)
    };
    if let Some(public) = named.iter().copied().find(|ip| Family::of(*ip) == family) {
        let local = ours()
            .find(|ip| *ip == public)
            .or_else(|| ours().find(|ip| !ip.is_loopback()))
            .or_else(|| ours().next())?;
        return Some(Relaying { local, public });
    }
    ours().find(|ip| is_public(*ip)).map(Relaying::unmapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interfaces, `--public-ip`, where we were reached; local and public address.
    fn check(interfaces: &[&str], named: &[&str], reached: &str, expect: Option<(&str, &str)>) {
        let ips = |texts: &[&str]| -> Vec<IpAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let addresses = Addresses::new(&ips(named), &ips(interfaces));
        let reached: IpAddr = reached.parse().unwrap();
        let relaying = addresses.relaying(Family::of(reached), SocketAddr::new(reached, 3478));
        let shown = relaying.map(|found| (found.local.to_string(), found.public.to_string()));
        let expect = expect.map(|(local, public)| (local.to_owned(), public.to_owned()));
        assert_eq!(shown, expect, "{interfaces:?} {named:?} {reached}");
    }

    #[test]
    fn the_address_that_was_named_goes_first() {
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
    fn a_public_one_is_found_and_else_the_one_that_was_reached() {
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
    fn a_family_that_is_not_there_is_none() {
        let interfaces = ["10.0.0.5", "127.0.0.1", "::1"].map(|ip| ip.parse().unwrap());
        let addresses = Addresses::new(&[], &interfaces);
        let reached = "10.0.0.5:3478".parse().unwrap();
        assert_eq!(addresses.relaying(Family::V6, reached), None);
        let found = addresses.relaying(Family::V6, "127.0.0.1:3478".parse().unwrap());
        assert_eq!(found.unwrap().local.to_string(), "::1");
        let named = Addresses::new(&["2a00::1".parse().unwrap()], &[]);
        assert_eq!(named.relaying(Family::V6, reached), None);
    }

    #[test]
    fn two_members_behind_one_mapped_address_reach_each_other() {
        let relaying = Relaying {
            local: "10.0.0.5".parse().unwrap(),
            public: "8.8.8.8".parse().unwrap(),
        };
        let address = |text: &str| -> SocketAddr { text.parse().unwrap() };
        assert_eq!(
            relaying.to_local(address("8.8.8.8:50000")),
            address("10.0.0.5:50000")
        );
        assert_eq!(
            relaying.to_public(address("10.0.0.5:50000")),
            address("8.8.8.8:50000")
        );
        let other = address("1.1.1.1:50000");
        assert_eq!(
            (relaying.to_local(other), relaying.to_public(other)),
            (other, other)
        );
    }
}
