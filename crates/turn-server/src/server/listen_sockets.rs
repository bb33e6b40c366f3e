//! Opens the listening sockets at the start.
//!
//! Invariant: all sockets open, or the error names the address and none is kept. A response leaves
//! from the address that the request arrived at, so an unspecified address becomes one socket per
//! interface address.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
    thread::available_parallelism,
};

use socket2::{Domain, Protocol, Socket, Type};

use super::relay_sockets::enlarge_buffers;
use crate::{ListenProtocol, StartError, rules::relay_addresses::Family};

/// Connections in the accept queue.
const BACKLOG: i32 = 1024;
/// More sockets per address bring no further gain.
const MAX_UDP_SOCKETS_PER_ADDRESS: usize = 8;
/// A port that the system chooses for TCP must be free for UDP too.
const MAX_ATTEMPTS: usize = 16;

/// The sockets of all listeners.
#[derive(Debug, Default)]
pub(super) struct ListenSockets {
    pub(super) udp: Vec<UdpSocket>,
    pub(super) tcp: Vec<TcpListener>,
    pub(super) tls: Vec<TcpListener>,
}

impl ListenSockets {
    /// `plain` are the addresses for UDP and TCP, `interfaces` those of this computer.
    ///
    /// # Errors
    /// The first address that cannot be listened on.
    pub(super) fn open(
        plain: &[SocketAddr],
        tls: &[SocketAddr],
        interfaces: &[IpAddr],
    ) -> Result<Self, StartError> {
        let refused = |protocol, address| {
            move |error| StartError::Listen {
                protocol,
                address,
                error,
            }
        };
        let mut listeners = Self::default();
        for &address in plain {
            listeners
                .open_plain(address, interfaces)
                .map_err(refused(ListenProtocol::UdpAndTcp, address))?;
        }
        for &address in tls {
            let listener = listen(address).map_err(refused(ListenProtocol::Tls, address))?;
            listeners.tls.push(listener);
        }
        Ok(listeners)
    }

    fn open_plain(&mut self, address: SocketAddr, interfaces: &[IpAddr]) -> io::Result<()> {
        for _ in 1..MAX_ATTEMPTS {
            match self.try_open_plain(address, interfaces) {
                Err(error) if address.port() == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
                result => return result,
            }
        }
        self.try_open_plain(address, interfaces)
    }

    fn try_open_plain(&mut self, address: SocketAddr, interfaces: &[IpAddr]) -> io::Result<()> {
        let listener = listen(address)?;
        let port = listener.local_addr()?.port();
        let mut sockets = Vec::new();
        for ip in expand(address.ip(), interfaces) {
            for _ in 0..sockets_per_address() {
                match datagram_socket(SocketAddr::new(ip, port)) {
                    Ok(socket) => sockets.push(socket),
                    // The system has not configured this address yet.
                    Err(error)
                        if address.ip().is_unspecified()
                            && error.kind() == io::ErrorKind::AddrNotAvailable =>
                    {
                        tracing::warn!(%ip, "no TURN on this address");
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        self.tcp.push(listener);
        self.udp.extend(sockets);
        Ok(())
    }
}

/// The address itself, or all interface addresses of its family for an unspecified address.
fn expand(ip: IpAddr, interfaces: &[IpAddr]) -> Vec<IpAddr> {
    if !ip.is_unspecified() {
        return vec![ip];
    }
    interfaces
        .iter()
        .copied()
        .filter(|candidate| Family::of(*candidate) == Family::of(ip))
        .collect()
}

/// On Linux several sockets share an address, and the system spreads clients over them.
fn sockets_per_address() -> usize {
    if cfg!(target_os = "linux") {
        return available_parallelism()
            .map_or(1, |count| count.get().min(MAX_UDP_SOCKETS_PER_ADDRESS));
    }
    1
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address, Type::STREAM, Protocol::TCP)?;
    // Allows a restart while connections of the previous process are in TIME-WAIT.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn datagram_socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
    enlarge_buffers(&socket);
    #[cfg(target_os = "linux")]
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    Ok(socket)
}
