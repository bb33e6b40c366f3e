//! Decides which remote addresses get connectivity checks. Without it a peer could make this
//! machine send STUN to local services, to the whole network, or to any low port.
//!
//! Invariant: pure. The rules of libwebrtc (`VerifyCandidate`) apply. Multicast addresses are
//! ignored too. Loopback addresses are checked from local loopback addresses only.

use std::net::{IpAddr, SocketAddr};

use crate::wire::candidate::CandidateProtocol;

/// Lower ports are system ports
/// ([RFC 6335, 6](https://www.rfc-editor.org/rfc/rfc6335#section-6)).
const FIRST_USER_PORT: u16 = 1024;
/// Relays and servers behind firewalls use these ports.
const WEB_PORTS: [u16; 2] = [80, 443];

/// Treatment of a remote candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Check,
    /// Checked only from a local candidate that is a loopback address too: a host candidate of a
    /// machine without other addresses, or one of a relay on this machine.
    CheckOnLoopback,
    Ignore(IgnoreReason),
}

/// Reason for not checking a remote candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreReason {
    #[error("it is of no address")]
    Unspecified,
    #[error("it is of a group of hosts")]
    Multicast,
    #[error("it is of a port of the system's services")]
    LowPort,
}

pub(super) fn check_address(address: SocketAddr, protocol: CandidateProtocol) -> Verdict {
    let ip = address.ip().to_canonical();
    if ip.is_unspecified() {
        return Verdict::Ignore(IgnoreReason::Unspecified);
    }
    let is_broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    if ip.is_multicast() || is_broadcast {
        return Verdict::Ignore(IgnoreReason::Multicast);
    }
    // An active TCP candidate has port 9 and accepts no connections (RFC 6544, 4.5).
    let is_web = WEB_PORTS.contains(&address.port()) && !is_private(ip);
    if protocol == CandidateProtocol::Udp && address.port() < FIRST_USER_PORT && !is_web {
        return Verdict::Ignore(IgnoreReason::LowPort);
    }
    if ip.is_loopback() {
        Verdict::CheckOnLoopback
    } else {
        Verdict::Check
    }
}

/// Private, link-local or loopback.
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
            assert_eq!(
                check_address(parsed, CandidateProtocol::Udp),
                expect,
                "{address}"
            );
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
            Verdict::Ignore(IgnoreReason::Unspecified),
        );
    }

    #[test]
    fn multicast_addresses_are_ignored() {
        check(
            &[
                "224.0.0.251:5353",
                "239.255.255.250:1900",
                "255.255.255.255:5000",
                "[ff02::fb]:5353",
                "[::ffff:239.1.2.3]:5000",
            ],
            Verdict::Ignore(IgnoreReason::Multicast),
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
            Verdict::Ignore(IgnoreReason::LowPort),
        );
    }

    #[test]
    fn loopback_is_checked_on_loopback_only() {
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
        assert_eq!(
            check_address(active, CandidateProtocol::Tcp),
            Verdict::Check
        );
    }
}
