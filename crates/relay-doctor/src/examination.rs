//! The steps in their order, each told as soon as it is done.
//!
//! Invariant: a step that others need and that failed is the last one; what was not looked at is
//! not said to be well.

use std::{net::SocketAddr, time::Duration};

use futures_util::{StreamExt, future::join_all, stream::FuturesOrdered};
use signal_protocol::RelayAddress;
use tokio::{net::TcpStream, time::timeout};
use turn_client::{Io, RelayTransport, Server, ServerKind};
use url::Host;

use crate::{
    clock,
    fault::{Cause, Fault},
    finding::{Finding, Step, milliseconds},
    http::{self, Asker},
    member, names,
    reach::{self, Listener, Unreached},
    report::Report,
    scope::Scope,
    tls::{self, Secured},
    trust::Trust,
    turn::{self, Offer},
    websocket,
};

/// The longest it takes, however slow everything is.
pub const LONGEST: Duration = Duration::from_secs(28);

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Certificates (DER) of authorities to trust beside the system's.
    pub extra_roots: Vec<Vec<u8>>,
}

/// Looks at a relay. Each finding is told as soon as there is one, and is in the report as well.
/// Inside a tokio runtime.
pub async fn examine(
    address: &RelayAddress,
    options: Options,
    tell: impl FnMut(&Finding) + Send,
) -> Report {
    let mut told = Told {
        findings: Vec::new(),
        tell,
    };
    let examination = Examination {
        address,
        host: host_of(address),
    };
    let steps = Box::pin(examination.run(options, &mut told));
    if timeout(LONGEST, steps).await.is_err() {
        let last = told.findings.last();
        let step = last.map_or(Step::Name, |finding| finding.step);
        told.push(Finding::failed(step, too_long()));
    }
    Report::new(address.web_origin(), told.findings)
}

struct Told<F> {
    findings: Vec<Finding>,
    tell: F,
}

impl<F: FnMut(&Finding)> Told<F> {
    fn push(&mut self, finding: Finding) {
        (self.tell)(&finding);
        self.findings.push(finding);
    }
}

struct Examination<'a> {
    address: &'a RelayAddress,
    /// As a certificate names it.
    host: String,
}

/// A step that others need has failed, and was told.
struct Stopped;

impl Examination<'_> {
    async fn run<F: FnMut(&Finding)>(&self, options: Options, told: &mut Told<F>) {
        // Whoever stops has said why.
        let _ = self.steps(options, told).await;
    }

    async fn steps<F: FnMut(&Finding)>(
        &self,
        options: Options,
        told: &mut Told<F>,
    ) -> Result<(), Stopped> {
        let addresses = self.look_up(told).await?;
        let (at, stream) = self.connect(&addresses, told).await?;
        let trust = Trust::load(options.extra_roots).await;
        let trust = trust.map_err(|fault| stop(told, Step::Tls, fault))?;
        let stream = self.secure(at, stream, &trust, told).await?;
        self.ask(stream, told).await?;
        let stream = self.again(at, &trust).await;
        let stream = stream.map_err(|fault| stop(told, Step::Websocket, fault))?;
        let began = clock::now();
        let socket = websocket::open(self.address, stream).await;
        let mut socket = socket.map_err(|fault| stop(told, Step::Websocket, fault))?;
        let took = milliseconds(began.elapsed());
        let opened = format!(
            "opens, for a page of {} ({took})",
            self.address.web_origin()
        );
        told.push(Finding::well(Step::Websocket, opened));
        let began = clock::now();
        let joined = member::join(&mut socket).await;
        let joined = joined.map_err(|fault| stop(told, Step::Join, fault))?;
        let took = milliseconds(began.elapsed());
        let offers = turn::offers(&joined.ice_servers);
        let joined = format!("entered an empty room ({took})");
        told.push(Finding::well(Step::Join, joined));
        self.look_at_servers(at, offers, &trust, told).await;
        member::leave(socket).await;
        Ok(())
    }

    async fn look_up<F: FnMut(&Finding)>(
        &self,
        told: &mut Told<F>,
    ) -> Result<Vec<SocketAddr>, Stopped> {
        let port = self.address.port();
        let name = match self.address.host() {
            Host::Ipv4(ip) => return Ok(vec![SocketAddr::from((*ip, port))]),
            Host::Ipv6(ip) => return Ok(vec![SocketAddr::from((*ip, port))]),
            Host::Domain(name) => name,
        };
        let found = names::look_up(name, port).await;
        let found = found.map_err(|fault| stop(told, Step::Name, fault))?;
        let text = format!("{name} leads to {}", names::list(&found));
        told.push(Finding::well(Step::Name, text));
        Ok(found)
    }

    /// Every address has to answer: programs try one or the other first.
    async fn connect<F: FnMut(&Finding)>(
        &self,
        addresses: &[SocketAddr],
        told: &mut Told<F>,
    ) -> Result<(SocketAddr, TcpStream), Stopped> {
        let tries = addresses
            .iter()
            .map(|address| reach::connect(*address, Listener::Relay));
        let tried = join_all(tries).await;
        let one_works = tried.iter().any(Result::is_ok);
        let mut first = None;
        for (address, tried) in addresses.iter().zip(tried) {
            told.push(match tried {
                Ok((stream, took)) => {
                    first = first.or(Some((*address, stream)));
                    let took = milliseconds(took);
                    Finding::well(Step::Tcp, format!("{address} answers ({took})"))
                }
                Err(Unreached::NoWayHere) => no_way(*address, one_works),
                // `localhost` has two addresses; a program for this computer needs one of them.
                Err(Unreached::Fault(fault))
                    if one_works && Scope::of(address.ip()) == Scope::Computer =>
                {
                    Finding::skipped(Step::Tcp, fault.text)
                }
                Err(Unreached::Fault(fault)) => Finding::failed(Step::Tcp, fault),
            });
        }
        first.ok_or(Stopped)
    }

    async fn secure<F: FnMut(&Finding)>(
        &self,
        at: SocketAddr,
        stream: TcpStream,
        trust: &Trust,
        told: &mut Told<F>,
    ) -> Result<Box<dyn Io>, Stopped> {
        if !self.address.is_secure() {
            if Scope::of(at.ip()) != Scope::Computer {
                told.push(Finding::warning(Step::Tls, no_tls_for_guests()));
            }
            return Ok(Box::new(stream));
        }
        let secured = tls::handshake(stream, &self.host, trust).await;
        let secured: Secured = secured.map_err(|fault| stop(told, Step::Tls, fault))?;
        let ends_soon = secured
            .certificate
            .as_ref()
            .and_then(|certificate| certificate.ends_soon());
        told.push(match ends_soon {
            Some(fault) => Finding::warning(Step::Tls, fault),
            None => Finding::well(Step::Tls, secured.words()),
        });
        Ok(Box::new(secured.stream))
    }

    async fn again(&self, at: SocketAddr, trust: &Trust) -> Result<Box<dyn Io>, Fault> {
        let connected = reach::connect(at, Listener::Relay).await;
        let (stream, _) = connected.map_err(|unreached| match unreached {
            Unreached::Fault(fault) => fault,
            Unreached::NoWayHere => http::unanswered(http::Unanswered::Closed),
        })?;
        if !self.address.is_secure() {
            return Ok(Box::new(stream));
        }
        let secured = tls::handshake(stream, &self.host, trust).await?;
        Ok(Box::new(secured.stream))
    }

    async fn ask<F: FnMut(&Finding)>(
        &self,
        stream: Box<dyn Io>,
        told: &mut Told<F>,
    ) -> Result<(), Stopped> {
        let origin = self.address.web_origin();
        let authority = origin
            .split_once("://")
            .map_or("", |(_, authority)| authority);
        let asker = Asker::open(stream, authority).await;
        let mut asker = asker.map_err(|fault| stop(told, Step::Http, fault))?;
        let health = asker.get("/healthz").await;
        let health = health.map_err(|reason| stop(told, Step::Http, http::unanswered(reason)))?;
        if let Err(fault) = http::health(&health) {
            // A proxy that passes nothing but /ws on is odd, and does for the app.
            let is_only_the_proxy = matches!(fault.cause, Cause::NotPassedOn | Cause::Forbidden);
            if !is_only_the_proxy {
                return Err(stop(told, Step::Http, fault));
            }
            told.push(Finding::warning(Step::Http, fault));
            return Ok(());
        }
        let clocks = health
            .date
            .and_then(|there| http::clocks(there, clock::today()));
        if let Some(fault) = clocks {
            told.push(Finding::warning(Step::Http, fault));
        }
        if let Ok(ready) = asker.get("/readyz").await
            && let Err(fault) = http::readiness(&ready)
        {
            return Err(stop(told, Step::Http, fault));
        }
        let took = milliseconds(health.took);
        told.push(Finding::well(
            Step::Http,
            format!("a Snug relay answers and takes people in ({took})"),
        ));
        if let Ok(page) = asker.get("/").await {
            told.push(match http::page(&page) {
                Ok(()) => Finding::well(Step::Page, "the page for guests is served".to_owned()),
                Err(fault) => Finding::warning(Step::Page, fault),
            });
        }
        Ok(())
    }

    async fn look_at_servers<F: FnMut(&Finding)>(
        &self,
        at: SocketAddr,
        offers: Vec<Offer>,
        trust: &Trust,
        told: &mut Told<F>,
    ) {
        let transports: Vec<RelayTransport> = offers.iter().filter_map(transport).collect();
        let examined = offers.into_iter().map(|offer| turn::examine(offer, trust));
        let mut examined: FuturesOrdered<_> = examined.collect();
        while let Some(findings) = examined.next().await {
            for finding in findings {
                told.push(finding);
            }
        }
        if transports.is_empty() {
            told.push(Finding::warning(Step::Turn, turn::no_turn()));
        } else if !transports.contains(&RelayTransport::Tls)
            && Scope::of(at.ip()) == Scope::Internet
        {
            told.push(Finding::warning(Step::Turn, turn::no_turn_by_tls()));
        }
    }
}

fn transport((_, parsed): &Offer) -> Option<RelayTransport> {
    match parsed {
        Ok(Server {
            kind: ServerKind::Turn { by, .. },
            ..
        }) => Some(*by),
        Ok(_) | Err(_) => None,
    }
}

fn stop<F: FnMut(&Finding)>(told: &mut Told<F>, step: Step, fault: Fault) -> Stopped {
    told.push(Finding::failed(step, fault));
    Stopped
}

fn no_way(address: SocketAddr, one_works: bool) -> Finding {
    let family = names::family(address.ip());
    if one_works {
        let text = format!("{address} is not tried: this computer has no {family}");
        return Finding::skipped(Step::Tcp, text);
    }
    Finding::failed(
        Step::Tcp,
        Fault::new(
            Cause::NoRoute,
            format!("{address}: this computer has no way to the internet by {family}"),
            format!(
                "Check its connection. If it has none by {family}, run this on another computer, or \
                 give the name an address of the other kind too."
            ),
        ),
    )
}

fn host_of(address: &RelayAddress) -> String {
    match address.host() {
        Host::Ipv4(ip) => ip.to_string(),
        Host::Ipv6(ip) => ip.to_string(),
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
    }
}

fn no_tls_for_guests() -> Fault {
    Fault::new(
        Cause::NoTlsForGuests,
        "The relay is spoken to without TLS: the app works, but browsers give a page no camera",
        "Give it a certificate: --acme NAME, or --tls-cert and --tls-key, or a proxy with one; then \
         write https:// here.",
    )
}

fn too_long() -> Fault {
    Fault::new(
        Cause::TookTooLong,
        format!(
            "What comes next was not done within {} s",
            LONGEST.as_secs()
        ),
        "Everything answers, but very slowly: look at the load of the relay's computer and at the \
         way to it.",
    )
}
