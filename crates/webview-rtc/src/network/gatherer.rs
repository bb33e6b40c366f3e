//! The task of a `Network`: opens sockets and relays, queries servers, reports candidates.
//!
//! Invariant: all queries belong to one gathering. It is complete when the last query has ended. A
//! new gathering ends all queries of the one before, so late answers are never reported.

use std::{collections::HashMap, future::pending, net::SocketAddr, sync::Arc};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use turn_client::{Credentials, Failure, Server, ServerError, ServerKind, parse_url};

use super::{
    CandidateKind, LocalCandidate, NetworkEvent, Transport,
    gathering::{Finding, Gathering},
    host::HostSocket,
    interfaces,
    relay::{Outcome, Relay},
    traffic::Traffic,
    trust::Trust,
};
use crate::wire::request::{Configuration, IceServer, IceTransportPolicy};

/// Lost sockets and relays that are not handled yet.
const LOST_CAPACITY: usize = 32;
/// More servers only slow gathering down. Browsers have the same limit.
const MAX_SERVERS: usize = 32;

/// Sockets and relays of one gathering stay open during the next one, because ICE uses the old
/// paths until new ones are selected (ICE restart: RFC 8445, 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usage {
    Current,
    Retired,
}

#[derive(Debug)]
struct Retained<T> {
    value: T,
    usage: Usage,
}

#[derive(Debug)]
pub(super) struct Gatherer {
    events: mpsc::Sender<NetworkEvent>,
    traffic: Arc<Traffic>,
    trust: Arc<Trust>,
    stop: CancellationToken,
    /// By bind address, with port 0.
    hosts: HashMap<SocketAddr, Retained<HostSocket>>,
    relays: HashMap<Server, Retained<Relay>>,
    gathering: Option<Gathering>,
}

impl Gatherer {
    pub(super) fn new(
        events: mpsc::Sender<NetworkEvent>,
        traffic: Arc<Traffic>,
        trust: Arc<Trust>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            events,
            traffic,
            trust,
            stop,
            hosts: HashMap::new(),
            relays: HashMap::new(),
            gathering: None,
        }
    }

    pub(super) async fn run(mut self, mut configurations: watch::Receiver<Option<Configuration>>) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.work(&mut configurations) => {}
        }
    }

    async fn work(&mut self, configurations: &mut watch::Receiver<Option<Configuration>>) {
        let (lost, mut losses) = mpsc::channel(LOST_CAPACITY);
        loop {
            tokio::select! {
                changed = configurations.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let configuration = configurations.borrow_and_update().clone();
                    if let Some(configuration) = configuration {
                        self.start_gathering(&configuration, &lost).await;
                    }
                }
                found = next_finding(&mut self.gathering) => self.handle_finding(found).await,
                Some(address) = losses.recv() => self.handle_loss(address).await,
            }
        }
    }

    async fn start_gathering(
        &mut self,
        configuration: &Configuration,
        lost: &mpsc::Sender<SocketAddr>,
    ) {
        let mut gathering = Gathering::default();
        let servers = self.servers(configuration, &mut gathering);
        let addresses = match configuration.ice_transport_policy {
            IceTransportPolicy::All => host_addresses(),
            IceTransportPolicy::Relay => vec![],
        };
        self.retire(&servers, &addresses).await;
        for bind in addresses {
            self.open_host(bind, lost, &mut gathering).await;
        }
        for server in servers {
            self.start_queries(server, lost, &mut gathering);
        }
        gathering.close();
        self.gathering = Some(gathering);
    }

    fn servers(&self, configuration: &Configuration, gathering: &mut Gathering) -> Vec<Server> {
        let mut servers = vec![];
        for (url, parsed) in configuration.ice_servers.iter().flat_map(parse) {
            match parsed {
                Ok(server) if servers.contains(&server) => {}
                Ok(server) if servers.len() < MAX_SERVERS => servers.push(server),
                Ok(_) => {
                    let text = format!("only {MAX_SERVERS} servers are asked");
                    gathering.fail(url, Failure::new(Failure::UNREACHABLE, &text));
                }
                Err(error) => {
                    let failure = Failure::new(Failure::UNREACHABLE, &error.to_string());
                    gathering.fail(url, failure);
                }
            }
        }
        servers
    }

    /// Closes what was retired before, and retires sockets and relays outside the configuration.
    async fn retire(&mut self, servers: &[Server], addresses: &[SocketAddr]) {
        let mut ended = vec![];
        self.relays.retain(|server, retained| {
            // A refused allocation is tried again.
            let is_refused = matches!(*retained.value.outcome.borrow(), Outcome::Refused(_));
            let is_kept = match (servers.contains(server), retained.usage) {
                (true, Usage::Current | Usage::Retired) => !is_refused,
                (false, Usage::Current) => !is_refused,
                (false, Usage::Retired) => false,
            };
            retained.usage = usage(servers.contains(server));
            if !is_kept {
                ended.extend(retained.value.addresses());
            }
            is_kept
        });
        self.hosts.retain(|bind, retained| {
            let is_kept = addresses.contains(bind) || retained.usage == Usage::Current;
            retained.usage = usage(addresses.contains(bind));
            if !is_kept {
                ended.push(retained.value.address);
            }
            is_kept
        });
        for address in ended {
            self.emit(NetworkEvent::Lost(address)).await;
        }
    }

    async fn open_host(
        &mut self,
        bind: SocketAddr,
        lost: &mpsc::Sender<SocketAddr>,
        gathering: &mut Gathering,
    ) {
        if !self.hosts.contains_key(&bind) {
            match HostSocket::open(bind, Arc::clone(&self.traffic), lost.clone()).await {
                Ok(value) => {
                    let usage = Usage::Current;
                    self.hosts.insert(bind, Retained { value, usage });
                }
                Err(error) => debug!(%error, "no socket at an address of this machine"),
            }
        }
        if let Some(host) = self.hosts.get(&bind) {
            gathering.find(LocalCandidate {
                transport: Transport::Udp,
                address: host.value.address,
                kind: CandidateKind::Host,
            });
        }
    }

    fn start_queries(
        &mut self,
        server: Server,
        lost: &mpsc::Sender<SocketAddr>,
        gathering: &mut Gathering,
    ) {
        let hosts = self
            .hosts
            .values()
            .filter(|retained| retained.usage == Usage::Current)
            .map(|retained| (retained.value.address, retained.value.queries.clone()))
            .collect();
        let ServerKind::Turn { by, credentials } = &server.kind else {
            return gathering.ask_binding(server, hosts);
        };
        let by = *by;
        let relay = self
            .relays
            .entry(server.clone())
            .or_insert_with(|| Retained {
                value: Relay::start(
                    server.clone(),
                    by,
                    credentials.clone(),
                    Arc::clone(&self.trust),
                    Arc::clone(&self.traffic),
                    lost.clone(),
                ),
                usage: Usage::Current,
            });
        gathering.ask_relay(server, by, relay.value.outcome.clone(), hosts);
    }

    async fn handle_finding(&mut self, found: Option<Finding>) {
        let event = match found {
            Some(Finding::Candidate(candidate)) => NetworkEvent::Candidate(candidate),
            Some(Finding::Failure { url, failure }) => NetworkEvent::CandidateError {
                url,
                code: failure.code,
                text: failure.text,
                address: failure.local.map(|local| local.ip().to_string()),
                port: failure.local.map(|local| local.port()),
            },
            None => {
                self.gathering = None;
                NetworkEvent::GatheringComplete
            }
        };
        self.emit(event).await;
    }

    async fn handle_loss(&mut self, address: SocketAddr) {
        self.hosts
            .retain(|_, retained| retained.value.address != address);
        self.relays
            .retain(|_, retained| !retained.value.addresses().contains(&address));
        self.emit(NetworkEvent::Lost(address)).await;
    }

    /// Waits for capacity: these events are few, and none may be lost.
    async fn emit(&self, event: NetworkEvent) {
        let _ = self.events.send(event).await;
    }
}

fn usage(is_current: bool) -> Usage {
    if is_current {
        Usage::Current
    } else {
        Usage::Retired
    }
}

fn host_addresses() -> Vec<SocketAddr> {
    interfaces::list().unwrap_or_else(|error| {
        warn!(%error, "the addresses of this machine cannot be listed");
        vec![]
    })
}

/// `None` at the end of the gathering. Waits forever without one.
async fn next_finding(gathering: &mut Option<Gathering>) -> Option<Finding> {
    match gathering {
        Some(gathering) => gathering.next().await,
        None => pending().await,
    }
}

/// Every URL of the server, with an error where it is invalid.
fn parse(server: &IceServer) -> impl Iterator<Item = (String, Result<Server, ServerError>)> {
    let credentials = Credentials::new(server.username.as_deref(), server.credential.as_deref());
    let parsed = move |url: &String| (url.clone(), parse_url(url, credentials.as_ref()));
    server.urls.iter().map(parsed)
}
