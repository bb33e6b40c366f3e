//! Pool of UDP ports for relayed transport addresses.
//!
//! Invariant: a port belongs to one allocation until the allocation is dropped, in both address
//! families. The port number alone decides whether the server relays on it.

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use socket2::{Domain, Protocol, Socket, Type};

/// Holds the burst of a key frame on a busy computer. The system may grant less.
const SOCKET_BUFFER_BYTES: usize = 1024 * 1024;
/// Ports to try. Another program may use some of them.
const MAX_ATTEMPTS: usize = 64;
const BITMAP_WORDS: usize = 65536 / 64;

#[derive(Debug)]
pub(super) struct Ports {
    range: RangeInclusive<u16>,
    taken: Box<[AtomicU64]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parity {
    Any,
    Even,
}

/// A reserved port. Dropping it releases the port.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) number: u16,
    ports: Arc<Ports>,
}

impl Ports {
    pub(super) fn new(range: RangeInclusive<u16>) -> Self {
        Self {
            range,
            taken: (0..BITMAP_WORDS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    pub(super) fn is_relayed(&self, port: u16) -> bool {
        let (word, bit) = self.slot(port);
        word.load(Ordering::Relaxed) & bit != 0
    }

    /// Binds a socket to a free port. The search starts at a random port.
    ///
    /// # Errors
    /// `AddrInUse` if no free port was found. The system's error for a foreign address.
    pub(super) fn bind(
        self: &Arc<Self>,
        ip: IpAddr,
        parity: Parity,
    ) -> io::Result<(UdpSocket, Port)> {
        let (first, last) = (u32::from(*self.range.start()), u32::from(*self.range.end()));
        let count = last - first + 1;
        let from: u32 = rand::random_range(0..count);
        let candidates = (0..count)
            .filter_map(|step| u16::try_from(first + (from + step) % count).ok())
            .filter(|port| match parity {
                Parity::Any => true,
                Parity::Even => port.is_multiple_of(2),
            });
        let mut tried = 0;
        for number in candidates {
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

    fn take(self: &Arc<Self>, number: u16) -> Option<Port> {
        let (word, bit) = self.slot(number);
        if word.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            return None;
        }
        let ports = Arc::clone(self);
        Some(Port { number, ports })
    }

    fn slot(&self, port: u16) -> (&AtomicU64, u64) {
        (&self.taken[usize::from(port / 64)], 1 << (port % 64))
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        let (word, bit) = self.ports.slot(self.number);
        word.fetch_and(!bit, Ordering::Relaxed);
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
