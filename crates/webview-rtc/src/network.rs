//! The paths of one connection: its sockets, its candidates, its relays. Knows nothing of what is
//! sent over them.
//!
//! Invariant: what comes in is named by the local candidate's address it came to (a relay's
//! address for what came by TURN), so that ICE sees ordinary paths.

mod gatherer;
mod host;
mod interfaces;
mod mdns;
mod names;
mod relay;
mod round;
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

/// What ICE needs to know of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    Udp,
    Tcp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CandidateKind {
    Host,
    /// Seen by this server, from this base.
    ServerReflexive {
        base: SocketAddr,
        url: String,
    },
    /// `local` is how the server sees us.
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
        /// The local candidate it came to.
        destination: SocketAddr,
        bytes: Vec<u8>,
        arrival: Instant,
    },
    /// This way is gone (interface, socket or allocation lost).
    Lost(SocketAddr),
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Certificates (DER) that may sign a `turns:` server's, beside those the system trusts.
    pub extra_roots: Vec<Vec<u8>>,
}

/// The paths of one connection. Everything ends when it is dropped: sockets close, relays are
/// released.
#[derive(Debug)]
pub struct Network {
    wishes: watch::Sender<Option<Configuration>>,
    traffic: Arc<Traffic>,
    _stop: DropGuard,
}

impl Network {
    /// Starts the task behind it, so it needs a tokio runtime. Gathers nothing yet; what takes
    /// its time with these servers (reading the system's certificates) begins.
    pub fn start(configuration: Configuration, events: mpsc::Sender<NetworkEvent>) -> Self {
        Self::start_with(configuration, Options::default(), events)
    }

    pub fn start_with(
        configuration: Configuration,
        options: Options,
        events: mpsc::Sender<NetworkEvent>,
    ) -> Self {
        let (wishes, wished) = watch::channel(None);
        let stop = CancellationToken::new();
        let traffic = Arc::new(Traffic::new(events.clone()));
        let trust = Arc::new(Trust::new(options.extra_roots));
        if names_tls(configuration) {
            let trust = Arc::clone(&trust);
            // Its failure is told of the server that needs it.
            tokio::spawn(async move { trust.configuration().await.is_ok() });
        }
        let gatherer = Gatherer::new(events, Arc::clone(&traffic), trust, stop.clone());
        tokio::spawn(gatherer.run(wished));
        Self {
            wishes,
            traffic,
            _stop: stop.drop_guard(),
        }
    }

    /// Looks for candidates, anew where it did before: every candidate that holds is told again,
    /// sockets that still fit are kept. Ends with [`NetworkEvent::GatheringComplete`], unless
    /// another `gather` comes first, which then ends so.
    pub fn gather(&self, configuration: Configuration) {
        self.wishes.send_replace(Some(configuration));
    }

    /// Never waits: what the way does not take at once is dropped and counted. `source` is the
    /// address of a host or relayed candidate; that of a server-reflexive one is its base.
    pub fn try_send(
        &self,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        match transport {
            Transport::Udp => self.traffic.try_send(source, destination, bytes),
            // No candidate of this kind is gathered, so ICE has no pair to send on.
            Transport::Tcp => self.traffic.count_dropped(),
        }
    }

    /// Packets lost here, in either direction, because a queue or a socket's buffer was full.
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
    reason = "the network's shell reads the clock here and nowhere else"
)]
fn now() -> Instant {
    Instant::now()
}

/// Never, where there is nothing to wait for.
async fn reached(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due.into()).await,
        None => pending().await,
    }
}
