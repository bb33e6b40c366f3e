//! The task behind a `Network`: opens sockets and relays, asks servers, tells what was found.
//!
//! Invariant: a round's errands all belong to the round. When the last one has ended the round is
//! complete; a new round ends them all, so nothing late is ever told.

use std::{collections::HashMap, future::pending, net::SocketAddr, sync::Arc};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use turn_client::{Credentials, Failure, Server, ServerError, ServerKind, parse_url};

use super::{
    CandidateKind, LocalCandidate, NetworkEvent, Transport,
    host::HostSocket,
    interfaces,
    relay::{Outcome, Relay},
    round::{Finding, Round},
    traffic::Traffic,
    trust::Trust,
};
use crate::wire::request::{Configuration, IceServer, IceTransportPolicy};

/// Ends of ways that were not told yet.
const LOSSES: usize = 32;
/// More servers only make gathering slower; browsers stop here, too.
const MOST_SERVERS: usize = 32;

/// What one round leaves stays for the next, since ICE uses the old ways until it has new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Wanted,
    Retired,
}

#[derive(Debug)]
struct Kept<T> {
    way: T,
    standing: Standing,
}

#[derive(Debug)]
pub(super) struct Gatherer {
    events: mpsc::Sender<NetworkEvent>,
    traffic: Arc<Traffic>,
    trust: Arc<Trust>,
    stop: CancellationToken,
    /// By the address they were bound to, with port 0.
    hosts: HashMap<SocketAddr, Kept<HostSocket>>,
    relays: HashMap<Server, Kept<Relay>>,
    round: Option<Round>,
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
            round: None,
        }
    }

    pub(super) async fn run(mut self, mut wishes: watch::Receiver<Option<Configuration>>) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.work(&mut wishes) => {}
        }
    }

    async fn work(&mut self, wishes: &mut watch::Receiver<Option<Configuration>>) {
        let (lost, mut losses) = mpsc::channel(LOSSES);
        loop {
            tokio::select! {
                changed = wishes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let wish = wishes.borrow_and_update().clone();
                    if let Some(configuration) = wish {
                        self.begin(&configuration, &lost).await;
                    }
                }
                found = next_finding(&mut self.round) => self.handle_finding(found).await,
                Some(address) = losses.recv() => self.handle_loss(address).await,
            }
        }
    }

    async fn begin(&mut self, configuration: &Configuration, lost: &mpsc::Sender<SocketAddr>) {
        let mut round = Round::default();
        let servers = self.servers(configuration, &mut round);
        let addresses = match configuration.ice_transport_policy {
            IceTransportPolicy::All => addresses_of_this_machine(),
            IceTransportPolicy::Relay => vec![],
        };
        self.retire(&servers, &addresses).await;
        for bind in addresses {
            self.open_host(bind, lost, &mut round).await;
        }
        for server in servers {
            self.ask(server, lost, &mut round);
        }
        round.close();
        self.round = Some(round);
    }

    fn servers(&self, configuration: &Configuration, round: &mut Round) -> Vec<Server> {
        let mut servers = vec![];
        for (url, parsed) in configuration.ice_servers.iter().flat_map(parse) {
            match parsed {
                Ok(server) if servers.contains(&server) => {}
                Ok(server) if servers.len() < MOST_SERVERS => servers.push(server),
                Ok(_) => {
                    let text = format!("only {MOST_SERVERS} servers are asked");
                    round.fail(url, Failure::new(Failure::UNREACHABLE, &text));
                }
                Err(error) => {
                    let failure = Failure::new(Failure::UNREACHABLE, &error.to_string());
                    round.fail(url, failure);
                }
            }
        }
        servers
    }

    /// Ends what was retired before, and retires what is wanted no more.
    async fn retire(&mut self, servers: &[Server], addresses: &[SocketAddr]) {
        let mut ended = vec![];
        self.relays.retain(|server, kept| {
            // One that was refused may be granted now.
            let refused = matches!(*kept.way.outcome.borrow(), Outcome::Refused(_));
            let stays = match (servers.contains(server), kept.standing) {
                (true, Standing::Wanted | Standing::Retired) => !refused,
                (false, Standing::Wanted) => !refused,
                (false, Standing::Retired) => false,
            };
            kept.standing = standing(servers.contains(server));
            if !stays {
                ended.extend(kept.way.addresses());
            }
            stays
        });
        self.hosts.retain(|bind, kept| {
            let stays = addresses.contains(bind) || kept.standing == Standing::Wanted;
            kept.standing = standing(addresses.contains(bind));
            if !stays {
                ended.push(kept.way.address);
            }
            stays
        });
        for address in ended {
            self.tell(NetworkEvent::Lost(address)).await;
        }
    }

    async fn open_host(
        &mut self,
        bind: SocketAddr,
        lost: &mpsc::Sender<SocketAddr>,
        round: &mut Round,
    ) {
        if !self.hosts.contains_key(&bind) {
            match HostSocket::open(bind, Arc::clone(&self.traffic), lost.clone()).await {
                Ok(way) => {
                    let standing = Standing::Wanted;
                    self.hosts.insert(bind, Kept { way, standing });
                }
                Err(error) => debug!(%error, "no socket at an address of this machine"),
            }
        }
        if let Some(host) = self.hosts.get(&bind) {
            round.find(LocalCandidate {
                transport: Transport::Udp,
                address: host.way.address,
                kind: CandidateKind::Host,
            });
        }
    }

    fn ask(&mut self, server: Server, lost: &mpsc::Sender<SocketAddr>, round: &mut Round) {
        let hosts = self
            .hosts
            .values()
            .filter(|kept| kept.standing == Standing::Wanted)
            .map(|kept| (kept.way.address, kept.way.questions.clone()))
            .collect();
        let ServerKind::Turn { by, credentials } = &server.kind else {
            return round.ask_binding(server, hosts);
        };
        let by = *by;
        let relay = self.relays.entry(server.clone()).or_insert_with(|| Kept {
            way: Relay::start(
                server.clone(),
                by,
                credentials.clone(),
                Arc::clone(&self.trust),
                Arc::clone(&self.traffic),
                lost.clone(),
            ),
            standing: Standing::Wanted,
        });
        round.ask_relay(server, by, relay.way.outcome.clone(), hosts);
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
                self.round = None;
                NetworkEvent::GatheringComplete
            }
        };
        self.tell(event).await;
    }

    async fn handle_loss(&mut self, address: SocketAddr) {
        self.hosts.retain(|_, kept| kept.way.address != address);
        self.relays
            .retain(|_, kept| !kept.way.addresses().contains(&address));
        self.tell(NetworkEvent::Lost(address)).await;
    }

    /// Waits for room: these are few, and none may be lost.
    async fn tell(&self, event: NetworkEvent) {
        let _ = self.events.send(event).await;
    }
}

fn standing(wanted: bool) -> Standing {
    if wanted {
        Standing::Wanted
    } else {
        Standing::Retired
    }
}

fn addresses_of_this_machine() -> Vec<SocketAddr> {
    interfaces::list().unwrap_or_else(|error| {
        warn!(%error, "the addresses of this machine cannot be listed");
        vec![]
    })
}

/// None is the end of the round. Waits for ever where there is none.
async fn next_finding(round: &mut Option<Round>) -> Option<Finding> {
    match round {
        Some(round) => round.next().await,
        None => pending().await,
    }
}

/// Every URL of it, with the reason where it cannot be used.
fn parse(server: &IceServer) -> impl Iterator<Item = (String, Result<Server, ServerError>)> {
    let credentials = Credentials::new(server.username.as_deref(), server.credential.as_deref());
    let parsed = move |url: &String| (url.clone(), parse_url(url, credentials.as_ref()));
    server.urls.iter().map(parsed)
}
