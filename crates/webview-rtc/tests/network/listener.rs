//! A network and its events so far.

use std::{net::SocketAddr, time::Duration};

use tokio::{sync::mpsc, time::timeout};
use webview_rtc::{
    network::{CandidateKind, LocalCandidate, Network, NetworkEvent, Options, Transport},
    wire::request::{Configuration, IceServer, IceTransportPolicy},
};

/// Longer than any gathering takes.
const GATHER_TIMEOUT: Duration = Duration::from_secs(15);

pub(crate) struct Listener {
    pub(crate) network: Network,
    pub(crate) events: mpsc::Receiver<NetworkEvent>,
}

/// The events of one gathering.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) candidates: Vec<LocalCandidate>,
    pub(crate) errors: Vec<(String, u16, Option<String>)>,
}

impl Gathered {
    pub(crate) fn relayed(&self) -> Vec<SocketAddr> {
        self.addresses(|kind| matches!(kind, CandidateKind::Relayed { .. }))
    }

    pub(crate) fn hosts(&self) -> Vec<SocketAddr> {
        self.addresses(|kind| *kind == CandidateKind::Host)
    }

    fn addresses(&self, wanted: impl Fn(&CandidateKind) -> bool) -> Vec<SocketAddr> {
        let wanted = self
            .candidates
            .iter()
            .filter(|candidate| wanted(&candidate.kind));
        wanted.map(|candidate| candidate.address).collect()
    }
}

pub(crate) fn configuration(
    policy: IceTransportPolicy,
    urls: &[String],
    password: &str,
) -> Configuration {
    Configuration {
        ice_servers: vec![IceServer {
            urls: urls.to_vec(),
            username: Some("name".into()),
            credential: Some(password.into()),
        }],
        ice_transport_policy: policy,
    }
}

impl Listener {
    pub(crate) fn start(configuration: &Configuration) -> Self {
        Self::start_with(configuration, Options::default())
    }

    pub(crate) fn start_with(configuration: &Configuration, options: Options) -> Self {
        let (tell, events) = mpsc::channel(64);
        let network = Network::start_with(configuration.clone(), options, tell);
        Self { network, events }
    }

    pub(crate) async fn next(&mut self) -> NetworkEvent {
        timeout(GATHER_TIMEOUT, self.events.recv())
            .await
            .expect("something happens")
            .expect("the network lives")
    }

    pub(crate) async fn gather(&mut self, configuration: &Configuration) -> Gathered {
        self.network.gather(configuration.clone());
        let mut gathered = Gathered::default();
        loop {
            match self.next().await {
                NetworkEvent::Candidate(candidate) => gathered.candidates.push(candidate),
                NetworkEvent::CandidateError {
                    url, code, address, ..
                } => gathered.errors.push((url, code, address)),
                NetworkEvent::GatheringComplete => return gathered,
                NetworkEvent::Received { .. } => {}
                NetworkEvent::Lost(address) => panic!("{address} is lost"),
            }
        }
    }

    /// Drops the network, and waits until its last task has ended.
    pub(crate) async fn end(mut self) {
        drop(self.network);
        let ended = async { while self.events.recv().await.is_some() {} };
        timeout(GATHER_TIMEOUT, ended).await.expect("its tasks end");
    }

    /// The next packet: from, to, bytes.
    pub(crate) async fn receive(&mut self) -> (SocketAddr, SocketAddr, Vec<u8>) {
        loop {
            match self.next().await {
                NetworkEvent::Received {
                    source,
                    destination,
                    bytes,
                    ..
                } => return (source, destination, bytes),
                NetworkEvent::Lost(address) => panic!("{address} is lost"),
                NetworkEvent::Candidate(_)
                | NetworkEvent::CandidateError { .. }
                | NetworkEvent::GatheringComplete => {}
            }
        }
    }

    pub(crate) fn send(&self, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        self.network
            .try_send(Transport::Udp, source, destination, bytes);
    }
}

/// Sends packets in both directions until one of `here` has arrived at `there`. The first packets
/// through a relay open its permissions, and a peer's packets are refused until its own permissions
/// are open.
pub(crate) async fn connect(
    here: &mut Listener,
    from: SocketAddr,
    there: &mut Listener,
    to: SocketAddr,
) {
    let met = async {
        loop {
            here.send(from, to, b"are you there?");
            there.send(to, from, b"are you there?");
            let heard = timeout(Duration::from_millis(100), there.events.recv());
            if let Ok(Some(NetworkEvent::Received { source, .. })) = heard.await {
                assert_eq!(source, from);
                return;
            }
        }
    };
    timeout(GATHER_TIMEOUT, met).await.expect("the two meet");
}

/// One packet of this size. Skips packets from before.
pub(crate) async fn carry(
    here: &Listener,
    from: SocketAddr,
    there: &mut Listener,
    to: SocketAddr,
    size: usize,
) {
    let packet: Vec<u8> = (0..size).map(|at| (at * 7 + size) as u8).collect();
    here.send(from, to, &packet);
    let arrived = async {
        loop {
            let (source, destination, bytes) = there.receive().await;
            assert_eq!((source, destination), (from, to));
            if bytes == packet {
                return;
            }
            assert_eq!(bytes, b"are you there?");
        }
    };
    timeout(GATHER_TIMEOUT, arrived).await.expect("it arrives");
}
