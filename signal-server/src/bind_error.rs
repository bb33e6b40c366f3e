//! Error for an address that the relay cannot listen on, with advice.
//!
//! Invariant: the sentence names the flag and the address.

use std::{io, net::SocketAddr};

/// A sentence for the operator who set the flag.
#[derive(Debug, thiserror::Error)]
#[error("{flag} {address}: {reason}")]
pub struct BindError {
    flag: &'static str,
    address: SocketAddr,
    reason: String,
}

impl BindError {
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the system's errors, of which a few want a sentence of their own"
    )]
    pub fn new(flag: &'static str, address: SocketAddr, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program, perhaps another relay, uses that port, or another flag names it \
                 too. Stop that program or name another port."
                    .to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 are for privileged programs. Name a higher one, or start the \
                 relay with the capability CAP_NET_BIND_SERVICE."
                    .to_owned()
            }
            io::ErrorKind::AddrNotAvailable => {
                "this computer has no such address. Name one that it has, or 0.0.0.0 or [::] for \
                 all of them."
                    .to_owned()
            }
            _ if address.is_ipv6() => format!(
                "the system refuses it: {error}. If this computer has no IPv6, name an IPv4 \
                 address; 0.0.0.0 is all of them."
            ),
            _ => format!("the system refuses it: {error}."),
        };
        Self {
            flag,
            address,
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, kind: io::ErrorKind, expect: &str) {
        let sentence = BindError::new("--turn", address.parse().unwrap(), &kind.into());
        assert!(sentence.to_string().starts_with(expect), "{sentence}");
    }

    #[test]
    fn each_cause_says_what_to_do() {
        use io::ErrorKind as Kind;
        let v4 = "0.0.0.0:443";
        check(v4, Kind::AddrInUse, "--turn 0.0.0.0:443: another program");
        check(
            v4,
            Kind::PermissionDenied,
            "--turn 0.0.0.0:443: ports below 1024 are for privileged programs. Name a higher one",
        );
        check(
            v4,
            Kind::AddrNotAvailable,
            "--turn 0.0.0.0:443: this computer has no such address.",
        );
        check(v4, Kind::Unsupported, "--turn 0.0.0.0:443: the system");
        let v6 = BindError::new(
            "--listen",
            "[::]:443".parse().unwrap(),
            &Kind::Unsupported.into(),
        );
        assert!(v6.to_string().ends_with("0.0.0.0 is all of them."), "{v6}");
    }
}
