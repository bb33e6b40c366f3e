//! Which of this machine's addresses become host candidates.
//!
//! Invariant: link-local addresses are taken where there are no better ones, loopback where there
//! is nothing else at all (a machine without a network still calls itself).

use std::{
    io,
    net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6},
};

/// More would only make ICE slower: pairs grow with the product of both sides' candidates.
const MOST: usize = 16;

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Network,
    Link,
    Loopback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Up,
    Down,
}

#[derive(Debug, Clone, Copy)]
struct Found {
    address: IpAddr,
    /// Of the interface; a link-local IPv6 address means nothing without it.
    index: u32,
    state: State,
}

/// Addresses to bind to, with port 0.
pub(super) fn list() -> io::Result<Vec<SocketAddr>> {
    let found = if_addrs::get_if_addrs()?
        .into_iter()
        .map(|interface| Found {
            address: interface.ip(),
            index: interface.index.unwrap_or(0),
            state: if interface.is_oper_up() {
                State::Up
            } else {
                State::Down
            },
        });
    Ok(choose(found))
}

fn choose(found: impl Iterator<Item = Found>) -> Vec<SocketAddr> {
    let usable: Vec<Found> = found
        .filter(|found| found.state == State::Up && !found.address.is_unspecified())
        .collect();
    let Some(best) = usable.iter().map(|found| reach(found.address)).min() else {
        return vec![];
    };
    let mut chosen = vec![];
    for found in usable.iter().filter(|found| reach(found.address) == best) {
        let address = to_bind(*found);
        if !chosen.contains(&address) {
            chosen.push(address);
        }
    }
    chosen.truncate(MOST);
    chosen
}

fn reach(address: IpAddr) -> Reach {
    if address.is_loopback() {
        return Reach::Loopback;
    }
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    if link_local {
        Reach::Link
    } else {
        Reach::Network
    }
}

fn to_bind(found: Found) -> SocketAddr {
    match found.address {
        IpAddr::V4(address) => SocketAddrV4::new(address, 0).into(),
        IpAddr::V6(address) if address.is_unicast_link_local() => {
            SocketAddrV6::new(address, 0, 0, found.index).into()
        }
        IpAddr::V6(address) => SocketAddrV6::new(address, 0, 0, 0).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[(&str, State)], expect: &[&str]) {
        let found = found.iter().map(|(address, state)| Found {
            address: address.parse().unwrap(),
            index: 3,
            state: *state,
        });
        let expect: Vec<SocketAddr> = expect.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(choose(found), expect);
    }

    #[test]
    fn addresses_of_the_widest_reach_are_taken() {
        use State::{Down, Up};
        check(&[], &[]);
        check(
            &[
                ("127.0.0.1", Up),
                ("192.0.2.7", Up),
                ("2001:db8::7", Up),
                ("fe80::1", Up),
                ("::1", Up),
            ],
            &["192.0.2.7:0", "[2001:db8::7]:0"],
        );
        check(
            &[("127.0.0.1", Up), ("fe80::1", Up), ("169.254.9.9", Up)],
            &["[fe80::1%3]:0", "169.254.9.9:0"],
        );
        check(
            &[("127.0.0.1", Up), ("::1", Up), ("192.0.2.7", Down)],
            &["127.0.0.1:0", "[::1]:0"],
        );
        check(&[("192.0.2.7", Up), ("192.0.2.7", Up)], &["192.0.2.7:0"]);
        check(&[("0.0.0.0", Up), ("192.0.2.7", Down)], &[]);
    }

    #[test]
    fn their_number_is_bounded() {
        let found = (0..=255).map(|last| Found {
            address: IpAddr::from([192, 0, 2, last]),
            index: 1,
            state: State::Up,
        });
        assert_eq!(choose(found).len(), MOST);
    }

    #[test]
    fn this_machine_has_an_address() {
        assert!(!list().unwrap().is_empty());
    }
}
