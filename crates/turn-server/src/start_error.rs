//! Why a server does not start.

use std::{fmt, io, net::SocketAddr};

/// Why [`crate::TurnServer::start`] failed. No socket stays open.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on: it is in use, foreign or privileged.
    #[error("no {protocol} listener on {address}: {error}")]
    Listen {
        /// Tells which list of the configuration has the address.
        protocol: ListenProtocol,
        /// As configured.
        address: SocketAddr,
        /// The system's reason.
        #[source]
        error: io::Error,
    },
    /// `relay_ports` is empty.
    #[error("the range of ports to relay on is empty: its last port is below its first")]
    NoRelayPorts,
    /// `realm` is longer than a message may hold.
    #[error("the realm is longer than 763 bytes")]
    LongRealm,
    /// The system gave no local address for a socket, or tokio could not take it.
    #[error("a socket cannot be used: {0}")]
    Socket(#[from] io::Error),
}

/// What a listener speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenProtocol {
    /// UDP and TCP, at one port: `listen` of [`crate::Config`].
    UdpAndTcp,
    /// TLS by TCP: `listen` of [`crate::TlsListeners`].
    Tls,
}

impl fmt::Display for ListenProtocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UdpAndTcp => "UDP and TCP",
            Self::Tls => "TLS",
        })
    }
}
