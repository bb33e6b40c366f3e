//! A relay with a TURN server, and members of its rooms.
//!
//! Every wait has a deadline.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener as StdListener, UdpSocket},
    ops::RangeInclusive,
    sync::Arc,
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use rcgen::{CertificateParams, KeyPair};
use signal_protocol::{ClientMessage, Email, IceServer, RoomJoin, RoomName, ServerMessage};
use signal_server::{Config, Secret};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use tokio_util::sync::CancellationToken;

pub(crate) const SECRET: &str = "known to the test";
/// Long enough for a busy machine. Only a failure reaches it.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, work)
        .await
        .expect("nothing came within the deadline")
}

pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    pub(crate) turn_port: u16,
    pub(crate) tls_port: u16,
    pub(crate) shutdown: CancellationToken,
    pub(crate) running: Option<JoinHandle<std::io::Result<()>>>,
}

/// A member of a room, until it is dropped.
pub(crate) struct Member {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) ice_ttl: u32,
}

impl Relay {
    /// Starts TURN on loopback in both families over UDP, TCP and TLS. Allows peers on loopback.
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let (turn_port, tls_port) = (free_port(), free_port());
        let mut config = Config::default();
        config.turn.listen = both(turn_port);
        config.turn.listen_tls = both(tls_port);
        config.turn.tls = Some(certificate());
        config.turn.secret = Some(Secret::new(SECRET));
        config.turn.ports = port_range();
        config.turn.allow_peers = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        change(&mut config);
        let mut relay = Self::serve(config).await;
        (relay.turn_port, relay.tls_port) = (turn_port, tls_port);
        relay
    }

    pub(crate) async fn serve(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(signal_server::serve(listener, config, shutdown.clone()));
        Self {
            address,
            turn_port: 0,
            tls_port: 0,
            shutdown,
            running: Some(running),
        }
    }

    pub(crate) async fn join(&self, email: &str) -> Member {
        Member::join(self.address, email).await
    }

    pub(crate) fn turn(&self, ip: impl Into<IpAddr>) -> SocketAddr {
        SocketAddr::new(ip.into(), self.turn_port)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Member {
    pub(crate) async fn join(address: SocketAddr, email: &str) -> Self {
        let stream = within(TcpStream::connect(address)).await.unwrap();
        let (mut socket, _) = within(client_async(format!("ws://{address}/ws"), stream))
            .await
            .unwrap();
        let join = ClientMessage::RoomJoin(RoomJoin {
            room: RoomName::parse("42").unwrap(),
            email: Email::parse(email).unwrap(),
            status: None,
            proof: None,
            resume: None,
            device: None,
        });
        socket.send(Message::text(join.encode())).await.unwrap();
        let mut member = Self {
            socket,
            ice_servers: Vec::new(),
            ice_ttl: 0,
        };
        let ServerMessage::RoomJoined(joined) = member.receive().await else {
            panic!("not joined");
        };
        (member.ice_servers, member.ice_ttl) = (joined.ice_servers, joined.ice_ttl);
        member
    }

    pub(crate) async fn send(&mut self, message: ClientMessage) {
        let text = Message::text(message.encode());
        within(self.socket.send(text)).await.unwrap();
    }

    pub(crate) async fn receive(&mut self) -> ServerMessage {
        loop {
            match within(self.socket.next()).await.unwrap().unwrap() {
                Message::Text(text) => return ServerMessage::decode(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected frame: {other:?}"),
            }
        }
    }

    /// Returns after the relay has confirmed.
    pub(crate) async fn leave(&mut self) {
        self.send(ClientMessage::RoomLeave).await;
        while self.receive().await != ServerMessage::RoomLeft {}
    }

    pub(crate) fn credentials(&self) -> (String, String) {
        let server = self
            .ice_servers
            .iter()
            .find(|server| server.username.is_some())
            .expect("no TURN server was offered");
        (
            server.username.clone().unwrap(),
            server.credential.clone().unwrap(),
        )
    }
}

fn both(port: u16) -> Vec<SocketAddr> {
    vec![
        (Ipv4Addr::LOCALHOST, port).into(),
        (Ipv6Addr::LOCALHOST, port).into(),
    ]
}

/// A port that is free for UDP and TCP in both families, outside of every relayed port range.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = rand::random_range(20_000..30_000);
        let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && UdpSocket::bind((Ipv6Addr::LOCALHOST, port)).is_ok()
            && StdListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && StdListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok();
        if free {
            return port;
        }
    }
}

/// A random range below the ephemeral ports, so that parallel tests rarely collide.
pub(crate) fn port_range() -> RangeInclusive<u16> {
    let first = 10_000 + rand::random_range(0..40) * 250;
    first..=first + 249
}

fn certificate() -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let certificate = CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Arc::new(config)
}
