//! The relay inside the app, for people without a server: on this computer, or shared with its
//! network.
//!
//! Invariant: at most one relay per computer and port. The first window that needs it hosts it; the
//! others use it, and one of them takes over when that window closes.

mod addresses;
mod probe;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde::Serialize;
use signal_protocol::RelayAddress;
use signal_server::{Config, HostNames, PageSource};
use tokio::{
    net::TcpListener,
    sync::Mutex,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::signaling::ConnectFailure;
use probe::Found;

/// The port in addresses and invite links.
pub const PORT: u16 = 8787;
/// Time to close all sockets with 1012.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);
/// Retries while the relay of another window starts or stops.
const MAX_ATTEMPTS: u32 = 4;
const RETRY_DELAY: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub struct OwnRelay {
    port: u16,
    page: PageSource,
    /// Held across awaits: start and stop are serialized.
    hosting: Mutex<Option<Hosting>>,
}

#[derive(Debug)]
struct Hosting {
    reach: Reach,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// The computers that can reach the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    ThisComputer,
    ThisNetwork,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OwnRelayState {
    pub sharing: bool,
    /// The addresses that others in the network enter.
    pub addresses: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareFailure {
    #[error(
        "Another Snug window runs this computer's relay. Change this in the window that was opened first."
    )]
    OtherWindow,
    #[error(transparent)]
    NotRunning(#[from] ConnectFailure),
}

impl OwnRelay {
    #[must_use]
    pub fn new(port: u16, page: PageSource) -> Self {
        Self {
            port,
            page,
            hosting: Mutex::new(None),
        }
    }

    /// The address of this computer's relay; starts it if needed.
    ///
    /// # Errors
    /// A sentence: another program has the port, or the relay could not start.
    pub async fn ensure_running(&self) -> Result<RelayAddress, ConnectFailure> {
        let mut hosting = self.hosting.lock().await;
        self.ensure(&mut hosting, Reach::ThisComputer).await?;
        Ok(self.address())
    }

    pub async fn state(&self) -> OwnRelayState {
        let hosting = self.hosting.lock().await;
        let reach = self.reach(hosting.as_ref()).await;
        let sharing = reach == Reach::ThisNetwork;
        let addresses = sharing.then(|| addresses::in_this_network(self.port));
        OwnRelayState {
            sharing,
            addresses: addresses
                .unwrap_or_default()
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    /// Shares the relay with this network, or stops sharing. The relay restarts, and its clients
    /// reconnect automatically.
    ///
    /// # Errors
    /// A sentence.
    pub async fn set_reach(&self, reach: Reach) -> Result<OwnRelayState, ShareFailure> {
        {
            let mut hosting = self.hosting.lock().await;
            let other = hosting.take_if(|hosting| hosting.reach != reach);
            if let Some(other) = other {
                other.stop().await;
            }
            self.ensure(&mut hosting, reach).await?;
            if self.reach(hosting.as_ref()).await != reach {
                return Err(ShareFailure::OtherWindow);
            }
        }
        Ok(self.state().await)
    }

    /// Stops the relay if this app hosts it.
    pub async fn stop(&self) {
        if let Some(hosting) = self.hosting.lock().await.take() {
            hosting.stop().await;
        }
    }

    /// The address that most people can reach.
    pub async fn address_for_others(&self) -> RelayAddress {
        let hosting = self.hosting.lock().await;
        match self.reach(hosting.as_ref()).await {
            Reach::ThisComputer => self.address(),
            Reach::ThisNetwork => addresses::in_this_network(self.port)
                .into_iter()
                .next()
                .unwrap_or_else(|| self.address()),
        }
    }

    /// The scope of the relay of this computer, in any window.
    async fn reach(&self, hosting: Option<&Hosting>) -> Reach {
        if let Some(hosting) = hosting.filter(|hosting| hosting.is_running()) {
            return hosting.reach;
        }
        let Some(outside) = addresses::default_route() else {
            return Reach::ThisComputer;
        };
        match probe::who_listens(SocketAddr::from((outside, self.port))).await {
            Found::Relay => Reach::ThisNetwork,
            Found::Nobody | Found::OtherProgram => Reach::ThisComputer,
        }
    }

    #[must_use]
    pub fn address(&self) -> RelayAddress {
        RelayAddress::plain(self.loopback())
    }

    fn loopback(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    async fn ensure(
        &self,
        hosting: &mut Option<Hosting>,
        reach: Reach,
    ) -> Result<(), ConnectFailure> {
        if hosting.as_ref().is_some_and(Hosting::is_running) {
            return Ok(());
        }
        *hosting = None;
        for _ in 0..MAX_ATTEMPTS {
            // Asked before binding: some systems let two programs have one port.
            if probe::who_listens(self.loopback()).await == Found::Relay {
                return Ok(());
            }
            match self.host(reach).await {
                Ok(new) => {
                    *hosting = Some(new);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => sleep(RETRY_DELAY).await,
                Err(error) => {
                    return Err(ConnectFailure::OwnRelay {
                        detail: error.to_string(),
                    });
                }
            }
        }
        Err(ConnectFailure::PortTaken { port: self.port })
    }

    async fn host(&self, reach: Reach) -> io::Result<Hosting> {
        let ip = match reach {
            Reach::ThisComputer => Ipv4Addr::LOCALHOST,
            Reach::ThisNetwork => Ipv4Addr::UNSPECIFIED,
        };
        let listener = TcpListener::bind((ip, self.port)).await?;
        let config = Config {
            page: self.page.clone(),
            // Only this computer and its network have names for it. This refuses pages of other
            // sites whose name resolves to this computer.
            hosts: HostNames::These(Vec::new()),
            ..Config::default()
        };
        let stop = CancellationToken::new();
        let serving = signal_server::serve(listener, config, stop.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::warn!(%error, "the own relay ended");
            }
        });
        tracing::info!(?reach, "own relay started");
        Ok(Hosting { reach, stop, task })
    }
}

impl Hosting {
    fn is_running(&self) -> bool {
        !self.task.is_finished()
    }

    async fn stop(self) {
        self.stop.cancel();
        let abort = self.task.abort_handle();
        if timeout(STOP_TIMEOUT, self.task).await.is_err() {
            abort.abort();
        }
    }
}
