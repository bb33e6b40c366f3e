//! One gathering of candidates: its queries to STUN and TURN servers, and their findings.
//!
//! Invariant: it is complete when all its tasks have ended, each within `QUERY_TIMEOUT`. A
//! candidate is found once. Dropping it ends the tasks at once.

use std::{
    collections::{HashSet, VecDeque},
    net::SocketAddr,
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::timeout,
};
use turn_client::{Failure, RelayTransport, Server};

use super::{CandidateKind, LocalCandidate, Transport, dns, host::BindingQuery, relay::Outcome};

/// Slightly longer than the retransmissions of a STUN request (RFC 8489, 6.2.1). Browsers wait
/// about as long.
const QUERY_TIMEOUT: Duration = Duration::from_secs(10);
const FINDINGS_CAPACITY: usize = 32;

#[derive(Debug)]
pub(super) enum Finding {
    Candidate(LocalCandidate),
    Failure { url: String, failure: Failure },
}

/// The address of a host candidate, and the queue of queries to send from it.
pub(super) type HostQueries = (SocketAddr, mpsc::Sender<BindingQuery>);

/// Whether a failed query is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnFailure {
    Report,
    Ignore,
}

#[derive(Debug)]
pub(super) struct Gathering {
    /// Findings that needed no query.
    ready: VecDeque<Finding>,
    findings: mpsc::Receiver<Finding>,
    /// Cloned into each task. The channel closes when all tasks have ended.
    report: Option<mpsc::Sender<Finding>>,
    tasks: JoinSet<()>,
    /// Address and base of the candidates so far (RFC 8445, 5.1.3).
    found: HashSet<(SocketAddr, SocketAddr)>,
}

impl Default for Gathering {
    fn default() -> Self {
        let (report, findings) = mpsc::channel(FINDINGS_CAPACITY);
        Self {
            ready: VecDeque::new(),
            findings,
            report: Some(report),
            tasks: JoinSet::new(),
            found: HashSet::new(),
        }
    }
}

impl Gathering {
    pub(super) fn find(&mut self, candidate: LocalCandidate) {
        self.ready.push_back(Finding::Candidate(candidate));
    }

    pub(super) fn fail(&mut self, url: String, failure: Failure) {
        self.ready.push_back(Finding::Failure { url, failure });
    }

    pub(super) fn ask_binding(&mut self, server: Server, hosts: Vec<HostQueries>) {
        if let Some(report) = self.report.clone() {
            self.tasks
                .spawn(bindings(server, hosts, OnFailure::Report, report));
        }
    }

    /// A TURN server over UDP is also asked as a STUN server. A failure of that is ignored.
    pub(super) fn ask_relay(
        &mut self,
        server: Server,
        by: RelayTransport,
        outcome: watch::Receiver<Outcome>,
        hosts: Vec<HostQueries>,
    ) {
        let Some(report) = self.report.clone() else {
            return;
        };
        let url = server.url.clone();
        self.tasks.spawn(relay(url, by, outcome, report.clone()));
        if by == RelayTransport::Udp {
            self.tasks
                .spawn(bindings(server, hosts, OnFailure::Ignore, report));
        }
    }

    /// No more queries follow.
    pub(super) fn close(&mut self) {
        self.report = None;
    }

    /// The next new finding; `None` at the end. Cancellation-safe.
    pub(super) async fn next(&mut self) -> Option<Finding> {
        loop {
            let finding = match self.ready.pop_front() {
                Some(finding) => finding,
                None => self.findings.recv().await?,
            };
            if self.is_new(&finding) {
                return Some(finding);
            }
        }
    }

    fn is_new(&mut self, finding: &Finding) -> bool {
        let Finding::Candidate(candidate) = finding else {
            return true;
        };
        let base = match &candidate.kind {
            CandidateKind::Host | CandidateKind::Relayed { .. } => candidate.address,
            CandidateKind::ServerReflexive { base, .. } => *base,
        };
        self.found.insert((candidate.address, base))
    }
}

/// Sends a binding request to one server from every host candidate of the same address family.
async fn bindings(
    server: Server,
    hosts: Vec<HostQueries>,
    on_failure: OnFailure,
    report: mpsc::Sender<Finding>,
) {
    let url = &server.url;
    let addresses = match dns::resolve(&server).await {
        Ok(addresses) => addresses,
        Err(failure) => return fail(url, failure, on_failure, &report).await,
    };
    let queries: Vec<_> = hosts
        .into_iter()
        .filter_map(|(base, queries)| {
            let server = addresses
                .iter()
                .find(|address| address.is_ipv4() == base.is_ipv4())?;
            Some((base, queries, *server))
        })
        .collect();
    if queries.is_empty() {
        let text = "this machine has no address to ask the server from";
        let failure = Failure::new(Failure::UNREACHABLE, text);
        return fail(url, failure, on_failure, &report).await;
    }
    let answers = queries.into_iter().map(|(base, queries, server)| {
        let report = &report;
        async move {
            match binding(base, queries, server).await {
                Ok(address) => {
                    let candidate = LocalCandidate {
                        transport: Transport::Udp,
                        address,
                        kind: CandidateKind::ServerReflexive {
                            base,
                            url: url.clone(),
                        },
                    };
                    let _ = report.send(Finding::Candidate(candidate)).await;
                }
                Err(failure) => fail(url, failure, on_failure, report).await,
            }
        }
    });
    join_all(answers).await;
}

async fn binding(
    base: SocketAddr,
    queries: mpsc::Sender<BindingQuery>,
    server: SocketAddr,
) -> Result<SocketAddr, Failure> {
    let (reply, answer) = oneshot::channel();
    let asked = queries.send(BindingQuery { server, reply }).await;
    let lost = || Failure::new(Failure::UNREACHABLE, "the socket is gone").at(base);
    asked.map_err(|_| lost())?;
    match timeout(QUERY_TIMEOUT, answer).await {
        Ok(answer) => answer.unwrap_or_else(|_| Err(lost())),
        Err(_) => Err(Failure::unreachable().at(base)),
    }
}

async fn relay(
    url: String,
    by: RelayTransport,
    mut outcome: watch::Receiver<Outcome>,
    report: mpsc::Sender<Finding>,
) {
    let decided = timeout(
        QUERY_TIMEOUT,
        outcome.wait_for(|outcome| *outcome != Outcome::Pending),
    );
    // Cloned, because the guard must not be held across an await.
    let outcome = match decided.await {
        Ok(Ok(outcome)) => outcome.clone(),
        Ok(Err(_)) | Err(_) => Outcome::Refused(Failure::unreachable()),
    };
    match outcome {
        Outcome::Allocated(allocated) => {
            for address in allocated.relayed {
                let candidate = LocalCandidate {
                    transport: Transport::Udp,
                    address,
                    kind: CandidateKind::Relayed {
                        local: allocated.mapped,
                        url: url.clone(),
                        by,
                    },
                };
                let _ = report.send(Finding::Candidate(candidate)).await;
            }
        }
        Outcome::Refused(failure) => fail(&url, failure, OnFailure::Report, &report).await,
        Outcome::Pending => {}
    }
}

async fn fail(url: &str, failure: Failure, on_failure: OnFailure, report: &mpsc::Sender<Finding>) {
    match on_failure {
        OnFailure::Report => {
            let url = url.to_owned();
            // The gathering may have ended.
            let _ = report.send(Finding::Failure { url, failure }).await;
        }
        OnFailure::Ignore => {}
    }
}
