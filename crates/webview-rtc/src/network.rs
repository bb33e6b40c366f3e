//! Sockets, local candidates and relays of one connection, without knowledge of the payload.
//!
//! Invariant: a received packet carries the address of the local candidate as its destination,
//! which is the relayed address for packets over TURN. ICE therefore treats all paths alike.

mod dns;
mod gatherer;
mod gathering;
mod host;
mod interfaces;
mod mdns;
mod relay;
mod traffic;
mod trust;

use std::{future::pending, net::SocketAddr, sync::Arc, time::Instant};

use tokio::{
    sync::{mpsc, watch},
    time::sleep_until,
};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use turn_client::RelayTransport;

pub use self::mdns::resolve;
use self::{gatherer::Gatherer, traffic::Traffic, trust::Trust};
use crate::wire::request::Configuration;

/// Transport of a candidate (RFC 8445, 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    Udp,
    Tcp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CandidateKind {
    Host,
    /// `url`: the STUN server that saw the address. `base`: RFC 8445, 5.1.1.2.
    ServerReflexive {
        base: SocketAddr,
        url: String,
    },
    /// `local` is the mapped address, the related address of the candidate (RFC 8839, 5.1).
    Relayed {
        local: SocketAddr,
        url: String,
        by: RelayTransport,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalCandidate {
    pub transport: Transport,
    pub address: SocketAddr,
    pub kind: CandidateKind,
}

#[derive(Debug)]
pub enum NetworkEvent {
    Candidate(LocalCandidate),
    CandidateError {
        url: String,
        code: u16,
        text: String,
        address: Option<String>,
        port: Option<u16>,
    },
    GatheringComplete,
    Received {
        transport: Transport,
        source: SocketAddr,
        /// The address of the local candidate.
        destination: SocketAddr,
        bytes: Vec<u8>,
        arrival: Instant,
    },
    /// The interface, socket or allocation of this local candidate is gone.
    Lost(SocketAddr),
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Root certificates (DER) for `turns:` servers, in addition to the system's.
    pub extra_roots: Vec<Vec<u8>>,
}

/// Sockets and relays of one connection. Dropping it closes the sockets and releases the
/// allocations.
#[derive(Debug)]
pub struct Network {
    configurations: watch::Sender<Option<Configuration>>,
    traffic: Arc<Traffic>,
    _stop: DropGuard,
}

impl Network {
    /// Starts the gatherer's task, so it needs a tokio runtime. It gathers nothing yet, but starts
    /// to read the system's certificates where a server needs them, because that takes time.
    pub fn start(configuration: Configuration, events: mpsc::Sender<NetworkEvent>) -> Self {
        Self::start_with(configuration, Options::default(), events)
    }

    pub fn start_with(
        configuration: Configuration,
        options: Options,
        events: mpsc::Sender<NetworkEvent>,
    ) -> Self {
        let (configurations, requested) = watch::channel(None);
        let stop = CancellationToken::new();
        let traffic = Arc::new(Traffic::new(events.clone()));
        let trust = Arc::new(Trust::new(options.extra_roots));
        if names_tls(configuration) {
            let trust = Arc::clone(&trust);
            // The server that needs TLS reports a failure later.
            tokio::spawn(async move { trust.configuration().await.is_ok() });
        }
        let gatherer = Gatherer::new(events, Arc::clone(&traffic), trust, stop.clone());
        tokio::spawn(gatherer.run(requested));
        Self {
            configurations,
            traffic,
            _stop: stop.drop_guard(),
        }
    }

    /// Gathers candidates. A repeated call reports every valid candidate again and reuses the
    /// sockets that still match. Ends with [`NetworkEvent::GatheringComplete`]; a later `gather`
    /// replaces an earlier one, and then only one such event follows.
    pub fn gather(&self, configuration: Configuration) {
        self.configurations.send_replace(Some(configuration));
    }

    /// Never waits: a packet that cannot be sent at once is dropped and counted. `source` is the
    /// address of a host or relayed candidate, or the base of a server-reflexive one.
    pub fn try_send(
        &self,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        match transport {
            Transport::Udp => self.traffic.try_send(source, destination, bytes),
            // No TCP candidates are gathered, so ICE has no such pair.
            Transport::Tcp => self.traffic.count_dropped(),
        }
    }

    /// Packets dropped here in both directions, because a queue or a socket buffer was full.
    pub fn dropped_packets(&self) -> u64 {
        self.traffic.dropped()
    }
}

fn names_tls(configuration: Configuration) -> bool {
    configuration
        .ice_servers
        .into_iter()
        .flat_map(|server| server.urls)
        .any(|url| url.starts_with("turns:"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only place where the network's shell reads the clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// Waits until `due`, or forever without one.
async fn sleep_until_due(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due.into()).await,
        None => pending().await,
    }
}
