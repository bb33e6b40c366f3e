//! TURN and STUN: relays media for members whose networks let no other way through (RFC 8656).
//!
//! Invariant: it knows members by their credentials alone and never looks into what it relays. Off
//! unless it was asked for; then everything it holds is bounded and ends with its member.

mod addresses;
mod allocation;
mod answers;
mod bandwidth;
mod clock;
mod consent;
mod datagrams;
mod downlink;
mod frames;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod interfaces;
mod listeners;
mod members;
mod nonces;
mod offers;
mod peers;
mod pool;
mod ports;
mod relayed;
mod rules;
mod secret;
mod server;
mod streams;
mod urls;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use tokio::time::{interval, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    admission::Seats,
    config::TurnConfig,
    metrics::{Metrics, TurnCounters},
};
use addresses::Addresses;
use bandwidth::Bandwidth;
pub(crate) use clock::now_and_date;
pub use consent::PeerConsent;
use datagrams::Datagrams;
use interfaces::{Interfaces, READ_EVERY};
use listeners::Listeners;
use members::Members;
use nonces::Nonces;
pub(crate) use offers::Offers;
use peers::Peers;
use ports::Ports;
use rules::Rules;
pub use secret::Secret;
use server::Server;
use streams::{Streams, Wrap};
use urls::Urls;

const BITS_A_MEGABIT: u64 = 1_000_000;
/// Of a member in a full room, with every link asked twice; several of them behind one router.
const MOST_STREAMS_PER_ADDRESS: usize = 256;
const MOST_STREAMS: usize = 16 * 1024;
/// How long connections get to end, after a shutdown.
const DRAIN: Duration = Duration::from_secs(1);

/// A TURN server whose sockets are open. It answers once it runs.
#[derive(Debug)]
pub(crate) struct Turn {
    server: Arc<Server>,
    datagrams: Vec<Arc<Datagrams>>,
    streams: Vec<Streams>,
    urls: Urls,
}

impl Turn {
    /// `None` when it was not asked for. Wants a runtime around it.
    ///
    /// # Errors
    /// A sentence that names the flag.
    pub(crate) fn open(config: &TurnConfig, metrics: &Metrics) -> io::Result<Option<Self>> {
        if !config.is_inside() {
            return Ok(None);
        }
        let interfaces = Interfaces::read().unwrap_or_default();
        let own = &interfaces.addresses;
        let listeners = Listeners::open(&config.listen, &config.listen_tls, own)
            .map_err(|error| io::Error::new(io::ErrorKind::AddrNotAvailable, error))?;
        let addresses = Addresses::new(&config.public_ips, own);
        let peers = Peers::new(config.allow_peers.clone(), config.public_ips.clone());
        peers.handle_interfaces(interfaces);
        let now = clock::now();
        let server = Arc::new(Server {
            rules: Rules {
                secret: config.secret.clone().unwrap_or_else(Secret::draw),
                nonces: Nonces::new(&rand::random()),
                members: Members::new(
                    config.allocations,
                    u64::from(config.member_megabits) * BITS_A_MEGABIT,
                    config.ports.len(),
                ),
                peers,
                consent: config.consent,
                ports: Arc::new(Ports::new(config.ports.clone())),
                counters: metrics.turn().map_err(io::Error::other)?,
            },
            addresses,
            total_bandwidth: Bandwidth::new(u64::from(config.total_megabits) * BITS_A_MEGABIT, now),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        let urls = Urls {
            host: config.host.clone(),
            public_ips: config.public_ips.clone(),
            plain: local_addresses(&listeners.plain)?,
            tls: local_addresses(&listeners.tls)?,
        };
        info!(plain = ?urls.plain, tls = ?urls.tls, "relaying media");
        let seats = Arc::new(Seats::new(MOST_STREAMS, MOST_STREAMS_PER_ADDRESS));
        let stream = |listener: TcpListener, wrap: Wrap| -> io::Result<Streams> {
            Ok(Streams {
                server: Arc::clone(&server),
                listener: tokio::net::TcpListener::from_std(listener)?,
                wrap,
                seats: Arc::clone(&seats),
            })
        };
        let mut streams = Vec::new();
        for listener in listeners.plain {
            streams.push(stream(listener, Wrap::Plain)?);
        }
        for (listener, tls) in listeners.tls.into_iter().zip(config.tls.iter().cycle()) {
            streams.push(stream(listener, Wrap::Tls(Arc::clone(tls)))?);
        }
        let datagrams = listeners
            .datagrams
            .into_iter()
            .map(|socket| Ok(Arc::new(Datagrams::new(Arc::clone(&server), socket)?)))
            .collect::<io::Result<_>>()?;
        Ok(Some(Self {
            server,
            datagrams,
            streams,
            urls,
        }))
    }

    /// Begins to answer.
    pub(crate) fn run(self) -> Running {
        let Self {
            server,
            datagrams,
            streams,
            urls,
        } = self;
        for datagrams in datagrams {
            server.tasks.spawn(datagrams.run());
        }
        for streams in streams {
            server.tasks.spawn(streams.run());
        }
        server.tasks.spawn(keep_interfaces(Arc::clone(&server)));
        Running { server, urls }
    }
}

/// A TURN server that answers, until it is stopped.
#[derive(Debug)]
pub(crate) struct Running {
    server: Arc<Server>,
    urls: Urls,
}

impl Running {
    /// Ends every allocation and connection.
    pub(crate) async fn stop(&self) {
        self.server.stop.cancel();
        self.server.tasks.close();
        if timeout(DRAIN, self.server.tasks.wait()).await.is_err() {
            warn!(
                left = self.server.tasks.len(),
                "allocations did not end in time"
            );
        }
        let counters: &TurnCounters = &self.server.rules.counters;
        info!(
            allocations = counters.allocations.get(),
            bytes = counters.to_peers.bytes.get() + counters.to_members.bytes.get(),
            "relays no more media"
        );
    }
}

/// Until the server stops.
async fn keep_interfaces(server: Arc<Server>) {
    let mut ticks = interval(READ_EVERY);
    loop {
        tokio::select! {
            () = server.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // What is known stands, where the system does not tell.
        if let Some(interfaces) = Interfaces::read() {
            server.rules.peers.handle_interfaces(interfaces);
        }
    }
}

fn local_addresses(listeners: &[TcpListener]) -> io::Result<Vec<SocketAddr>> {
    listeners.iter().map(TcpListener::local_addr).collect()
}
