//! TURN for members: the relay's own server, by the crate `turn-server`, and the list of ICE
//! servers that each member gets.
//!
//! Invariant: it is off by default. An error names the flag.

mod ice_servers;
mod urls;

use std::{io, num::NonZeroU64, sync::Arc};

use ipnet::IpNet;
use turn_server::{Counters, ListenProtocol, Secret, StartError, TlsListeners, TurnServer};

use crate::{BindError, config::TurnConfig};
pub(crate) use ice_servers::IceServers;
use urls::Urls;

const REALM: &str = "snug";
const BITS_PER_MEGABIT: u64 = 1_000_000;

/// A running TURN server, and its URLs.
#[derive(Debug)]
pub(crate) struct Turn {
    server: TurnServer,
    urls: Urls,
}

impl Turn {
    /// Starts the server. `None` if no listen address is configured. Needs a tokio runtime.
    ///
    /// # Errors
    /// A sentence that names the flag.
    pub(crate) fn start(config: &TurnConfig) -> io::Result<Option<Self>> {
        if !config.is_internal() {
            return Ok(None);
        }
        let server = TurnServer::start(server_config(config)).map_err(with_flag)?;
        let urls = Urls {
            host: config.host.clone(),
            public_ips: config.public_ips.clone(),
            plain: server.plain_addresses().to_vec(),
            tls: server.tls_addresses().to_vec(),
        };
        Ok(Some(Self { server, urls }))
    }

    pub(crate) fn counters(&self) -> Arc<Counters> {
        Arc::clone(self.server.counters())
    }

    /// Ends every allocation and connection.
    pub(crate) async fn stop(&self) {
        self.server.stop().await;
    }
}

fn server_config(config: &TurnConfig) -> turn_server::Config {
    let bits_per_second =
        |megabits: u32| NonZeroU64::new(u64::from(megabits).saturating_mul(BITS_PER_MEGABIT));
    let secret = config.secret.clone().unwrap_or_else(Secret::generate);
    turn_server::Config {
        listen: config.listen.clone(),
        tls: config.tls.clone().map(|tls| TlsListeners {
            listen: config.listen_tls.clone(),
            config: tls,
        }),
        realm: REALM.to_owned(),
        public_ips: config.public_ips.clone(),
        relay_ports: config.ports.clone(),
        allowed_peers: config
            .allow_peers
            .iter()
            .copied()
            .map(IpNet::from)
            .collect(),
        consent: config.consent,
        max_allocations: config.allocations,
        member_bits_per_second: bits_per_second(config.member_megabits),
        total_bits_per_second: bits_per_second(config.total_megabits),
        ..turn_server::Config::new(secret)
    }
}

fn with_flag(error: StartError) -> io::Error {
    match error {
        StartError::Listen {
            protocol,
            address,
            error,
        } => {
            let flag = match protocol {
                ListenProtocol::UdpAndTcp => "--turn",
                ListenProtocol::Tls => "--turn-tls",
            };
            let error = BindError::new(flag, address, &error);
            io::Error::new(io::ErrorKind::AddrNotAvailable, error)
        }
        StartError::Socket(error) => error,
        StartError::NoRelayPorts | StartError::LongRealm => io::Error::other(error),
    }
}
