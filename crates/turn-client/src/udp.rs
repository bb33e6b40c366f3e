//! UDP sockets as media wants them: each of one family, with room for bursts.
//!
//! Invariant: an earlier packet that somebody refused does not count as the socket's own fault.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tracing::debug;

/// A key frame of a good camera comes as a burst of some 100 packets; this holds many of them.
const SOCKET_BUFFER: usize = 1 << 20;

/// Inside a tokio runtime.
///
/// # Errors
/// The system gives no socket there.
pub fn bound(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The system may grant less; the socket works all the same.
    for granted in [
        socket.set_recv_buffer_size(SOCKET_BUFFER),
        socket.set_send_buffer_size(SOCKET_BUFFER),
    ] {
        if let Err(error) = granted {
            debug!(%error, "the socket's buffer stays small");
        }
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

/// Whether the other side's machine refused an earlier packet.
#[must_use]
pub fn is_a_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
    )
}
