//! Configuration of a server.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU64,
    ops::RangeInclusive,
    sync::Arc,
};

use ipnet::IpNet;
use tokio_rustls::rustls::ServerConfig;

use crate::{PeerConsent, Secret};

/// The dynamic ports (RFC 8656, 7.2).
const DEFAULT_PORTS: RangeInclusive<u16> = 49152..=65535;
const DEFAULT_ALLOCATIONS: usize = 128;
const DEFAULT_MEMBER_BITS_PER_SECOND: u64 = 50_000_000;

/// What a [`crate::TurnServer`] does. [`Config::new`] has defaults for all of it.
#[derive(Debug, Clone)]
pub struct Config {
    /// Addresses to listen on for UDP and TCP; 3478 is the usual port. An unspecified address
    /// stands for all addresses of this computer in its family. Empty: neither UDP nor TCP.
    pub listen: Vec<SocketAddr>,
    /// Listeners for TLS by TCP. Default: none.
    pub tls: Option<TlsListeners>,
    /// Names the server to clients in each challenge, at most 763 bytes (RFC 8489, 14.9). Default:
    /// `turn`.
    pub realm: String,
    /// Makes and checks credentials.
    pub secret: Secret,
    /// Addresses at which peers reach this computer, at most one per family: the first one counts.
    /// Needed behind NAT. Default: a public address of an interface, or the address at which the
    /// client reached the server.
    pub public_ips: Vec<IpAddr>,
    /// Ports of relayed transport addresses, not empty. Default: 49152 to 65535.
    pub relay_ports: RangeInclusive<u16>,
    /// Networks of peers that are allowed although the policy forbids them: private networks,
    /// networks of this computer, special-purpose networks. Default: none.
    pub allowed_peers: Vec<IpNet>,
    /// Whether a peer must answer an ICE check before it receives data. Default: it must.
    pub consent: PeerConsent,
    /// Allocations that a member may hold at once. Default: 128.
    pub max_allocations: usize,
    /// Bandwidth of a member, both directions together, in bits of payload a second. `None` is no
    /// limit. Default: 50 Mbit/s.
    pub member_bits_per_second: Option<NonZeroU64>,
    /// Bandwidth of all members together, as above. Default: no limit.
    pub total_bits_per_second: Option<NonZeroU64>,
}

/// Listeners for TLS.
#[derive(Debug, Clone)]
pub struct TlsListeners {
    /// Addresses to listen on; 5349 is the usual port.
    pub listen: Vec<SocketAddr>,
    /// The certificate and its key.
    pub config: Arc<ServerConfig>,
}

impl Config {
    /// The defaults, without a listener.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self {
            listen: Vec::new(),
            tls: None,
            realm: "turn".to_owned(),
            secret,
            public_ips: Vec::new(),
            relay_ports: DEFAULT_PORTS,
            allowed_peers: Vec::new(),
            consent: PeerConsent::Required,
            max_allocations: DEFAULT_ALLOCATIONS,
            member_bits_per_second: NonZeroU64::new(DEFAULT_MEMBER_BITS_PER_SECOND),
            total_bits_per_second: None,
        }
    }
}
