//! Runs the checks in order and reports each finding at once.
//!
//! Invariant: a failed step that later steps need ends the sequence. A skipped check is never
//! reported as passed.

use std::{net::SocketAddr, time::Duration};

use futures_util::{StreamExt, future::join_all, stream::FuturesOrdered};
use signal_protocol::RelayAddress;
use tokio::{net::TcpStream, time::timeout};
use turn_client::{Io, RelayTransport, Server, ServerKind};
use url::Host;

use crate::{
    address_scope::AddressScope,
    clock,
    fault::{Cause, Fault},
    finding::{Finding, Step, milliseconds},
    http::{self, HttpClient},
    join_probe, names,
    report::Report,
    tcp_probe::{self, ConnectError, Listener},
    tls::{self, Secured},
    trust::Trust,
    turn::{self, ServerUrl},
    websocket,
};

/// Timeout of the whole sequence.
pub const MAX_DURATION: Duration = Duration::from_secs(28);

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Root certificates (DER) to trust in addition to the system's.
    pub extra_roots: Vec<Vec<u8>>,
}

/// Checks a relay. Passes each finding to `tell` at once; the report holds all of them. Needs a tokio
/// runtime.
pub async fn examine(
    address: &RelayAddress,
    options: Options,
    tell: impl FnMut(&Finding) + Send,
) -> Report {
    let mut reporter = Reporter {
        findings: Vec::new(),
        tell,
    };
    let check_sequence = CheckSequence {
        address,
        host: host_of(address),
    };
    let steps = Box::pin(check_sequence.run(options, &mut reporter));
    if timeout(MAX_DURATION, steps).await.is_err() {
        let last = reporter.findings.last();
        let step = last.map_or(Step::Name, |finding| finding.step);
        reporter.push(Finding::failed(step, too_long()));
    }
    Report::new(address.web_origin(), reporter.findings)
}

struct Reporter<F> {
    findings: Vec<Finding>,
    tell: F,
}

impl<F: FnMut(&Finding)> Reporter<F> {
    fn push(&mut self, finding: Finding) {
        (self.tell)(&finding);
        self.findings.push(finding);
    }
}

struct CheckSequence<'a> {
    address: &'a RelayAddress,
    /// The host as a certificate names it.
    host: String,
}

/// A step that later steps need has failed. Its finding was reported.
struct Stopped;

impl CheckSequence<'_> {
    async fn run<F: FnMut(&Finding)>(&self, options: Options, reporter: &mut Reporter<F>) {
        // The failed step has reported its fault.
        let _ = self.steps(options, reporter).await;
    }

    async fn steps<F: FnMut(&Finding)>(
        &self,
        options: Options,
        reporter: &mut Reporter<F>,
    ) -> Result<(), Stopped> {
        let addresses = self.resolve(reporter).await?;
        let (at, stream) = self.connect(&addresses, reporter).await?;
        let trust = Trust::load(options.extra_roots).await;
        let trust = trust.map_err(|fault| stop(reporter, Step::Tls, fault))?;
        let stream = self.secure(at, stream, &trust, reporter).await?;
        self.check_http(stream, reporter).await?;
        let stream = self.connect_again(at, &trust).await;
        let stream = stream.map_err(|fault| stop(reporter, Step::Websocket, fault))?;
        let began = clock::now();
        let socket = websocket::open(self.address, stream).await;
        let mut socket = socket.map_err(|fault| stop(reporter, Step::Websocket, fault))?;
        let took = milliseconds(began.elapsed());
        let opened = format!(
            "opens, for a page of {} ({took})",
            self.address.web_origin()
        );
        reporter.push(Finding::well(Step::Websocket, opened));
        let began = clock::now();
        let joined = join_probe::join(&mut socket).await;
        let joined = joined.map_err(|fault| stop(reporter, Step::Join, fault))?;
        let took = milliseconds(began.elapsed());
        let server_urls = turn::server_urls(&joined.ice_servers);
        let joined = format!("entered an empty room ({took})");
        reporter.push(Finding::well(Step::Join, joined));
        self.check_servers(at, server_urls, &trust, reporter).await;
        join_probe::leave(socket).await;
        Ok(())
    }

    async fn resolve<F: FnMut(&Finding)>(
        &self,
        reporter: &mut Reporter<F>,
    ) -> Result<Vec<SocketAddr>, Stopped> {
        let port = self.address.port();
        let name = match self.address.host() {
            Host::Ipv4(ip) => return Ok(vec![SocketAddr::from((*ip, port))]),
            Host::Ipv6(ip) => return Ok(vec![SocketAddr::from((*ip, port))]),
            Host::Domain(name) => name,
        };
        let found = names::resolve(name, port).await;
        let found = found.map_err(|fault| stop(reporter, Step::Name, fault))?;
        let text = format!("{name} leads to {}", names::list(&found));
        reporter.push(Finding::well(Step::Name, text));
        Ok(found)
    }

    /// Every address must answer, because programs differ in which one they try first.
    async fn connect<F: FnMut(&Finding)>(
        &self,
        addresses: &[SocketAddr],
        reporter: &mut Reporter<F>,
    ) -> Result<(SocketAddr, TcpStream), Stopped> {
        let attempts = addresses
            .iter()
            .map(|address| tcp_probe::connect(*address, Listener::Relay));
        let results = join_all(attempts).await;
        let one_works = results.iter().any(Result::is_ok);
        let mut first = None;
        for (address, result) in addresses.iter().zip(results) {
            reporter.push(match result {
                Ok((stream, took)) => {
                    first = first.or(Some((*address, stream)));
                    let took = milliseconds(took);
                    Finding::well(Step::Tcp, format!("{address} answers ({took})"))
                }
                Err(ConnectError::NoLocalRoute) => no_route(*address, one_works),
                // `localhost` has two addresses, and one of them is enough.
                Err(ConnectError::Fault(fault))
                    if one_works && AddressScope::of(address.ip()) == AddressScope::Computer =>
                {
                    Finding::skipped(Step::Tcp, fault.text)
                }
                Err(ConnectError::Fault(fault)) => Finding::failed(Step::Tcp, fault),
            });
        }
        first.ok_or(Stopped)
    }

    async fn secure<F: FnMut(&Finding)>(
        &self,
        at: SocketAddr,
        stream: TcpStream,
        trust: &Trust,
        reporter: &mut Reporter<F>,
    ) -> Result<Box<dyn Io>, Stopped> {
        if !self.address.is_secure() {
            if AddressScope::of(at.ip()) != AddressScope::Computer {
                reporter.push(Finding::warning(Step::Tls, no_tls_for_guests()));
            }
            return Ok(Box::new(stream));
        }
        let secured = tls::handshake(stream, &self.host, trust).await;
        let secured: Secured = secured.map_err(|fault| stop(reporter, Step::Tls, fault))?;
        let expires_soon = secured
            .certificate
            .as_ref()
            .and_then(|certificate| certificate.expires_soon());
        reporter.push(match expires_soon {
            Some(fault) => Finding::warning(Step::Tls, fault),
            None => Finding::well(Step::Tls, secured.describe()),
        });
        Ok(Box::new(secured.stream))
    }

    async fn connect_again(&self, at: SocketAddr, trust: &Trust) -> Result<Box<dyn Io>, Fault> {
        let connected = tcp_probe::connect(at, Listener::Relay).await;
        let (stream, _) = connected.map_err(|unreached| match unreached {
            ConnectError::Fault(fault) => fault,
            ConnectError::NoLocalRoute => http::no_response(http::NoResponse::Closed),
        })?;
        if !self.address.is_secure() {
            return Ok(Box::new(stream));
        }
        let secured = tls::handshake(stream, &self.host, trust).await?;
        Ok(Box::new(secured.stream))
    }

    async fn check_http<F: FnMut(&Finding)>(
        &self,
        stream: Box<dyn Io>,
        reporter: &mut Reporter<F>,
    ) -> Result<(), Stopped> {
        let origin = self.address.web_origin();
        let authority = origin
            .split_once("://")
            .map_or("", |(_, authority)| authority);
        let client = HttpClient::open(stream, authority).await;
        let mut client = client.map_err(|fault| stop(reporter, Step::Http, fault))?;
        let health = client.get("/healthz").await;
        let health =
            health.map_err(|reason| stop(reporter, Step::Http, http::no_response(reason)))?;
        if let Err(fault) = http::health(&health) {
            // A proxy that passes only /ws is unusual but works for the app.
            let is_proxy_fault = matches!(fault.cause, Cause::NotPassedOn | Cause::Forbidden);
            if !is_proxy_fault {
                return Err(stop(reporter, Step::Http, fault));
            }
            reporter.push(Finding::warning(Step::Http, fault));
            return Ok(());
        }
        let clocks = health
            .date
            .and_then(|there| http::clocks(there, clock::today()));
        if let Some(fault) = clocks {
            reporter.push(Finding::warning(Step::Http, fault));
        }
        if let Ok(ready) = client.get("/readyz").await
            && let Err(fault) = http::readiness(&ready)
        {
            return Err(stop(reporter, Step::Http, fault));
        }
        let took = milliseconds(health.took);
        reporter.push(Finding::well(
            Step::Http,
            format!("a Snug relay answers and takes people in ({took})"),
        ));
        if let Ok(page) = client.get("/").await {
            reporter.push(match http::page(&page) {
                Ok(()) => Finding::well(Step::Page, "the page for guests is served".to_owned()),
                Err(fault) => Finding::warning(Step::Page, fault),
            });
        }
        Ok(())
    }

    async fn check_servers<F: FnMut(&Finding)>(
        &self,
        at: SocketAddr,
        server_urls: Vec<ServerUrl>,
        trust: &Trust,
        reporter: &mut Reporter<F>,
    ) {
        let transports: Vec<RelayTransport> = server_urls.iter().filter_map(transport).collect();
        let examined = server_urls
            .into_iter()
            .map(|offer| turn::examine(offer, trust));
        let mut examined: FuturesOrdered<_> = examined.collect();
        while let Some(findings) = examined.next().await {
            for finding in findings {
                reporter.push(finding);
            }
        }
        if transports.is_empty() {
            reporter.push(Finding::warning(Step::Turn, turn::no_turn()));
        } else if !transports.contains(&RelayTransport::Tls)
            && AddressScope::of(at.ip()) == AddressScope::Internet
        {
            reporter.push(Finding::warning(Step::Turn, turn::no_turn_by_tls()));
        }
    }
}

fn transport((_, parsed): &ServerUrl) -> Option<RelayTransport> {
    match parsed {
        Ok(Server {
            kind: ServerKind::Turn { by, .. },
            ..
        }) => Some(*by),
        Ok(_) | Err(_) => None,
    }
}

fn stop<F: FnMut(&Finding)>(reporter: &mut Reporter<F>, step: Step, fault: Fault) -> Stopped {
    reporter.push(Finding::failed(step, fault));
    Stopped
}

fn no_route(address: SocketAddr, one_works: bool) -> Finding {
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
            MAX_DURATION.as_secs()
        ),
        "Everything answers, but very slowly: look at the load of the relay's computer and at the \
         way to it.",
    )
}
