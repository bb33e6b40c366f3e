//! The allocation on one TURN server: a task that drives the TURN client over its transport.
//!
//! Invariant: the outcome is set once. When its handle is dropped, the task releases the allocation
//! and ends. When the allocation is lost, it reports that and ends.

use std::{net::SocketAddr, sync::Arc};

use tokio::sync::{mpsc, watch};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::debug;

use turn_client::{
    Allocated, Credentials, Failure, Host, Output, RelayTransport, Sent, Server, ServerTransport,
    TurnConnection,
};

use super::{
    dns, now,
    traffic::{Outgoing, SendPath, Traffic},
    trust::Trust,
};

/// Packets that may wait for this task.
const SEND_QUEUE_PACKETS: usize = 512;

/// The outcome of the allocate request.
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
    /// `lost` receives the relayed addresses when the allocation is lost.
    pub(super) fn start(
        server: Server,
        by: RelayTransport,
        credentials: Credentials,
        trust: Arc<Trust>,
        traffic: Arc<Traffic>,
        lost: mpsc::Sender<SocketAddr>,
    ) -> Self {
        let (sender, outcome) = watch::channel(Outcome::Pending);
        let stop = CancellationToken::new();
        let task = RelayTask {
            server,
            by,
            credentials,
            trust,
            traffic,
            outcome: sender,
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

struct RelayTask {
    server: Server,
    by: RelayTransport,
    credentials: Credentials,
    trust: Arc<Trust>,
    traffic: Arc<Traffic>,
    outcome: watch::Sender<Outcome>,
    stop: CancellationToken,
}

/// Why a relay stopped forwarding.
enum End {
    Stopped,
    Lost,
}

impl RelayTask {
    async fn run(self, lost: mpsc::Sender<SocketAddr>) {
        let (mut turn_connection, allocated) = match self.allocate().await {
            Ok(allocated) => allocated,
            Err(failure) => {
                self.outcome.send_replace(Outcome::Refused(failure));
                return;
            }
        };
        let (queue, mut outgoing) = mpsc::channel(SEND_QUEUE_PACKETS);
        for address in &allocated.relayed {
            self.traffic.open(*address, SendPath::Relay(queue.clone()));
        }
        let relayed = allocated.relayed.clone();
        self.outcome.send_replace(Outcome::Allocated(allocated));
        let end = self
            .forward_packets(&mut turn_connection, &mut outgoing)
            .await;
        for address in &relayed {
            self.traffic.close(*address);
        }
        match end {
            End::Stopped => turn_connection.release().await,
            End::Lost => {
                for address in relayed {
                    // The receiver is gone when the whole network has ended.
                    let _ = lost.send(address).await;
                }
            }
        }
    }

    /// Tries the addresses of the server in order until one responds, also with an error.
    async fn allocate(&self) -> Result<(TurnConnection, Allocated), Failure> {
        let mut failure = Failure::unreachable();
        for address in self.or_stopped(dns::resolve(&self.server)).await? {
            match self.allocate_at(address).await {
                Ok(allocated) => return Ok(allocated),
                Err(error) if error.code == Failure::UNREACHABLE => failure = error,
                Err(error) => return Err(error),
            }
        }
        Err(failure)
    }

    async fn allocate_at(
        &self,
        server: SocketAddr,
    ) -> Result<(TurnConnection, Allocated), Failure> {
        let (wire, local) = self.or_stopped(self.connect(server)).await?;
        let mut turn_connection = TurnConnection::open(wire, local, server, &self.credentials);
        loop {
            let output = tokio::select! {
                () = self.stop.cancelled() => {
                    turn_connection.release().await;
                    return Err(stopped());
                }
                output = turn_connection.next() => output,
            };
            match output.map_err(|error| Failure::from(error).at(local))? {
                Output::Allocated(allocated) => return Ok((turn_connection, allocated)),
                Output::Refused(failure) => return Err(failure),
                Output::Ended => return Err(Failure::unreachable().at(local)),
                Output::Received { .. } | Output::PeerRefused { .. } | Output::Transmit(_) => {}
            }
        }
    }

    /// Also returns the local address of the connection.
    async fn connect(&self, server: SocketAddr) -> Result<(ServerTransport, SocketAddr), Failure> {
        Ok(match self.by {
            RelayTransport::Udp => ServerTransport::by_udp(server).await?,
            RelayTransport::Tcp => ServerTransport::by_tcp(server).await?,
            RelayTransport::Tls => {
                let name = server_name(&self.server.host)?;
                let configuration = self.trust.configuration().await?;
                ServerTransport::by_tls(server, name, configuration).await?
            }
        })
    }

    async fn or_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            () = self.stop.cancelled() => Err(stopped()),
            done = work => done,
        }
    }

    async fn forward_packets(
        &self,
        turn_connection: &mut TurnConnection,
        outgoing: &mut mpsc::Receiver<Outgoing>,
    ) -> End {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return End::Stopped,
                Some(packet) = outgoing.recv() => {
                    let Outgoing { source, destination, bytes } = packet;
                    let sent = turn_connection.send(source, destination, &bytes);
                    self.count(sent);
                }
                output = turn_connection.next() => match output {
                    Ok(Output::Received { relayed, peer, bytes }) => {
                        self.traffic.deliver(peer, relayed, bytes, now());
                    }
                    // ICE connectivity checks detect an unreachable peer.
                    Ok(Output::Transmit(_) | Output::Allocated(_) | Output::PeerRefused { .. }) => {}
                    Ok(Output::Refused(_) | Output::Ended) => return End::Lost,
                    Err(error) => {
                        debug!(%error, "the connection to a relay is lost");
                        return End::Lost;
                    }
                }
            }
            // Packets that the connection did not send at once are dropped, as in a full router.
            for _ in 0..turn_connection.take_dropped() {
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

/// Nobody reads this failure: the handle was dropped.
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
