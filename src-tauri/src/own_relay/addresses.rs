//! The addresses of this computer for others in its network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use signal_protocol::RelayAddress;

/// RFC 5737: a documentation address. The route lookup sends nothing.
const DOCUMENTATION_ADDRESS: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// The addresses for others, the most likely first.
pub(super) fn in_this_network(port: u16) -> Vec<RelayAddress> {
    let others = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot list this computer's addresses");
        Vec::new()
    });
    let others = others
        .into_iter()
        .filter_map(|interface| match interface.ip() {
            IpAddr::V4(ip) => Some(ip),
            IpAddr::V6(_) => None,
        });
    let mut addresses: Vec<Ipv4Addr> = Vec::new();
    for ip in default_route().into_iter().chain(others) {
        if !ip.is_loopback() && !ip.is_link_local() && !addresses.contains(&ip) {
            addresses.push(ip);
        }
    }
    addresses
        .into_iter()
        .map(|ip| RelayAddress::plain(SocketAddr::from((ip, port))))
        .collect()
}

/// The source address of this computer's connections.
pub(super) fn default_route() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(DOCUMENTATION_ADDRESS).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(_) => None,
    }
}
