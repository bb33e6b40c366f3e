//! Resolves a name to IPv4 and IPv6 addresses.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use tokio::{net::lookup_host, time::timeout};

use crate::fault::{Cause, Fault};

const TIMEOUT: Duration = Duration::from_secs(5);
/// A name with more addresses belongs to a large hoster. Its addresses are equivalent.
const MAX_ADDRESSES: usize = 4;

/// Addresses in the system's order (RFC 6724), in which programs try them.
pub(crate) async fn resolve(name: &str, port: u16) -> Result<Vec<SocketAddr>, Fault> {
    let Ok(found) = timeout(TIMEOUT, lookup_host((name, port))).await else {
        return Err(silent(name));
    };
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in found.map_err(|error| diagnose(name, &error))? {
        if !addresses.contains(&address) && addresses.len() < MAX_ADDRESSES {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// `203.0.113.5 (IPv4) and 2001:db8::5 (IPv6)`
pub(crate) fn list(addresses: &[SocketAddr]) -> String {
    let words: Vec<String> = addresses
        .iter()
        .map(|address| format!("{} ({})", address.ip(), family(address.ip())))
        .collect();
    words.join(" and ")
}

pub(crate) const fn family(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(_) => "IPv4",
        IpAddr::V6(_) => "IPv6",
    }
}

fn diagnose(name: &str, error: &io::Error) -> Fault {
    // The standard library hides the resolver's error code. The text is the same in the C libraries
    // of GNU, musl, macOS and FreeBSD.
    let words = error.to_string().to_ascii_lowercase();
    if words.contains("temporary failure") || words.contains("try again") {
        return silent(name);
    }
    Fault::new(
        Cause::NameUnknown,
        format!("There is no such name as {name}, or it leads to no address"),
        format!(
            "Check the spelling. If the name is yours, give it an A record (IPv4) or an AAAA record \
             (IPv6) with the relay's public address, where you manage the domain; a new record can \
             take an hour to be seen. To test without a name, use the relay's address instead of {name}."
        ),
    )
}

fn silent(name: &str) -> Fault {
    Fault::new(
        Cause::ResolverSilent,
        format!("This computer's name server gave no answer about {name}"),
        "Check that this computer is online and which name server it asks (/etc/resolv.conf on \
         Linux). If other names are found, it is the name servers of this domain that do not \
         answer: check them where you manage the domain.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, expect: Cause) {
        let fault = diagnose("a.example", &io::Error::other(words));
        assert_eq!(fault.cause, expect, "{words}");
        assert!(fault.text.contains("a.example"), "{}", fault.text);
    }

    #[test]
    fn silent_resolver_is_not_an_unknown_name() {
        let prefix = "failed to lookup address information: ";
        check(
            &format!("{prefix}Name or service not known"),
            Cause::NameUnknown,
        );
        check(
            &format!("{prefix}No address associated with hostname"),
            Cause::NameUnknown,
        );
        check(
            &format!("{prefix}nodename nor servname provided, or not known"),
            Cause::NameUnknown,
        );
        check(
            &format!("{prefix}Temporary failure in name resolution"),
            Cause::ResolverSilent,
        );
        check("Try again", Cause::ResolverSilent);
    }

    #[test]
    fn address_list_names_families() {
        let addresses = ["1.2.3.4:1", "[::1]:1"].map(|text| text.parse().unwrap());
        assert_eq!(list(&addresses), "1.2.3.4 (IPv4) and ::1 (IPv6)");
    }
}
