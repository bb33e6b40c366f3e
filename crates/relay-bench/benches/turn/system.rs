//! The two TURN servers under measurement.

use std::{net::SocketAddr, process::Command, sync::Arc, time::Duration};

use relay_bench::{
    certificate::Certificate,
    client::{Place, Socket, join},
    process::{Server, free_address},
};
use tempfile::TempDir;
use tokio_rustls::rustls::ClientConfig;
use turn_client::{Credentials, ServerTransport, TurnConnection};

const SECRET: &str = "known to both";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Snug,
    Coturn,
}

/// The clients' transport to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Udp,
    Tcp,
    Tls,
}

/// A TURN server, a relay that makes credentials for it, and a member of a room of that relay.
pub(crate) struct Running {
    plain: SocketAddr,
    tls: SocketAddr,
    trusted: Arc<ClientConfig>,
    credentials: Credentials,
    turn: Server,
    /// Credentials are valid while the member is in its room.
    _member: Socket,
    /// For coturn only. The other server is the relay itself.
    _relay: Option<Server>,
    _folder: TempDir,
}

impl System {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Snug => "signal-server",
            Self::Coturn => "coturn",
        }
    }

    /// `None` if the machine does not have it.
    pub(crate) async fn start(self, certificate: &Certificate) -> Option<Running> {
        let (plain, tls) = (free_address(), free_address());
        let folder = tempfile::tempdir().unwrap();
        let trusted = certificate.trusted();
        let (turn, relay, place) = match self {
            Self::Snug => {
                let [chain, key] = certificate.flags();
                let relay = Server::snug_with(&[
                    format!("--turn={plain}"),
                    format!("--turn-tls={tls}"),
                    "--turn-allow-peer=127.0.0.0/8".to_owned(),
                    "--turn-member-megabits=0".to_owned(),
                    chain,
                    key,
                ]);
                let place = Place {
                    address: relay.address,
                    tls: Some(Arc::clone(&trusted)),
                };
                (relay, None, place)
            }
            Self::Coturn => {
                let coturn = coturn(plain, tls, certificate, &folder)?;
                let relay = Server::snug_with(&[
                    format!("--turn-url=turn:{plain}"),
                    format!("--turn-secret={SECRET}"),
                ]);
                let place = Place::plain(relay.address);
                (coturn, Some(relay), place)
            }
        };
        let (member, joined) = join(&place, "42").await;
        let credentials = joined.ice_servers.iter().find_map(|server| {
            Credentials::new(server.username.as_deref(), server.credential.as_deref())
        });
        Some(Running {
            plain,
            tls,
            trusted,
            credentials: credentials.expect("no TURN server was offered"),
            turn,
            _member: member,
            _relay: relay,
            _folder: folder,
        })
    }
}

impl By {
    pub(crate) const ALL: [Self; 3] = [Self::Udp, Self::Tcp, Self::Tls];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }
}

impl Running {
    /// Requests an allocation. The connection reports the result.
    pub(crate) async fn connection(&self, by: By) -> TurnConnection {
        let address = match by {
            By::Udp | By::Tcp => self.plain,
            By::Tls => self.tls,
        };
        let opened = match by {
            By::Udp => ServerTransport::by_udp(address).await,
            By::Tcp => ServerTransport::by_tcp(address).await,
            By::Tls => {
                let name = address.ip().into();
                ServerTransport::by_tls(address, name, Arc::clone(&self.trusted)).await
            }
        };
        let (transport, local) = opened.unwrap();
        TurnConnection::open(transport, local, address, &self.credentials)
    }

    /// Processor time so far, of all threads, in user mode and in the kernel.
    pub(crate) fn processor_time(&self) -> Duration {
        self.turn.processor_time()
    }
}

fn coturn(
    plain: SocketAddr,
    tls: SocketAddr,
    certificate: &Certificate,
    folder: &TempDir,
) -> Option<Server> {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let mut command = Command::new("turnserver");
    command
        .args(["-n", "--no-cli", "--no-dtls", "--no-rfc5780"])
        .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"])
        .args([
            "--allow-loopback-peers",
            "--use-auth-secret",
            "--realm=bench",
        ])
        .args(["--no-stdout-log", "--log-file=/dev/null"])
        .arg(format!("--static-auth-secret={SECRET}"))
        .arg(format!("--listening-port={}", plain.port()))
        .arg(format!("--tls-listening-port={}", tls.port()))
        .arg(format!("--cert={}", certificate.chain().display()))
        .arg(format!("--pkey={}", certificate.key().display()))
        .arg(format!("--pidfile={}", at("pid")))
        .arg(format!("--db={}", at("users")))
        .current_dir(folder.path());
    Server::start_at(plain, &mut command)
}
