//! A server on loopback, clients of one member, and a peer.
//!
//! Every wait has a deadline.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair};
use tokio::{net::UdpSocket, task::JoinHandle};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
};
use turn_client::{Check, Failure, Output, Sent, ServerTransport, TurnConnection};
use turn_server::{Config, Credentials, MemberId, Now, Secret, TlsListeners, TurnServer};

/// Long enough for a busy machine. Only a failure reaches it.
const DEADLINE: Duration = Duration::from_secs(20);
const HOUR: Duration = Duration::from_secs(3600);
const NAME: &str = "turn.example.org";

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, work)
        .await
        .expect("nothing came within the deadline")
}

pub(crate) struct Server {
    pub(crate) turn: TurnServer,
    certificate: CertificateDer<'static>,
}

/// How a client reaches the server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    Udp,
    Tcp,
    Tls,
}

/// A client with an allocation.
pub(crate) struct Client {
    pub(crate) connection: TurnConnection,
    pub(crate) relayed: SocketAddr,
}

/// A peer that answers ICE checks and returns all other datagrams, until it is dropped.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens by UDP, TCP and TLS. Peers on loopback are allowed.
    pub(crate) fn start(change: impl FnOnce(&mut Config)) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([NAME.to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let certificate = certificate.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let mut config = config();
        config.tls = Some(TlsListeners {
            listen: vec![loopback(0)],
            config: Arc::new(tls),
        });
        change(&mut config);
        Self {
            turn: TurnServer::start(config).unwrap(),
            certificate,
        }
    }

    pub(crate) fn issue(&self, member: &str) -> Credentials {
        self.turn
            .issue_credentials(&MemberId::new(member), HOUR, Now::read())
    }

    /// Allocates with the credentials of this member.
    pub(crate) async fn allocate(&self, by: By, member: &str) -> Client {
        self.allocate_with(by, self.issue(member)).await.unwrap()
    }

    pub(crate) async fn allocate_with(
        &self,
        by: By,
        credentials: Credentials,
    ) -> Result<Client, Failure> {
        let server = match by {
            By::Udp | By::Tcp => self.turn.plain_addresses()[0],
            By::Tls => self.turn.tls_addresses()[0],
        };
        let opened = match by {
            By::Udp => within(ServerTransport::by_udp(server)).await,
            By::Tcp => within(ServerTransport::by_tcp(server)).await,
            By::Tls => {
                let name = ServerName::try_from(NAME).unwrap();
                within(ServerTransport::by_tls(server, name, self.trust())).await
            }
        };
        let (transport, local) = opened.unwrap();
        let credentials = turn_client::Credentials {
            username: credentials.username,
            password: credentials.password,
        };
        let mut connection = TurnConnection::open(transport, local, server, &credentials);
        match within(connection.next()).await.unwrap() {
            Output::Allocated(allocated) => Ok(Client {
                connection,
                relayed: allocated.relayed[0],
            }),
            Output::Refused(failure) => Err(failure),
            other => panic!("unexpected: {other:?}"),
        }
    }

    fn trust(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    }
}

impl Client {
    pub(crate) fn send(&mut self, peer: SocketAddr, bytes: &[u8]) {
        let sent = self.connection.send(self.relayed, peer, bytes);
        assert_eq!(sent, Sent::Taken);
    }

    /// The next packet from a peer.
    pub(crate) async fn receive(&mut self) -> (SocketAddr, Vec<u8>) {
        match within(self.connection.next()).await.unwrap() {
            Output::Received { peer, bytes, .. } => (peer, bytes),
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// Sends an ICE check to the peer and receives the answer, which is the peer's consent.
    pub(crate) async fn check(&mut self, peer: &Peer) {
        let (id, request) = check().request();
        self.send(peer.address, &request);
        let (from, answer) = self.receive().await;
        assert_eq!(from, peer.address);
        assert_eq!(check().answered(&answer), Some(id));
    }
}

impl Peer {
    pub(crate) async fn start() -> Self {
        let socket = UdpSocket::bind(loopback(0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; 65535];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
                let received = &buffer[..length];
                let answer = check().answer(received);
                let answer = answer.as_deref().unwrap_or(received);
                socket.send_to(answer, from).await.unwrap();
            }
        });
        Self { address, task }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens by UDP and TCP at a port that the system chooses. Peers on loopback are allowed.
pub(crate) fn config() -> Config {
    Config {
        listen: vec![loopback(0)],
        allowed_peers: vec!["127.0.0.0/8".parse().unwrap()],
        ..Config::new(Secret::generate())
    }
}

pub(crate) fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn check() -> Check {
    Check::new("known to both ends")
}
