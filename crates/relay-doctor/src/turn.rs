//! Checks the ICE servers of a member, each over the transport of its URL.
//!
//! Invariant: every allocation is released. If one address of a server works, a broken second address
//! is a warning, because a call uses the working one.

mod allocation;
mod faults;
mod packet_probe;
mod port_probe;

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use signal_protocol::IceServer;
use turn_client::{Credentials, Host, RelayTransport, Server, ServerError, ServerKind, parse_url};

pub(crate) use self::faults::{no_turn, no_turn_by_tls};
use self::{
    allocation::{Allocation, AllocationProbe},
    packet_probe::round_trip,
};
use crate::{
    address_scope::AddressScope,
    fault::{Cause, Fault},
    finding::{Finding, Step, milliseconds},
    names, stun,
    tcp_probe::ConnectError,
    trust::Trust,
};

/// A URL from the relay, and its parse result.
pub(crate) type ServerUrl = (String, Result<Server, ServerError>);

/// More than any relay sends.
const MAX_URLS: usize = 16;

pub(crate) fn server_urls(servers: &[IceServer]) -> Vec<ServerUrl> {
    let parsed = servers.iter().flat_map(|server| {
        let (name, word) = (server.username.as_deref(), server.credential.as_deref());
        let credentials = Credentials::new(name, word);
        let parse = move |url: &String| (url.clone(), parse_url(url, credentials.as_ref()));
        server.urls.iter().map(parse)
    });
    parsed.take(MAX_URLS).collect()
}

/// Result of the check of one server address.
enum AddressResult {
    Well(Vec<Finding>),
    /// The server answers but has a fault.
    Faulty(Vec<Finding>),
    ConnectError(ConnectError),
}

pub(crate) async fn examine((url, parsed): ServerUrl, trust: &Trust) -> Vec<Finding> {
    let server = match parsed {
        Ok(server) => server,
        Err(error) => return vec![unusable(&url, error)],
    };
    let (step, listener) = match &server.kind {
        ServerKind::Stun => (Step::Stun, crate::tcp_probe::Listener::TurnUdp),
        ServerKind::Turn { by, .. } => (Step::Turn, allocation::listener(*by)),
    };
    let addresses = match &server.host {
        Host::Address(address) => vec![SocketAddr::new(*address, server.port)],
        Host::Name(name) => match names::resolve(name, server.port).await {
            Ok(found) => one_of_each_family(&found),
            Err(fault) => return vec![Finding::failed(step, fault.at(&url))],
        },
    };
    let attempts = addresses.iter().map(async |address| {
        let result = match &server.kind {
            ServerKind::Stun => ask_binding(&url, *address).await,
            ServerKind::Turn { by, credentials } => {
                let probe = AllocationProbe {
                    url: &url,
                    host: &server.host,
                    by: *by,
                    listener,
                    credentials,
                    address: *address,
                    trust,
                };
                Box::pin(relay(&probe)).await
            }
        };
        (*address, result)
    });
    combine(&url, step, join_all(attempts).await)
}

fn combine(url: &str, step: Step, results: Vec<(SocketAddr, AddressResult)>) -> Vec<Finding> {
    let works =
        |(_, result): &(SocketAddr, AddressResult)| matches!(result, AddressResult::Well(_));
    let one_works = results.iter().any(works);
    let mut findings = Vec::new();
    for (address, result) in results {
        match result {
            AddressResult::Well(found) | AddressResult::Faulty(found) => findings.extend(found),
            AddressResult::ConnectError(ConnectError::NoLocalRoute) => {
                findings.push(no_route(url, step, address))
            }
            AddressResult::ConnectError(ConnectError::Fault(fault)) => {
                let is_own = AddressScope::of(address.ip()) == AddressScope::Computer;
                let fault = fault.at(url);
                findings.push(match (one_works, is_own) {
                    (true, true) => Finding::skipped(step, fault.text),
                    (true, false) => Finding::warning(step, fault),
                    (false, _) => Finding::failed(step, fault),
                });
            }
        }
    }
    findings
}

fn no_route(url: &str, step: Step, address: SocketAddr) -> Finding {
    let family = names::family(address.ip());
    let text = format!("{url} at {}: this computer has no {family}", address.ip());
    Finding::skipped(step, text)
}

async fn ask_binding(url: &str, address: SocketAddr) -> AddressResult {
    match stun::ask(address).await {
        Ok(seen) => AddressResult::Well(vec![Finding::well(
            Step::Stun,
            format!(
                "{url} at {} sees this computer as {} ({})",
                address.ip(),
                seen.mapped,
                milliseconds(seen.took)
            ),
        )]),
        Err(unreached) => AddressResult::ConnectError(unreached),
    }
}

async fn relay(probe: &AllocationProbe<'_>) -> AddressResult {
    let mut one = match probe.allocate().await {
        Ok(allocation) => allocation,
        Err(unreached) => return AddressResult::ConnectError(unreached),
    };
    let (url, at) = (probe.url, probe.address.ip());
    let relayed = one.describe_relayed();
    let is_narrower = |relayed: &SocketAddr| AddressScope::of(relayed.ip()) < AddressScope::of(at);
    if let Some(address) = one.allocated.relayed.iter().copied().find(is_narrower) {
        one.connection.release().await;
        let fault = faults::private_address(address, at).at(url);
        return AddressResult::Faulty(vec![Finding::failed(Step::Turn, fault)]);
    }
    let took = milliseconds(one.took);
    let allocated = format!("{url} at {at} gives {relayed} ({took})");
    let mut findings = vec![Finding::well(Step::Turn, allocated)];
    let passed = match probe.allocate().await {
        Ok(mut other) => {
            let passed = round_trip(&mut one, &mut other).await;
            other.connection.release().await;
            passed
        }
        Err(ConnectError::Fault(fault)) => Err(fault),
        Err(ConnectError::NoLocalRoute) => Err(faults::packet_lost()),
    };
    let all_well = passed.is_ok();
    findings.push(packet_finding(url, passed));
    if all_well && probe.by == RelayTransport::Udp {
        findings.push(port_probe::examine(probe, &mut one).await);
    }
    one.connection.release().await;
    let failed = |finding: &Finding| finding.outcome == crate::finding::Outcome::Failed;
    match findings.iter().any(failed) {
        true => AddressResult::Faulty(findings),
        false => AddressResult::Well(findings),
    }
}

fn packet_finding(url: &str, passed: Result<Duration, Fault>) -> Finding {
    match passed {
        Ok(took) => {
            let took = milliseconds(took);
            Finding::well(
                Step::Packet,
                format!("{url}: a packet was relayed there and back ({took})"),
            )
        }
        Err(fault) => Finding::failed(Step::Packet, fault.at(url)),
    }
}

fn unusable(url: &str, error: ServerError) -> Finding {
    match error {
        ServerError::Unsupported => Finding::skipped(
            Step::Turn,
            format!("{url} is not looked at: STUN by TLS and TURN by DTLS are not for this doctor"),
        ),
        ServerError::Malformed | ServerError::NoCredentials => Finding::failed(
            Step::Turn,
            Fault::new(
                Cause::BadUrl,
                format!("{url} is offered, but cannot be used: {error}"),
                "Correct it where the relay is given it: --ice-server \
                 turn:NAME:PASSWORD@HOST[:PORT], or --turn-url turn:HOST[:PORT].",
            ),
        ),
    }
}

fn one_of_each_family(found: &[SocketAddr]) -> Vec<SocketAddr> {
    let first = |wanted: fn(&SocketAddr) -> bool| found.iter().copied().find(wanted);
    let families = [first(SocketAddr::is_ipv4), first(SocketAddr::is_ipv6)];
    families.into_iter().flatten().collect()
}

impl Allocation {
    fn describe_relayed(&self) -> String {
        let relayed = self.allocated.relayed.iter().map(ToString::to_string);
        relayed.collect::<Vec<_>>().join(" and ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Outcome, tcp_probe::diagnose};

    fn check(results: [AddressResult; 2], expect: [Outcome; 2]) {
        let at: [SocketAddr; 2] =
            ["203.0.113.5:3478", "[2001:db8::5]:3478"].map(|at| at.parse().unwrap());
        let results = at.into_iter().zip(results).collect();
        let found = combine("turn:a.example", Step::Turn, results);
        let outcomes: Vec<_> = found.iter().map(|finding| finding.outcome).collect();
        assert_eq!(outcomes, expect);
    }

    fn silent() -> AddressResult {
        let at = "[2001:db8::5]:3478".parse().unwrap();
        AddressResult::ConnectError(diagnose(None, at, crate::tcp_probe::Listener::TurnUdp))
    }

    fn well() -> AddressResult {
        AddressResult::Well(vec![Finding::well(Step::Turn, String::new())])
    }

    #[test]
    fn broken_address_beside_a_working_one_is_a_warning() {
        check([well(), silent()], [Outcome::Well, Outcome::Warning]);
        check([silent(), silent()], [Outcome::Failed, Outcome::Failed]);
        check(
            [
                silent(),
                AddressResult::ConnectError(ConnectError::NoLocalRoute),
            ],
            [Outcome::Failed, Outcome::Skipped],
        );
    }

    #[test]
    fn every_url_is_parsed() {
        let servers = [IceServer {
            urls: vec!["stun:a.b".into(), "turn:a.b".into(), "http:a.b".into()],
            username: None,
            credential: None,
        }];
        let server_urls = server_urls(&servers);
        assert!(server_urls[0].1.is_ok());
        assert_eq!(server_urls[1].1, Err(ServerError::NoCredentials));
        assert_eq!(server_urls[2].1, Err(ServerError::Malformed));
    }
}
