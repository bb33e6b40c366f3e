//! The relay of its own tests, and ports for servers beside it.

use std::{
    net::{Ipv4Addr, TcpListener, UdpSocket},
    ops::RangeInclusive,
};

#[path = "../relay/relay.rs"]
#[allow(dead_code, reason = "the relay's tests ask more")]
mod harness;

pub(crate) use harness::{Program, Relay, get, within};

/// A port that is free for UDP and TCP.
pub(crate) fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A random range below the ephemeral ports, so that parallel tests rarely collide.
pub(crate) fn port_range() -> RangeInclusive<u16> {
    let first = 10_000 + rand::random_range(0..40) * 250;
    first..=first + 249
}
