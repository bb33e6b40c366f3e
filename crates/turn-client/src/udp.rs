//! UDP sockets for media: one address family per socket, with buffers for bursts.
//!
//! Invariant: an error about an earlier packet is told apart from an error of the socket.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tracing::debug;

/// Holds many bursts. A key frame of a good camera is about 100 packets.
const SOCKET_BUFFER_BYTES: usize = 1 << 20;

/// Binds a UDP socket. Needs a tokio runtime.
///
/// # Errors
/// The system refuses the socket or the address.
pub fn bound(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The system may grant less. The socket still works.
    for granted in [
        socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES),
        socket.set_send_buffer_size(SOCKET_BUFFER_BYTES),
    ] {
        if let Err(error) = granted {
            debug!(%error, "the socket's buffer stays small");
        }
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

/// Whether the error reports that an earlier packet did not reach the peer.
#[must_use]
pub fn is_peer_unreachable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
    )
}
