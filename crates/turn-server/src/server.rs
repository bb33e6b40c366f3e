//! The running server: opens the sockets, starts the listeners and knows the members.
//!
//! Invariant: what a client may do is decided in `rules`; only this module and those below it have
//! sockets, tasks and a clock.

mod active_allocation;
mod client_transport;
mod clock;
mod interfaces;
mod listen_sockets;
mod relay_sockets;
mod state;
mod tcp_listener;
mod udp_listener;

use std::{
    io, iter,
    net::{SocketAddr, TcpListener},
    num::NonZeroU64,
    sync::Arc,
    time::{Duration, Instant},
};

use stun_types::attribute::Realm;
use tokio::time::{interval, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    Config, Counters, Credentials, LeaveReason, MemberId, Now, StartError, TlsListeners,
    rules::{
        Rules,
        bandwidth::Bandwidth,
        connection_limit::ConnectionLimit,
        members::Members,
        nonces::Nonces,
        peer_policy::{Interfaces, PeerPolicy},
        ports::Ports,
        relay_addresses::RelayAddresses,
    },
};
use interfaces::REFRESH_INTERVAL;
use listen_sockets::ListenSockets;
use state::ServerState;
use tcp_listener::{StreamSecurity, TurnTcpListener};
use udp_listener::TurnUdpListener;

/// Enough for several members behind one router, each in a call of twelve with two connections per
/// peer.
const MAX_STREAMS_PER_ADDRESS: usize = 256;
const MAX_STREAMS: usize = 16 * 1024;
/// Time for connections to end after a stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// A running STUN and TURN server. Dropping it stops it, without waiting for the end.
///
/// Anybody gets an answer to a STUN Binding request. To allocate, a client needs the credentials of
/// a member ([`TurnServer::issue_credentials`]) that is not gone ([`TurnServer::handle_gone`]).
#[derive(Debug)]
pub struct TurnServer {
    state: Arc<ServerState>,
    plain_addresses: Vec<SocketAddr>,
    tls_addresses: Vec<SocketAddr>,
}

impl TurnServer {
    /// Opens all sockets and starts to serve. Needs a tokio runtime.
    ///
    /// # Errors
    /// The configuration makes no sense, or an address cannot be listened on.
    pub fn start(config: Config) -> Result<Self, StartError> {
        check(&config)?;
        let interfaces = Interfaces::read().unwrap_or_default();
        let own = &interfaces.addresses;
        let (listen_tls, tls_config) = match config.tls {
            Some(TlsListeners { listen, config }) => (listen, Some(config)),
            None => (Vec::new(), None),
        };
        let sockets = ListenSockets::open(&config.listen, &listen_tls, own)?;
        let addresses = RelayAddresses::new(&config.public_ips, own);
        let peer_policy = PeerPolicy::new(config.allowed_peers, config.public_ips);
        peer_policy.handle_interfaces(interfaces);
        let rules = Rules {
            realm: config.realm,
            secret: config.secret,
            nonces: Nonces::new(&rand::random()),
            members: Members::new(
                config.max_allocations,
                limit(config.member_bits_per_second),
                config.relay_ports.len(),
            ),
            total_bandwidth: Bandwidth::new(limit(config.total_bits_per_second), clock::now()),
            peer_policy,
            ports: Arc::new(Ports::new(config.relay_ports)),
            consent: config.consent,
            counters: Arc::default(),
        };
        let server = Self {
            state: Arc::new(ServerState {
                rules: Arc::new(rules),
                addresses,
                stop: CancellationToken::new(),
                tasks: TaskTracker::new(),
            }),
            plain_addresses: local_addresses(&sockets.tcp)?,
            tls_addresses: local_addresses(&sockets.tls)?,
        };
        let (plain, tls) = (&server.plain_addresses, &server.tls_addresses);
        info!(?plain, ?tls, "relaying media");
        server.listen(sockets, tls_config.map(StreamSecurity::Tls).as_ref())?;
        Ok(server)
    }

    /// The addresses that serve UDP and TCP, with the ports that the system chose for port 0.
    #[must_use]
    pub fn plain_addresses(&self) -> &[SocketAddr] {
        &self.plain_addresses
    }

    /// As [`TurnServer::plain_addresses`], for TLS.
    #[must_use]
    pub fn tls_addresses(&self) -> &[SocketAddr] {
        &self.tls_addresses
    }

    /// What the server has done.
    #[must_use]
    pub fn counters(&self) -> &Arc<Counters> {
        &self.state.rules.counters
    }

    /// Admits the member, or extends it: it may allocate and refresh for the time of `ttl`. A
    /// member that was lost is present again.
    ///
    /// An allocation lives on with the credentials that it was made with, for as long as its member
    /// is extended.
    #[must_use]
    pub fn issue_credentials(&self, member: &MemberId, ttl: Duration, now: Now) -> Credentials {
        let rules = &self.state.rules;
        rules.members.renew(member, now.instant + ttl, now.instant);
        let expires = now.unix.saturating_add(ttl.as_secs());
        rules.secret.credentials(member, expires)
    }

    /// The member is lost for now, and may come back by [`TurnServer::issue_credentials`]. Its
    /// allocations end after 15 s without a datagram from a peer.
    pub fn handle_lost(&self, member: &MemberId, now: Instant) {
        self.state.rules.members.handle_lost(member, now);
    }

    /// The member is gone for good: it makes no new allocation.
    pub fn handle_gone(&self, member: &MemberId, reason: LeaveReason, now: Instant) {
        self.state.rules.members.handle_gone(member, reason, now);
    }

    /// Ends every allocation and connection, and waits for their end, 1 s at most.
    pub async fn stop(&self) {
        self.state.stop.cancel();
        self.state.tasks.close();
        if timeout(STOP_TIMEOUT, self.state.tasks.wait())
            .await
            .is_err()
        {
            warn!(
                left = self.state.tasks.len(),
                "allocations did not end in time"
            );
        }
        let counters = self.counters();
        info!(
            allocations = counters.allocations.get(),
            bytes = counters.to_peers.bytes.get() + counters.to_members.bytes.get(),
            "relays no more media"
        );
    }

    fn listen(&self, sockets: ListenSockets, tls: Option<&StreamSecurity>) -> io::Result<()> {
        let state = &self.state;
        let limit = Arc::new(ConnectionLimit::new(MAX_STREAMS, MAX_STREAMS_PER_ADDRESS));
        let plain = sockets
            .tcp
            .into_iter()
            .zip(iter::repeat(StreamSecurity::Plain));
        let tls = sockets
            .tls
            .into_iter()
            .zip(tls.into_iter().cycle().cloned());
        let tcp_listeners = plain
            .chain(tls)
            .map(|(listener, security)| {
                Ok(TurnTcpListener {
                    server: Arc::clone(state),
                    listener: tokio::net::TcpListener::from_std(listener)?,
                    security,
                    limit: Arc::clone(&limit),
                })
            })
            .collect::<io::Result<Vec<_>>>()?;
        let udp_listeners = sockets
            .udp
            .into_iter()
            .map(|socket| Ok(Arc::new(TurnUdpListener::new(Arc::clone(state), socket)?)))
            .collect::<io::Result<Vec<_>>>()?;
        for listener in udp_listeners {
            state.tasks.spawn(listener.run());
        }
        for listener in tcp_listeners {
            state.tasks.spawn(listener.run());
        }
        state.tasks.spawn(refresh_interfaces(Arc::clone(state)));
        Ok(())
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        self.state.stop.cancel();
    }
}

/// Reads the network interfaces every `REFRESH_INTERVAL`, until the server stops.
async fn refresh_interfaces(server: Arc<ServerState>) {
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

fn check(config: &Config) -> Result<(), StartError> {
    if config.relay_ports.is_empty() {
        return Err(StartError::NoRelayPorts);
    }
    if Realm::new(&config.realm).is_err() {
        return Err(StartError::LongRealm);
    }
    Ok(())
}

/// As [`Bandwidth`] takes it: 0 is no limit.
fn limit(bits_per_second: Option<NonZeroU64>) -> u64 {
    bits_per_second.map_or(0, NonZeroU64::get)
}

fn local_addresses(listeners: &[TcpListener]) -> io::Result<Vec<SocketAddr>> {
    listeners.iter().map(TcpListener::local_addr).collect()
}
