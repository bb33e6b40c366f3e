//! One gathering: what is asked, and what was found.
//!
//! Invariant: it ends with its errands, each of which ends within `LONGEST`; nothing is found
//! twice. Dropping it ends them at once.

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

use super::{CandidateKind, LocalCandidate, Transport, host::Question, names, relay::Outcome};

/// A little more than a STUN request is repeated for; browsers wait about as long.
const LONGEST: Duration = Duration::from_secs(10);
const QUEUE: usize = 32;

#[derive(Debug)]
pub(super) enum Finding {
    Candidate(LocalCandidate),
    Failure { url: String, failure: Failure },
}

/// A host candidate's address, and who asks from there.
pub(super) type Asker = (SocketAddr, mpsc::Sender<Question>);

/// Whether a server that does not answer is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    ConnectionUpdate,
    Ignored,
}

#[derive(Debug)]
pub(super) struct Round {
    /// What needs no errand.
    ready: VecDeque<Finding>,
    findings: mpsc::Receiver<Finding>,
    /// Given to each errand; none is left when all have ended.
    report: Option<mpsc::Sender<Finding>>,
    errands: JoinSet<()>,
    /// Address and base: RFC 8445, 5.1.3.
    found: HashSet<(SocketAddr, SocketAddr)>,
}

impl Default for Round {
    fn default() -> Self {
        let (report, findings) = mpsc::channel(QUEUE);
        Self {
            ready: VecDeque::new(),
            findings,
            report: Some(report),
            errands: JoinSet::new(),
            found: HashSet::new(),
        }
    }
}

impl Round {
    pub(super) fn find(&mut self, candidate: LocalCandidate) {
        self.ready.push_back(Finding::Candidate(candidate));
    }

    pub(super) fn fail(&mut self, url: String, failure: Failure) {
        self.ready.push_back(Finding::Failure { url, failure });
    }

    pub(super) fn ask_binding(&mut self, server: Server, hosts: Vec<Asker>) {
        if let Some(report) = self.report.clone() {
            self.errands
                .spawn(bindings(server, hosts, Silence::ConnectionUpdate, report));
        }
    }

    /// A TURN server by UDP is a STUN server, too; if it is not, that is nobody's loss.
    pub(super) fn ask_relay(
        &mut self,
        server: Server,
        by: RelayTransport,
        outcome: watch::Receiver<Outcome>,
        hosts: Vec<Asker>,
    ) {
        let Some(report) = self.report.clone() else {
            return;
        };
        let url = server.url.clone();
        self.errands.spawn(relay(url, by, outcome, report.clone()));
        if by == RelayTransport::Udp {
            self.errands
                .spawn(bindings(server, hosts, Silence::Ignored, report));
        }
    }

    /// Nothing more is asked.
    pub(super) fn close(&mut self) {
        self.report = None;
    }

    /// None is the end. May be given up at the await and asked again.
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

/// Asks one server from every host candidate of its families.
async fn bindings(
    server: Server,
    hosts: Vec<Asker>,
    silence: Silence,
    report: mpsc::Sender<Finding>,
) {
    let url = &server.url;
    let addresses = match names::look_up(&server).await {
        Ok(addresses) => addresses,
        Err(failure) => return fail(url, failure, silence, &report).await,
    };
    let asked: Vec<_> = hosts
        .into_iter()
        .filter_map(|(base, questions)| {
            let server = addresses
                .iter()
                .find(|address| address.is_ipv4() == base.is_ipv4())?;
            Some((base, questions, *server))
        })
        .collect();
    if asked.is_empty() {
        let text = "this machine has no address to ask the server from";
        let failure = Failure::new(Failure::UNREACHABLE, text);
        return fail(url, failure, silence, &report).await;
    }
    let answers = asked.into_iter().map(|(base, questions, server)| {
        let report = &report;
        async move {
            match binding(base, questions, server).await {
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
                Err(failure) => fail(url, failure, silence, report).await,
            }
        }
    });
    join_all(answers).await;
}

async fn binding(
    base: SocketAddr,
    questions: mpsc::Sender<Question>,
    server: SocketAddr,
) -> Result<SocketAddr, Failure> {
    let (reply, answer) = oneshot::channel();
    let asked = questions.send(Question { server, reply }).await;
    let gone = || Failure::new(Failure::UNREACHABLE, "the socket is gone").at(base);
    asked.map_err(|_| gone())?;
    match timeout(LONGEST, answer).await {
        Ok(answer) => answer.unwrap_or_else(|_| Err(gone())),
        Err(_) => Err(Failure::unreachable().at(base)),
    }
}

async fn relay(
    url: String,
    by: RelayTransport,
    mut outcome: watch::Receiver<Outcome>,
    report: mpsc::Sender<Finding>,
) {
    let known = timeout(
        LONGEST,
        outcome.wait_for(|outcome| *outcome != Outcome::Pending),
    );
    // Apart from the guard, which must not be held across an await.
    let outcome = match known.await {
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
        Outcome::Refused(failure) => fail(&url, failure, Silence::ConnectionUpdate, &report).await,
        Outcome::Pending => {}
    }
}

async fn fail(url: &str, failure: Failure, silence: Silence, report: &mpsc::Sender<Finding>) {
    match silence {
        Silence::ConnectionUpdate => {
            let url = url.to_owned();
            // The round may be over.
            let _ = report.send(Finding::Failure { url, failure }).await;
        }
        Silence::Ignored => {}
    }
}
