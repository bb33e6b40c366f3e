//! A relay whose metrics a test reads again and again.

use std::{
    collections::BTreeSet,
    net::{SocketAddr, TcpListener as StdListener, UdpSocket},
    ops::RangeInclusive,
    sync::{LazyLock, Mutex},
    time::Duration,
};

use signal_server::Config;
use tokio::{
    net::TcpStream,
    time::{interval, timeout},
};

use super::scrape::Scrape;
use crate::{client::within, relay::Relay};

/// On an idle machine, the relay waits ten seconds for a TLS handshake.
const DEADLINE: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The exported series, and the changes of their values.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    pub(crate) exported: BTreeSet<String>,
    pub(crate) moved: BTreeSet<String>,
}

impl Moves {
    pub(crate) fn all(plays: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for play in plays {
            all.exported.extend(play.exported);
            all.moved.extend(play.moved);
        }
        all
    }
}

pub(crate) struct Watched {
    pub(crate) relay: Relay,
    metrics: SocketAddr,
    before: Scrape,
    moves: Moves,
}

impl Watched {
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let (relay, metrics) = start(change).await;
        Self {
            relay,
            metrics,
            before: Scrape::of(metrics).await,
            moves: Moves::default(),
        }
    }

    pub(crate) async fn look(&mut self) -> Scrape {
        let now = Scrape::of(self.metrics).await;
        self.moves.exported.extend(now.series().cloned());
        self.moves
            .moved
            .extend(now.moved_since(&self.before).cloned());
        now
    }

    /// Reads until these have changed, for events that have no answer.
    pub(crate) async fn look_until_moved(&mut self, series: &[&str]) {
        let looking = async {
            let mut again = interval(POLL_INTERVAL);
            while !series
                .iter()
                .all(|series| self.moves.moved.contains(*series))
            {
                again.tick().await;
                self.look().await;
            }
        };
        timeout(DEADLINE, looking).await.unwrap_or_else(|_| {
            panic!("{series:?} did not move within {DEADLINE:?}");
        });
    }

    pub(crate) async fn end(mut self) -> Moves {
        self.look().await;
        self.moves
    }
}

/// A relay and the address of its metrics.
pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> (Relay, SocketAddr) {
    let metrics = free_address();
    let relay = Relay::start(|config| {
        config.metrics = Some(metrics);
        change(config);
    })
    .await;
    // A task that has just started opens it.
    let open = async {
        while TcpStream::connect(metrics).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    within(open).await;
    (relay, metrics)
}

/// An address that is free for TCP and UDP, below the ephemeral ports, so that no connection uses
/// it meanwhile. Each one is returned once.
pub(crate) fn free_address() -> SocketAddr {
    static PORTS: LazyLock<Mutex<RangeInclusive<u16>>> =
        LazyLock::new(|| Mutex::new(rand::random_range(12_000..19_000)..=u16::MAX));
    loop {
        let port = PORTS.lock().unwrap().next().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if StdListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}
