//! Sockets of relayed transport addresses.
//!
//! Invariant: a socket and its port are handed out together. The search for a free port starts at a
//! random one (RFC 8656, 7.2), so that nobody can guess it.

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
};

use socket2::{Domain, Protocol, Socket, Type};

use crate::rules::ports::{Parity, Port, Ports};

/// Holds the burst of a key frame on a busy computer. The system may grant less.
const SOCKET_BUFFER_BYTES: usize = 1024 * 1024;
/// Ports to try. Another program may use some of them.
const MAX_ATTEMPTS: usize = 64;

impl Ports {
    /// Binds a socket to a free port.
    ///
    /// # Errors
    /// `AddrInUse` if no free port was found. The system's error for a foreign address.
    pub(crate) fn bind(
        self: &Arc<Self>,
        ip: IpAddr,
        parity: Parity,
    ) -> io::Result<(UdpSocket, Port)> {
        let start = rand::random_range(0..self.count());
        let mut tried = 0;
        for number in self.candidates(start, parity) {
            let Some(port) = self.take(number) else {
                continue;
            };
            match open(SocketAddr::new(ip, number)) {
                Ok(socket) => return Ok((socket, port)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tried < MAX_ATTEMPTS => {
                    tried += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }
}

fn open(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    socket.set_nonblocking(true)?;
    enlarge_buffers(&socket);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

/// Enlarges both socket buffers as far as the system allows.
pub(super) fn enlarge_buffers(socket: &Socket) {
    for set in [Socket::set_recv_buffer_size, Socket::set_send_buffer_size] {
        if let Err(error) = set(socket, SOCKET_BUFFER_BYTES) {
            tracing::debug!(%error, "the socket keeps its buffer");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn port_is_reserved_until_dropped() {
        let ports = Arc::new(Ports::new(42_000..=42_063));
        let (socket, port) = ports.bind(LOOPBACK, Parity::Any).unwrap();
        assert_eq!(socket.local_addr().unwrap().port(), port.number);
        assert!(ports.is_relayed(port.number) && !ports.is_relayed(port.number ^ 64));
        let number = port.number;
        drop((socket, port));
        assert!(!ports.is_relayed(number));
    }

    #[test]
    fn bind_finds_every_free_port() {
        let ports = Arc::new(Ports::new(42_100..=42_131));
        let mut held: Vec<_> = (0..4)
            .map(|_| ports.bind(LOOPBACK, Parity::Even).unwrap())
            .collect();
        assert!(held.iter().all(|(_, port)| port.number % 2 == 0));
        while let Ok(more) = ports.bind(LOOPBACK, Parity::Any) {
            held.push(more);
        }
        // Another program may use some of them.
        assert!((24..=32).contains(&held.len()), "{}", held.len());
        drop(held);
        assert!(ports.bind(LOOPBACK, Parity::Any).is_ok());
    }

    #[test]
    fn foreign_address_is_refused_at_once() {
        let ports = Arc::new(Ports::new(42_200..=42_231));
        let foreign = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        let error = ports.bind(foreign, Parity::Any).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        assert!((42_200..=42_231).all(|port| !ports.is_relayed(port)));
    }
}
