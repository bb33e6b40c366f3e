//! Selects the local addresses that become host candidates.
//!
//! Invariant: link-local addresses are used only without global ones, loopback only without any
//! other, so that a machine without a network can still call itself.

use std::{
    io,
    net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6},
};

/// More would slow ICE down: the number of pairs is the product of both sides' candidates.
const MAX_ADDRESSES: usize = 16;

/// Scope of an address, widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Global,
    LinkLocal,
    Loopback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Up,
    Down,
}

#[derive(Debug, Clone, Copy)]
struct InterfaceAddress {
    address: IpAddr,
    /// Index of the interface, the scope id of a link-local IPv6 address.
    index: u32,
    state: State,
}

/// Addresses to bind to, with port 0.
pub(super) fn list() -> io::Result<Vec<SocketAddr>> {
    let found = if_addrs::get_if_addrs()?
        .into_iter()
        .map(|interface| InterfaceAddress {
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

fn choose(found: impl Iterator<Item = InterfaceAddress>) -> Vec<SocketAddr> {
    let usable: Vec<InterfaceAddress> = found
        .filter(|found| found.state == State::Up && !found.address.is_unspecified())
        .collect();
    let Some(widest) = usable.iter().map(|found| scope(found.address)).min() else {
        return vec![];
    };
    let mut chosen = vec![];
    for found in usable.iter().filter(|found| scope(found.address) == widest) {
        let address = bind_address(*found);
        if !chosen.contains(&address) {
            chosen.push(address);
        }
    }
    chosen.truncate(MAX_ADDRESSES);
    chosen
}

fn scope(address: IpAddr) -> Scope {
    if address.is_loopback() {
        return Scope::Loopback;
    }
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    if link_local {
        Scope::LinkLocal
    } else {
        Scope::Global
    }
}

fn bind_address(found: InterfaceAddress) -> SocketAddr {
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
        let found = found.iter().map(|(address, state)| InterfaceAddress {
            address: address.parse().unwrap(),
            index: 3,
            state: *state,
        });
        let expect: Vec<SocketAddr> = expect.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(choose(found), expect);
    }

    #[test]
    fn addresses_of_the_widest_scope_are_used() {
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
    fn number_of_addresses_is_limited() {
        let found = (0..=255).map(|last| InterfaceAddress {
            address: IpAddr::from([192, 0, 2, last]),
            index: 1,
            state: State::Up,
        });
        assert_eq!(choose(found).len(), MAX_ADDRESSES);
    }

    #[test]
    fn this_machine_has_an_address() {
        assert!(!list().unwrap().is_empty());
    }
}
