//! Resolves the host name of a server with the system's resolver.
//!
//! Invariant: at most one address per family, in the system's order (RFC 6724), within
//! `LOOKUP_TIMEOUT`.

use std::{net::SocketAddr, time::Duration};

use tokio::{net::lookup_host, time::timeout};
use turn_client::{Failure, Host, Server};

const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn resolve(server: &Server) -> Result<Vec<SocketAddr>, Failure> {
    let name = match &server.host {
        Host::Address(address) => return Ok(vec![SocketAddr::new(*address, server.port)]),
        Host::Name(name) => name.as_str(),
    };
    let Ok(found) = timeout(LOOKUP_TIMEOUT, lookup_host((name, server.port))).await else {
        let text = "the server's name was not found in time";
        return Err(Failure::new(Failure::UNREACHABLE, text));
    };
    Ok(one_of_each_family(found?))
}

fn one_of_each_family(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut chosen: Vec<SocketAddr> = vec![];
    for address in found {
        if !chosen
            .iter()
            .any(|other| other.is_ipv4() == address.is_ipv4())
        {
            chosen.push(address);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[&str], expect: &[&str]) {
        let parse = |text: &&str| text.parse::<SocketAddr>().unwrap();
        let expect: Vec<SocketAddr> = expect.iter().map(parse).collect();
        assert_eq!(one_of_each_family(found.iter().map(parse)), expect);
    }

    #[test]
    fn first_address_of_each_family_is_used() {
        check(&[], &[]);
        check(
            &["[::1]:5", "[::2]:5", "127.0.0.1:5", "127.0.0.2:5"],
            &["[::1]:5", "127.0.0.1:5"],
        );
        check(&["127.0.0.1:5", "[::1]:5"], &["127.0.0.1:5", "[::1]:5"]);
    }
}
