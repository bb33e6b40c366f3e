//! Which addresses of the other side are checked at all. Whoever may name a candidate would else
//! have this machine send STUN to its own services, to all of its network, or to any low port.
//!
//! Invariant: pure. The rules are libwebrtc's (`VerifyCandidate`), and beyond them no group and no
//! loopback address but from one.

use std::net::{IpAddr, SocketAddr};

use crate::wire::candidate::CandidateProtocol;

/// Below it are the system's services (RFC 6335, section 6).
const FIRST_USER_PORT: u16 = 1024;
/// Where relays and servers behind firewalls are reached.
const WEB_PORTS: [u16; 2] = [80, 443];

/// What becomes of a remote candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Check,
    /// Only from a local candidate that is a loopback address too: a host candidate of a machine
    /// without other addresses, or one of a relay on this machine.
    CheckOnLoopback,
    Ignore(Reason),
}

/// Why a remote candidate is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("it is of no address")]
    Unspecified,
    #[error("it is of a group of hosts")]
    Group,
    #[error("it is of a port of the system's services")]
    LowPort,
}

pub(super) fn verdict(address: SocketAddr, protocol: CandidateProtocol) -> Verdict {
    let ip = address.ip().to_canonical();
    if ip.is_unspecified() {
        return Verdict::Ignore(Reason::Unspecified);
    }
    let is_broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    if ip.is_multicast() || is_broadcast {
        return Verdict::Ignore(Reason::Group);
    }
    // An active TCP candidate has port 9 or none (RFC 6544, section 4.5); nobody connects to it.
    let is_web = WEB_PORTS.contains(&address.port()) && !is_private(ip);
    if protocol == CandidateProtocol::Udp && address.port() < FIRST_USER_PORT && !is_web {
        return Verdict::Ignore(Reason::LowPort);
    }
    if ip.is_loopback() {
        Verdict::CheckOnLoopback
    } else {
        Verdict::Check
    }
}

/// Of the own network, and not reached from outside.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(addresses: &[&str], expect: Verdict) {
        for address in addresses {
            let parsed: SocketAddr = address.parse().unwrap();
            assert_eq!(verdict(parsed, CandidateProtocol::Udp), expect, "{address}");
        }
    }

    #[test]
    fn addresses_of_hosts_are_checked() {
        check(
            &[
                "192.0.2.1:1024",
                "10.0.0.1:65535",
                "8.8.8.8:443",
                "203.0.113.9:80",
                "[2001:db8::1]:5000",
                "[fe80::1]:5000",
                "[fd00::1]:5000",
                "[2001:4860::1]:443",
            ],
            Verdict::Check,
        );
    }

    #[test]
    fn address_zero_is_ignored() {
        check(
            &["0.0.0.0:5000", "[::]:5000", "[::ffff:0.0.0.0]:5000"],
            Verdict::Ignore(Reason::Unspecified),
        );
    }

    #[test]
    fn groups_are_ignored() {
        check(
            &[
                "224.0.0.251:5353",
                "239.255.255.250:1900",
                "255.255.255.255:5000",
                "[ff02::fb]:5353",
                "[::ffff:239.1.2.3]:5000",
            ],
            Verdict::Ignore(Reason::Group),
        );
    }

    #[test]
    fn low_ports_are_ignored() {
        check(
            &[
                "192.0.2.1:0",
                "192.0.2.1:9",
                "192.0.2.1:53",
                "192.0.2.1:1023",
                "192.168.1.1:80",
                "10.0.0.1:443",
                "127.0.0.1:443",
                "[fe80::1]:443",
                "[::ffff:10.0.0.1]:80",
                "[2001:db8::1]:22",
            ],
            Verdict::Ignore(Reason::LowPort),
        );
    }

    #[test]
    fn loopback_is_only_for_loopback() {
        check(
            &[
                "127.0.0.1:5000",
                "127.8.9.1:5000",
                "[::1]:5000",
                "[::ffff:127.0.0.1]:5000",
            ],
            Verdict::CheckOnLoopback,
        );
    }

    #[test]
    fn tcp_candidates_may_have_any_port() {
        let active: SocketAddr = "192.0.2.1:9".parse().unwrap();
        assert_eq!(verdict(active, CandidateProtocol::Tcp), Verdict::Check);
    }
}
