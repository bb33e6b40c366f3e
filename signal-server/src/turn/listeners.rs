//! The sockets that clients reach the TURN server by, opened at the start.
//!
//! Invariant: all are open or none is kept, and what could not be opened is named with its flag.
//! Datagrams are answered from the address they came to: where all addresses were asked for, each
//! has a socket of its own.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
    thread::available_parallelism,
};

use socket2::{Domain, Protocol, Socket, Type};

use super::{addresses::Family, ports::widen};
use crate::CannotListen;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;
/// More sockets for one address than this gain nothing.
const MOST_WORKERS: usize = 8;
/// Where the system chooses the port, it must be free for UDP as well.
const TRIES: usize = 16;
#[derive(Debug, Default)]
pub(super) struct Listeners {
    pub(super) datagrams: Vec<UdpSocket>,
    pub(super) plain: Vec<TcpListener>,
    pub(super) tls: Vec<TcpListener>,
}

impl Listeners {
    /// `interfaces` are the addresses of this computer.
    pub(super) fn open(
        plain: &[SocketAddr],
        tls: &[SocketAddr],
        interfaces: &[IpAddr],
    ) -> Result<Self, CannotListen> {
        let mut listeners = Self::default();
        for &address in plain {
            listeners
                .open_plain(address, interfaces)
                .map_err(|error| CannotListen::new("--turn", address, &error))?;
        }
        for &address in tls {
            let listener = listen(address)
                .map_err(|error| CannotListen::new("--turn-tls", address, &error))?;
            listeners.tls.push(listener);
        }
        Ok(listeners)
    }

    fn open_plain(&mut self, address: SocketAddr, interfaces: &[IpAddr]) -> io::Result<()> {
        for _ in 1..TRIES {
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
            for _ in 0..workers() {
                match datagram_socket(SocketAddr::new(ip, port)) {
                    Ok(socket) => sockets.push(socket),
                    // An address that the network has not settled on yet.
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
        self.plain.push(listener);
        self.datagrams.extend(sockets);
        Ok(())
    }
}

/// The addresses that stand for this one: itself, or those of its family for the unspecified one.
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

/// Several sockets share an address where the system spreads clients over them.
fn workers() -> usize {
    if cfg!(target_os = "linux") {
        return available_parallelism().map_or(1, |count| count.get().min(MOST_WORKERS));
    }
    1
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address, Type::STREAM, Protocol::TCP)?;
    // A relay that starts again must not wait for its last connections to be forgotten.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn datagram_socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
    widen(&socket);
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
