//! STUN and TURN server (RFC 8489, RFC 8656): relays media for members behind strict networks.
//!
//! Invariant: the server identifies a member by its credentials and never reads relayed data. It is
//! off by default. Every resource is bounded, and each allocation ends with its member.

mod active_allocation;
mod allocation;
mod bandwidth;
mod client_transport;
mod clock;
mod consent;
mod frames;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod ice_servers;
mod interfaces;
mod listen_sockets;
mod members;
mod nonces;
mod peer_policy;
mod port_quota;
mod ports;
mod relay_addresses;
mod responses;
mod rules;
mod secret;
mod server;
mod tcp_listener;
mod udp_listener;
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
    config::TurnConfig,
    connection_limit::ConnectionLimit,
    metrics::{Metrics, TurnCounters},
};
use bandwidth::Bandwidth;
pub(crate) use clock::now_and_date;
pub use consent::PeerConsent;
pub(crate) use ice_servers::IceServers;
use interfaces::{Interfaces, REFRESH_INTERVAL};
use listen_sockets::ListenSockets;
use members::Members;
use nonces::Nonces;
use peer_policy::PeerPolicy;
use ports::Ports;
use relay_addresses::RelayAddresses;
use rules::Rules;
pub use secret::Secret;
use server::Server;
use tcp_listener::{StreamSecurity, TurnTcpListener};
use udp_listener::TurnUdpListener;
use urls::Urls;

const BITS_PER_MEGABIT: u64 = 1_000_000;
/// Enough for several members behind one router, each in a full room with two connections per peer.
const MAX_STREAMS_PER_ADDRESS: usize = 256;
const MAX_STREAMS: usize = 16 * 1024;
/// Time for connections to end after a shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// A TURN server with open sockets. It responds after `run`.
#[derive(Debug)]
pub(crate) struct Turn {
    server: Arc<Server>,
    udp_listeners: Vec<Arc<TurnUdpListener>>,
    tcp_listeners: Vec<TurnTcpListener>,
    urls: Urls,
}

impl Turn {
    /// Opens the sockets. `None` if no listen address is configured. Needs a tokio runtime.
    ///
    /// # Errors
    /// A sentence that names the flag.
    pub(crate) fn open(config: &TurnConfig, metrics: &Metrics) -> io::Result<Option<Self>> {
        if !config.is_internal() {
            return Ok(None);
        }
        let interfaces = Interfaces::read().unwrap_or_default();
        let own = &interfaces.addresses;
        let listeners = ListenSockets::open(&config.listen, &config.listen_tls, own)
            .map_err(|error| io::Error::new(io::ErrorKind::AddrNotAvailable, error))?;
        let addresses = RelayAddresses::new(&config.public_ips, own);
        let peer_policy = PeerPolicy::new(config.allow_peers.clone(), config.public_ips.clone());
        peer_policy.handle_interfaces(interfaces);
        let now = clock::now();
        let server = Arc::new(Server {
            rules: Rules {
                secret: config.secret.clone().unwrap_or_else(Secret::generate),
                nonces: Nonces::new(&rand::random()),
                members: Members::new(
                    config.allocations,
                    u64::from(config.member_megabits) * BITS_PER_MEGABIT,
                    config.ports.len(),
                ),
                peer_policy,
                consent: config.consent,
                ports: Arc::new(Ports::new(config.ports.clone())),
                counters: metrics.turn().map_err(io::Error::other)?,
            },
            addresses,
            total_bandwidth: Bandwidth::new(
                u64::from(config.total_megabits) * BITS_PER_MEGABIT,
                now,
            ),
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
        let limit = Arc::new(ConnectionLimit::new(MAX_STREAMS, MAX_STREAMS_PER_ADDRESS));
        let tcp_listener = |listener: TcpListener, security| -> io::Result<TurnTcpListener> {
            Ok(TurnTcpListener {
                server: Arc::clone(&server),
                listener: tokio::net::TcpListener::from_std(listener)?,
                security,
                limit: Arc::clone(&limit),
            })
        };
        let mut tcp_listeners = Vec::new();
        for listener in listeners.plain {
            tcp_listeners.push(tcp_listener(listener, StreamSecurity::Plain)?);
        }
        for (listener, tls) in listeners.tls.into_iter().zip(config.tls.iter().cycle()) {
            tcp_listeners.push(tcp_listener(
                listener,
                StreamSecurity::Tls(Arc::clone(tls)),
            )?);
        }
        let udp_listeners = listeners
            .udp
            .into_iter()
            .map(|socket| Ok(Arc::new(TurnUdpListener::new(Arc::clone(&server), socket)?)))
            .collect::<io::Result<_>>()?;
        Ok(Some(Self {
            server,
            udp_listeners,
            tcp_listeners,
            urls,
        }))
    }

    /// Starts the listeners.
    pub(crate) fn run(self) -> Running {
        let Self {
            server,
            udp_listeners,
            tcp_listeners,
            urls,
        } = self;
        for listener in udp_listeners {
            server.tasks.spawn(listener.run());
        }
        for listener in tcp_listeners {
            server.tasks.spawn(listener.run());
        }
        server.tasks.spawn(refresh_interfaces(Arc::clone(&server)));
        Running { server, urls }
    }
}

/// A running TURN server.
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
        if timeout(SHUTDOWN_TIMEOUT, self.server.tasks.wait())
            .await
            .is_err()
        {
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

/// Reads the network interfaces every `REFRESH_INTERVAL`, until the server stops.
async fn refresh_interfaces(server: Arc<Server>) {
    let mut ticks = interval(REFRESH_INTERVAL);
    loop {
        tokio::select! {
            () = server.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // After an error of the system the previous interfaces stay.
        if let Some(interfaces) = Interfaces::read() {
            server.rules.peer_policy.handle_interfaces(interfaces);
        }
    }
}

fn local_addresses(listeners: &[TcpListener]) -> io::Result<Vec<SocketAddr>> {
    listeners.iter().map(TcpListener::local_addr).collect()
}
