//! One TURN server in use: the task that joins its connection, the protocol and the clock.
//!
//! Invariant: tells once how it went. When its handle is dropped it gives the allocation back to
//! the server and ends; when the allocation is lost it says so and ends.

use std::{net::SocketAddr, sync::Arc};

use tokio::sync::{mpsc, watch};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::debug;

use turn_client::{
    Allocated, Credentials, Failure, Host, Link, Output, RelayTransport, Sent, Server, Wire,
};

use super::{
    names, now,
    traffic::{Outgoing, Traffic, Way},
    trust::Trust,
};

/// Packets the page's other tasks may be ahead of this one.
const QUEUE: usize = 512;

/// How asking for the relay went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Pending,
    Allocated(Allocated),
    Refused(Failure),
}

#[derive(Debug)]
pub(super) struct Relay {
    pub(super) outcome: watch::Receiver<Outcome>,
    _stop: DropGuard,
}

impl Relay {
    /// `lost` is told the relayed addresses when they are gone.
    pub(super) fn start(
        server: Server,
        by: RelayTransport,
        credentials: Credentials,
        trust: Arc<Trust>,
        traffic: Arc<Traffic>,
        lost: mpsc::Sender<SocketAddr>,
    ) -> Self {
        let (tell, outcome) = watch::channel(Outcome::Pending);
        let stop = CancellationToken::new();
        let task = Task {
            server,
            by,
            credentials,
            trust,
            traffic,
            outcome: tell,
            stop: stop.clone(),
        };
        tokio::spawn(task.run(lost));
        Self {
            outcome,
            _stop: stop.drop_guard(),
        }
    }
}

impl Relay {
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        match &*self.outcome.borrow() {
            Outcome::Allocated(allocated) => allocated.relayed.clone(),
            Outcome::Pending | Outcome::Refused(_) => vec![],
        }
    }
}

struct Task {
    server: Server,
    by: RelayTransport,
    credentials: Credentials,
    trust: Arc<Trust>,
    traffic: Arc<Traffic>,
    outcome: watch::Sender<Outcome>,
    stop: CancellationToken,
}

/// Why a relay carries no more.
enum End {
    Stopped,
    Lost,
}

impl Task {
    async fn run(self, lost: mpsc::Sender<SocketAddr>) {
        let (mut link, allocated) = match self.allocate().await {
            Ok(allocated) => allocated,
            Err(failure) => {
                self.outcome.send_replace(Outcome::Refused(failure));
                return;
            }
        };
        let (queue, mut outgoing) = mpsc::channel(QUEUE);
        for address in &allocated.relayed {
            self.traffic.open(*address, Way::Relay(queue.clone()));
        }
        let relayed = allocated.relayed.clone();
        self.outcome.send_replace(Outcome::Allocated(allocated));
        let end = self.carry(&mut link, &mut outgoing).await;
        for address in &relayed {
            self.traffic.close(*address);
        }
        match end {
            End::Stopped => link.release().await,
            End::Lost => {
                for address in relayed {
                    // Nobody listens any more where the whole network has ended.
                    let _ = lost.send(address).await;
                }
            }
        }
    }

    /// Tries the server's addresses one after the other, until one answers, whatever it says.
    async fn allocate(&self) -> Result<(Link, Allocated), Failure> {
        let mut failure = Failure::unreachable();
        for address in self.unless_stopped(names::look_up(&self.server)).await? {
            match self.allocate_at(address).await {
                Ok(allocated) => return Ok(allocated),
                Err(error) if error.code == Failure::UNREACHABLE => failure = error,
                Err(error) => return Err(error),
            }
        }
        Err(failure)
    }

    async fn allocate_at(&self, server: SocketAddr) -> Result<(Link, Allocated), Failure> {
        let (wire, local) = self.unless_stopped(self.reach(server)).await?;
        let mut link = Link::open(wire, local, server, &self.credentials);
        loop {
            let output = tokio::select! {
                () = self.stop.cancelled() => {
                    link.release().await;
                    return Err(stopped());
                }
                output = link.next() => output,
            };
            match output.map_err(|error| Failure::from(error).at(local))? {
                Output::Allocated(allocated) => return Ok((link, allocated)),
                Output::Refused(failure) => return Err(failure),
                Output::Ended => return Err(Failure::unreachable().at(local)),
                Output::Received { .. } | Output::PeerRefused { .. } | Output::Transmit(_) => {}
            }
        }
    }

    /// The address it is reached from, too.
    async fn reach(&self, server: SocketAddr) -> Result<(Wire, SocketAddr), Failure> {
        Ok(match self.by {
            RelayTransport::Udp => Wire::by_udp(server).await?,
            RelayTransport::Tcp => Wire::by_tcp(server).await?,
            RelayTransport::Tls => {
                let name = server_name(&self.server.host)?;
                let configuration = self.trust.configuration().await?;
                Wire::by_tls(server, name, configuration).await?
            }
        })
    }

    async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            () = self.stop.cancelled() => Err(stopped()),
            done = work => done,
        }
    }

    async fn carry(&self, link: &mut Link, outgoing: &mut mpsc::Receiver<Outgoing>) -> End {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return End::Stopped,
                Some(packet) = outgoing.recv() => {
                    let Outgoing { source, destination, bytes } = packet;
                    let sent = link.send(source, destination, &bytes);
                    self.count(sent);
                }
                output = link.next() => match output {
                    Ok(Output::Received { relayed, peer, bytes }) => {
                        self.traffic.deliver(peer, relayed, bytes, now());
                    }
                    // ICE asks its peers by itself, and finds out.
                    Ok(Output::Transmit(_) | Output::Allocated(_) | Output::PeerRefused { .. }) => {}
                    Ok(Output::Refused(_) | Output::Ended) => return End::Lost,
                    Err(error) => {
                        debug!(%error, "the connection to a relay is lost");
                        return End::Lost;
                    }
                }
            }
            // What the link would not send at once is gone, as on any full bridge.
            for _ in 0..link.take_dropped() {
                self.count(Sent::Dropped);
            }
        }
    }

    fn count(&self, sent: Sent) {
        match sent {
            Sent::Taken => {}
            Sent::Dropped => self.traffic.count_dropped(),
        }
    }
}

/// For nobody: who would hear it has dropped the handle.
fn stopped() -> Failure {
    Failure::new(Failure::UNREACHABLE, "the relay is not wanted any more")
}

fn server_name(host: &Host) -> Result<ServerName<'static>, Failure> {
    match host {
        Host::Address(address) => Ok(ServerName::from(*address)),
        Host::Name(name) => ServerName::try_from(name.clone())
            .map_err(|error| Failure::new(Failure::UNREACHABLE, &error.to_string())),
    }
}
