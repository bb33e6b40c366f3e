//! The STUN and TURN servers that a member is offered, each looked at by the way it is offered for.
//!
//! Invariant: what is allocated is given back. An address of a server beside one that works is a
//! warning, not a failure: whoever calls takes the one that works.

mod allocation;
mod faults;
mod packet;
mod ports;

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use signal_protocol::IceServer;
use turn_client::{Credentials, Host, RelayTransport, Server, ServerError, ServerKind, parse_url};

pub(crate) use self::faults::{no_turn, no_turn_by_tls};
use self::{
    allocation::{Allocation, Asked},
    packet::there_and_back,
};
use crate::{
    fault::{Cause, Fault},
    finding::{Finding, Step, milliseconds},
    names,
    reach::Unreached,
    scope::Scope,
    stun,
    trust::Trust,
};

/// A URL as it was offered, and what it reads as.
pub(crate) type Offer = (String, Result<Server, ServerError>);

/// More than any relay offers.
const MOST: usize = 16;

pub(crate) fn offers(servers: &[IceServer]) -> Vec<Offer> {
    let parsed = servers.iter().flat_map(|server| {
        let (name, word) = (server.username.as_deref(), server.credential.as_deref());
        let credentials = Credentials::new(name, word);
        let parse = move |url: &String| (url.clone(), parse_url(url, credentials.as_ref()));
        server.urls.iter().map(parse)
    });
    parsed.take(MOST).collect()
}

/// What became of one address of a server.
enum Tried {
    Well(Vec<Finding>),
    /// The server was reached, and something is wrong with it.
    Faulty(Vec<Finding>),
    Unreached(Unreached),
}

pub(crate) async fn examine((url, parsed): Offer, trust: &Trust) -> Vec<Finding> {
    let server = match parsed {
        Ok(server) => server,
        Err(error) => return vec![unusable(&url, error)],
    };
    let (step, listener) = match &server.kind {
        ServerKind::Stun => (Step::Stun, crate::reach::Listener::TurnUdp),
        ServerKind::Turn { by, .. } => (Step::Turn, allocation::listener(*by)),
    };
    let addresses = match &server.host {
        Host::Address(address) => vec![SocketAddr::new(*address, server.port)],
        Host::Name(name) => match names::look_up(name, server.port).await {
            Ok(found) => one_of_each_family(&found),
            Err(fault) => return vec![Finding::failed(step, fault.at(&url))],
        },
    };
    let tries = addresses.iter().map(async |address| {
        let tried = match &server.kind {
            ServerKind::Stun => ask_binding(&url, *address).await,
            ServerKind::Turn { by, credentials } => {
                let asked = Asked {
                    url: &url,
                    host: &server.host,
                    by: *by,
                    listener,
                    credentials,
                    address: *address,
                    trust,
                };
                Box::pin(relay(&asked)).await
            }
        };
        (*address, tried)
    });
    judge(&url, step, join_all(tries).await)
}

fn judge(url: &str, step: Step, tried: Vec<(SocketAddr, Tried)>) -> Vec<Finding> {
    let works = |(_, tried): &(SocketAddr, Tried)| matches!(tried, Tried::Well(_));
    let one_works = tried.iter().any(works);
    let mut findings = Vec::new();
    for (address, tried) in tried {
        match tried {
            Tried::Well(found) | Tried::Faulty(found) => findings.extend(found),
            Tried::Unreached(Unreached::NoWayHere) => findings.push(no_way(url, step, address)),
            Tried::Unreached(Unreached::Fault(fault)) => {
                let is_own = Scope::of(address.ip()) == Scope::Computer;
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

fn no_way(url: &str, step: Step, address: SocketAddr) -> Finding {
    let family = names::family(address.ip());
    let text = format!("{url} at {}: this computer has no {family}", address.ip());
    Finding::skipped(step, text)
}

async fn ask_binding(url: &str, address: SocketAddr) -> Tried {
    match stun::ask(address).await {
        Ok(seen) => Tried::Well(vec![Finding::well(
            Step::Stun,
            format!(
                "{url} at {} sees this computer as {} ({})",
                address.ip(),
                seen.mapped,
                milliseconds(seen.took)
            ),
        )]),
        Err(unreached) => Tried::Unreached(unreached),
    }
}

async fn relay(asked: &Asked<'_>) -> Tried {
    let mut one = match asked.allocate().await {
        Ok(allocation) => allocation,
        Err(unreached) => return Tried::Unreached(unreached),
    };
    let (url, at) = (asked.url, asked.address.ip());
    let relayed = one.relayed_words();
    let too_near = |relayed: &SocketAddr| Scope::of(relayed.ip()) < Scope::of(at);
    if let Some(address) = one.allocated.relayed.iter().copied().find(too_near) {
        one.link.release().await;
        let fault = faults::private_address(address, at).at(url);
        return Tried::Faulty(vec![Finding::failed(Step::Turn, fault)]);
    }
    let took = milliseconds(one.took);
    let allocated = format!("{url} at {at} gives {relayed} ({took})");
    let mut findings = vec![Finding::well(Step::Turn, allocated)];
    let passed = match asked.allocate().await {
        Ok(mut other) => {
            let passed = there_and_back(&mut one, &mut other).await;
            other.link.release().await;
            passed
        }
        Err(Unreached::Fault(fault)) => Err(fault),
        Err(Unreached::NoWayHere) => Err(faults::lost()),
    };
    let all_well = passed.is_ok();
    findings.push(packet_finding(url, passed));
    if all_well && asked.by == RelayTransport::Udp {
        findings.push(ports::examine(asked, &mut one).await);
    }
    one.link.release().await;
    let failed = |finding: &Finding| finding.outcome == crate::finding::Outcome::Failed;
    match findings.iter().any(failed) {
        true => Tried::Faulty(findings),
        false => Tried::Well(findings),
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
    fn relayed_words(&self) -> String {
        let relayed = self.allocated.relayed.iter().map(ToString::to_string);
        relayed.collect::<Vec<_>>().join(" and ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Outcome, reach::diagnose};

    fn check(tried: [Tried; 2], expect: [Outcome; 2]) {
        let at: [SocketAddr; 2] =
            ["203.0.113.5:3478", "[2001:db8::5]:3478"].map(|at| at.parse().unwrap());
        let tried = at.into_iter().zip(tried).collect();
        let found = judge("turn:a.example", Step::Turn, tried);
        let outcomes: Vec<_> = found.iter().map(|finding| finding.outcome).collect();
        assert_eq!(outcomes, expect);
    }

    fn silent() -> Tried {
        let at = "[2001:db8::5]:3478".parse().unwrap();
        Tried::Unreached(diagnose(None, at, crate::reach::Listener::TurnUdp))
    }

    fn well() -> Tried {
        Tried::Well(vec![Finding::well(Step::Turn, String::new())])
    }

    #[test]
    fn an_address_beside_one_that_works_is_a_warning() {
        check([well(), silent()], [Outcome::Well, Outcome::Warning]);
        check([silent(), silent()], [Outcome::Failed, Outcome::Failed]);
        check(
            [silent(), Tried::Unreached(Unreached::NoWayHere)],
            [Outcome::Failed, Outcome::Skipped],
        );
    }

    #[test]
    fn every_url_is_an_offer() {
        let servers = [IceServer {
            urls: vec!["stun:a.b".into(), "turn:a.b".into(), "http:a.b".into()],
            username: None,
            credential: None,
        }];
        let offers = offers(&servers);
        assert!(offers[0].1.is_ok());
        assert_eq!(offers[1].1, Err(ServerError::NoCredentials));
        assert_eq!(offers[2].1, Err(ServerError::Malformed));
    }
}
