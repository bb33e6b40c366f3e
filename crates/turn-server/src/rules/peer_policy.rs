//! Policy for peer addresses: which peers the server relays to.
//!
//! Invariant: pure. An IPv6 address that embeds an IPv4 address is checked as that IPv4 address.
//! Networks that the configuration allows go first, then the forbidden ones; the rest is allowed.
//! Addresses on a local network are forbidden, even public ones.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// RFC 4291, 2.5.5.2: the length of `::ffff:0:0/96`.
const MAPPED_PREFIX_BITS: u8 = 96;

/// What the policy says of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// An address of this computer. Only relayed ports are allowed: two members on this server need
    /// them to reach each other.
    OwnAddress,
    Forbidden,
}

/// The configuration and the interfaces that the policy depends on.
#[derive(Debug, Default)]
pub(crate) struct PeerPolicy {
    /// Canonical: no network of IPv4-mapped addresses.
    allowed: Vec<IpNet>,
    /// The configured public addresses of this computer.
    public: Vec<IpAddr>,
    /// Updated while the server runs. Held briefly, never across an await.
    interfaces: RwLock<Interfaces>,
}

/// The interfaces of this computer: its addresses and the prefixes of its local networks.
///
/// The prefix alone decides whether an address is on a local network, even if the address is
/// public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interfaces {
    /// Without link-local addresses; those on the default route first.
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) networks: Vec<IpNet>,
}

/// Networks of IANA's special-purpose registry, and a public address of a metadata service.
const FORBIDDEN_V4: [Ipv4Net; 17] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    // Carrier-grade NAT (RFC 6598); contains Alibaba's metadata service.
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    // Link-local; contains the metadata service of most providers.
    v4([169, 254, 0, 0], 16),
    // Azure's metadata service.
    v4([168, 63, 129, 16], 32),
    v4([172, 16, 0, 0], 12),
    // Contains Oracle's metadata service.
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    // Multicast, reserved and broadcast.
    v4([224, 0, 0, 0], 3),
];

/// Global unicast (RFC 4291, 2.4).
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// Special-purpose networks inside `GLOBAL_V6`.
const FORBIDDEN_V6: [Ipv6Net; 4] = [
    // Protocol assignments, including Teredo.
    v6(0x2001, 0, 0, 23),
    // Documentation.
    v6(0x2001, 0xdb8, 0, 32),
    v6(0x3fff, 0, 0, 20),
    // AS112.
    v6(0x2620, 0x4f, 0x8000, 48),
];

/// RFC 3056, 2: the IPv4 address follows the prefix.
const SIX_TO_FOUR: Ipv6Net = v6(0x2002, 0, 0, 16);
/// RFC 6052, 2.2: the IPv4 address is the last four bytes.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

impl PeerPolicy {
    /// `public` are the configured public addresses of this computer.
    pub(crate) fn new(allowed: Vec<IpNet>, public: Vec<IpAddr>) -> Self {
        Self {
            allowed: allowed.into_iter().map(canonical).collect(),
            public,
            interfaces: RwLock::default(),
        }
    }

    /// Replaces the interfaces of this computer.
    pub(crate) fn handle_interfaces(&self, interfaces: Interfaces) {
        let mut current = self
            .interfaces
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = interfaces;
    }

    pub(crate) fn evaluate(&self, peer: IpAddr) -> Verdict {
        let canonical = peer.to_canonical();
        if self
            .allowed
            .iter()
            .any(|network| network.contains(&canonical))
        {
            return Verdict::Allowed;
        }
        if self.is_own_address(canonical) {
            return Verdict::OwnAddress;
        }
        if self.is_on_local_network(canonical) {
            return Verdict::Forbidden;
        }
        match canonical {
            IpAddr::V4(peer) => evaluate_v4(peer),
            IpAddr::V6(peer) => match embedded(peer) {
                Some(inner) => match self.evaluate(inner.into()) {
                    Verdict::Allowed => Verdict::Allowed,
                    // An embedded own address is forbidden.
                    Verdict::OwnAddress | Verdict::Forbidden => Verdict::Forbidden,
                },
                None => evaluate_v6(peer),
            },
        }
    }

    /// Whether a change of interfaces can change the verdict: an own address, or one on a local
    /// network.
    pub(crate) fn is_local(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.is_own_address(peer) || self.is_on_local_network(peer)
    }

    fn is_own_address(&self, canonical: IpAddr) -> bool {
        self.public.contains(&canonical) || self.interfaces().addresses.contains(&canonical)
    }

    fn is_on_local_network(&self, canonical: IpAddr) -> bool {
        let interfaces = self.interfaces();
        interfaces
            .networks
            .iter()
            .any(|network| network.contains(&canonical))
    }

    fn interfaces(&self) -> RwLockReadGuard<'_, Interfaces> {
        self.interfaces
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn evaluate_v4(peer: Ipv4Addr) -> Verdict {
    if FORBIDDEN_V4.iter().any(|net| net.contains(&peer)) {
        return Verdict::Forbidden;
    }
    Verdict::Allowed
}

fn evaluate_v6(peer: Ipv6Addr) -> Verdict {
    if !GLOBAL_V6.contains(&peer) || FORBIDDEN_V6.iter().any(|net| net.contains(&peer)) {
        return Verdict::Forbidden;
    }
    Verdict::Allowed
}

/// A network of IPv4-mapped addresses is the IPv4 network that it stands for.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else {
        return network;
    };
    let ipv4 = || {
        let address = mapped.addr().to_ipv4_mapped()?;
        let bits = mapped.prefix_len().checked_sub(MAPPED_PREFIX_BITS)?;
        Ipv4Net::new(address, bits).ok()
    };
    ipv4().map_or(network, IpNet::V4)
}

/// Whether the address is reachable from the whole internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    PeerPolicy::default().evaluate(address) == Verdict::Allowed
}

fn embedded(peer: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = peer.octets();
    let at = |start: usize| {
        let inner: [u8; 4] = octets.get(start..start + 4)?.try_into().ok()?;
        Some(Ipv4Addr::from(inner))
    };
    if SIX_TO_FOUR.contains(&peer) {
        return at(2);
    }
    if NAT64.contains(&peer) {
        return at(12);
    }
    None
}

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peers: &PeerPolicy, expect: Verdict, addresses: &[&str]) {
        for address in addresses {
            let verdict = peers.evaluate(address.parse().unwrap());
            assert_eq!(verdict, expect, "{address}");
        }
    }

    #[test]
    fn public_address_is_allowed() {
        let allowed = [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.169.0.1",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2606:4700:4700::1111",
            "2001:200::1",
            "2002:101:101::1",
            "64:ff9b::1.1.1.1",
        ];
        check(&PeerPolicy::default(), Verdict::Allowed, &allowed);
    }

    #[test]
    fn special_purpose_address_is_forbidden_in_every_form() {
        let forbidden = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1.1.1.1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::",
            "5f00::1",
        ];
        check(&PeerPolicy::default(), Verdict::Forbidden, &forbidden);
    }

    #[test]
    fn operator_network_is_allowed() {
        let allowed = [
            "192.168.1.0/24",
            "fd12::/16",
            "127.0.0.1/32",
            "::ffff:172.16.5.0/120",
        ];
        let peers = PeerPolicy::new(
            allowed.iter().map(|net| net.parse().unwrap()).collect(),
            vec!["127.0.0.1".parse().unwrap()],
        );
        check(
            &peers,
            Verdict::Allowed,
            &[
                "192.168.1.7",
                "::ffff:192.168.1.7",
                "64:ff9b::192.168.1.7",
                "fd12::7",
                "127.0.0.1",
                "172.16.5.7",
                "::ffff:172.16.5.7",
            ],
        );
        check(&peers, Verdict::Forbidden, &["192.168.2.7", "fd13::7"]);
    }

    #[test]
    fn own_address_has_its_own_verdict() {
        let ours = ["1.2.3.4", "192.168.1.5", "2a00::5"];
        let peers = PeerPolicy::new(
            vec![],
            ours.iter().map(|own| own.parse().unwrap()).collect(),
        );
        check(&peers, Verdict::OwnAddress, &ours);
        check(&peers, Verdict::OwnAddress, &["::ffff:1.2.3.4"]);
        check(
            &peers,
            Verdict::Forbidden,
            &["2002:102:304::1", "64:ff9b::1.2.3.4"],
        );
        check(&peers, Verdict::Allowed, &["1.2.3.5", "2a00::6"]);
    }

    fn at(addresses: &[&str], networks: &[&str]) -> Interfaces {
        Interfaces {
            addresses: addresses.iter().map(|ip| ip.parse().unwrap()).collect(),
            networks: networks.iter().map(|net| net.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn public_address_on_a_local_network_is_forbidden() {
        let peers = PeerPolicy::new(vec!["2a00:1:2:3::42/128".parse().unwrap()], vec![]);
        let networks = ["2a00:1:2:3::/64", "9.9.8.0/22"];
        peers.handle_interfaces(at(&["2a00:1:2:3::5", "9.9.9.9"], &networks));
        check(
            &peers,
            Verdict::Forbidden,
            &[
                "2a00:1:2:3::6",
                "2a00:1:2:3:ffff::1",
                "9.9.9.1",
                "9.9.11.255",
                "::ffff:9.9.9.1",
                "64:ff9b::9.9.9.1",
                "2002:909:901::1",
            ],
        );
        check(&peers, Verdict::OwnAddress, &["2a00:1:2:3::5", "9.9.9.9"]);
        let allowed = ["2a00:1:2:3::42", "2a00:1:2:4::6", "9.9.12.1"];
        check(&peers, Verdict::Allowed, &allowed);
    }

    #[test]
    fn changed_interfaces_change_the_local_networks() {
        let peers = PeerPolicy::new(vec![], vec!["8.8.8.8".parse().unwrap()]);
        for (address, link, neighbour, stranger) in [
            ("2a00:1::5", "2a00:1::/64", "2a00:1::6", "2a00:2::6"),
            ("2a00:2::5", "2a00:2::/64", "2a00:2::6", "2a00:1::6"),
        ] {
            peers.handle_interfaces(at(&[address], &[link]));
            check(&peers, Verdict::OwnAddress, &[address, "8.8.8.8"]);
            check(&peers, Verdict::Forbidden, &[neighbour]);
            check(&peers, Verdict::Allowed, &[stranger]);
            assert!(peers.is_local(neighbour.parse().unwrap()));
            assert!(!peers.is_local(stranger.parse().unwrap()));
        }
    }

    #[test]
    fn is_public_excludes_private_and_loopback() {
        for (address, expect) in [("1.1.1.1", true), ("10.0.0.1", false), ("::1", false)] {
            assert_eq!(is_public(address.parse().unwrap()), expect, "{address}");
        }
    }
}
