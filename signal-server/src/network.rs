//! A network of addresses, as in `--trusted-proxy` and `--turn-allow-peer`.
//!
//! Invariant: both sides of a comparison are canonical. An IPv4-mapped network is stored as its
//! IPv4 network, and an address is compared in its canonical form.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::{IpNet, Ipv4Net};

/// RFC 4291, 2.5.5.2: the length of `::ffff:0:0/96`.
const MAPPED_PREFIX_BITS: u8 = 96;

/// IPv4 or IPv6, never both: `::/0` is every IPv6 address, `0.0.0.0/0` every IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("write a network, like 192.168.0.0/16 or fd00::/8")]
    Malformed,
    #[error(
        "that is an address within a network: write {network} for all of it, or {address} for the \
         one address"
    )]
    HostBits { address: IpAddr, network: IpNet },
    #[error(
        "that is more than all of IPv4 and less than all of IPv6: write an IPv4 network as it is, \
         like 127.0.0.0/8"
    )]
    WiderThanMapped,
}

impl Network {
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical().into())
    }
}

impl From<Network> for IpNet {
    fn from(network: Network) -> Self {
        network.0
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    /// A network, or one address.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(address.into());
        }
        let network = canonical(text.parse().map_err(|_| NetworkError::Malformed)?)?;
        if network.addr() == network.network() {
            return Ok(Self(network));
        }
        Err(NetworkError::HostBits {
            address: network.addr(),
            network: network.trunc(),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

fn canonical(network: IpNet) -> Result<IpNet, NetworkError> {
    let IpNet::V6(mapped) = network else {
        return Ok(network);
    };
    let Some(address) = mapped.addr().to_ipv4_mapped() else {
        return Ok(network);
    };
    mapped
        .prefix_len()
        .checked_sub(MAPPED_PREFIX_BITS)
        .and_then(|bits| Ipv4Net::new(address, bits).ok())
        .map(IpNet::V4)
        .ok_or(NetworkError::WiderThanMapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, inside: &[&str], outside: &[&str]) {
        let network: Network = text.parse().unwrap();
        for (addresses, expect) in [(inside, true), (outside, false)] {
            for address in addresses {
                let found = network.contains(address.parse().unwrap());
                assert_eq!(found, expect, "{address} in {text}");
            }
        }
    }

    /// All spellings of a network and of an address match.
    #[test]
    fn mapped_network_contains_its_ipv4_addresses() {
        for text in [
            "127.0.0.0/8",
            "::ffff:127.0.0.0/104",
            "::ffff:7f00:0/104",
            "0:0:0:0:0:ffff:7f00:0000/104",
        ] {
            check(
                text,
                &["127.0.0.1", "127.255.255.255", "::ffff:127.0.0.1"],
                &[
                    "128.0.0.0",
                    "126.255.255.255",
                    "::1",
                    "::7f00:1",
                    "::ffff:128.0.0.1",
                ],
            );
        }
        for text in [
            "192.0.2.7",
            "192.0.2.7/32",
            "::ffff:192.0.2.7",
            "::ffff:192.0.2.7/128",
        ] {
            check(
                text,
                &["192.0.2.7", "::ffff:192.0.2.7"],
                &["192.0.2.6", "::192.0.2.7"],
            );
        }
        for text in ["::ffff:0:0/96", "0.0.0.0/0"] {
            check(
                text,
                &["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"],
                &["::", "2001:db8::1"],
            );
        }
        check(
            "::/0",
            &["::1", "2001:db8::1"],
            &["127.0.0.1", "::ffff:127.0.0.1"],
        );
        check("fd00::/8", &["fd12::7"], &["fe80::1", "10.0.0.1"]);
        check("10.0.0.0/8", &["10.1.2.3"], &["11.0.0.1"]);
        check("::1", &["::1"], &["::2", "127.0.0.1"]);
    }

    #[test]
    fn ambiguous_network_is_refused() {
        let host_bits = |address: &str, network: &str| NetworkError::HostBits {
            address: address.parse().unwrap(),
            network: network.parse().unwrap(),
        };
        for (text, expect) in [
            ("", NetworkError::Malformed),
            ("all", NetworkError::Malformed),
            ("localhost", NetworkError::Malformed),
            ("10.0.0.0/33", NetworkError::Malformed),
            ("10.0.0.0/", NetworkError::Malformed),
            ("10.0.0.0/8 192.168.0.0/16", NetworkError::Malformed),
            ("10.0.0.0/255.0.0.0", NetworkError::Malformed),
            ("[fd00::]/8", NetworkError::Malformed),
            ("fe80::1%eth0", NetworkError::Malformed),
            ("10.1.2.3/8", host_bits("10.1.2.3", "10.0.0.0/8")),
            ("fd00::1/8", host_bits("fd00::1", "fd00::/8")),
            (
                "::ffff:127.0.0.1/104",
                host_bits("127.0.0.1", "127.0.0.0/8"),
            ),
            ("::ffff:0:0/95", NetworkError::WiderThanMapped),
            ("::ffff:127.0.0.0/8", NetworkError::WiderThanMapped),
        ] {
            assert_eq!(text.parse::<Network>(), Err(expect), "{text}");
        }
    }
}
