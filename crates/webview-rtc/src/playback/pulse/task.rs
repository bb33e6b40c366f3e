//! The task of one bridge's speakers: one `select!` over orders, the sound server, and the clock.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the speakers"
)]
//!
//! Invariant: it looks for a sound server only when there is something to play or to list, and
//! again and again while there is none. It ends with whoever gives the orders.

use std::{
    env,
    ffi::CString,
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::{MissedTickBehavior, interval, sleep},
};
use tracing::debug;

use super::{
    connection::{Pulse, PulseFailure},
    playback_streams::PlaybackStreams,
};
use crate::playback::{Order, PlaybackEvent};

const TICK: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_secs(2);

pub(in crate::playback) struct Task {
    speakers: PlaybackStreams,
    orders: UnboundedReceiver<Order>,
    events: UnboundedSender<PlaybackEvent>,
    /// Where the server listens; as the environment says where there is none.
    path: Option<PathBuf>,
}

/// Nobody gives orders any more.
struct Over;

impl Task {
    pub(in crate::playback) fn new(
        orders: UnboundedReceiver<Order>,
        events: UnboundedSender<PlaybackEvent>,
        path: Option<PathBuf>,
    ) -> Self {
        Self {
            speakers: PlaybackStreams::default(),
            orders,
            events,
            path,
        }
    }

    pub(in crate::playback) async fn run(mut self) {
        let mut first = self.orders.recv().await;
        if first.is_none() {
            return;
        }
        loop {
            match self.serve(&mut first).await {
                Ok(Over) => return,
                Err(failure) => debug!(%failure, "no speakers"),
            }
            self.speakers.handle_lost();
            if let Some(order) = first.take() {
                self.speakers.handle_order(Instant::now(), order);
            }
            if let Err(Over) = self.rest().await {
                return;
            }
        }
    }

    /// `first` is an order that there was no server for yet.
    async fn serve(&mut self, first: &mut Option<Order>) -> Result<Over, PulseFailure> {
        let path = self.path.clone().or_else(pulseaudio::socket_path_from_env);
        let path = path.ok_or(PulseFailure::NoServer)?;
        let mut pulse = Pulse::connect(&path, name()).await?;
        self.speakers.handle_connected(Instant::now());
        if let Some(order) = first.take() {
            self.speakers.handle_order(Instant::now(), order);
        }
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while let Some(transmit) = self.speakers.poll_transmit() {
                pulse.send(transmit).await?;
            }
            if let Err(over) = self.tell() {
                return Ok(over);
            }
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => self.speakers.handle_order(Instant::now(), order),
                    None => return Ok(Over),
                },
                message = pulse.next() => {
                    self.speakers.handle_message(Instant::now(), message?)?;
                }
                _ = ticks.tick() => self.speakers.handle_timeout(Instant::now())?,
            }
        }
    }

    /// Until it is time to look for a server again.
    async fn rest(&mut self) -> Result<(), Over> {
        let mut retry = std::pin::pin!(sleep(RETRY));
        loop {
            self.tell()?;
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => self.speakers.handle_order(Instant::now(), order),
                    None => return Err(Over),
                },
                () = &mut retry => return Ok(()),
            }
        }
    }

    fn tell(&mut self) -> Result<(), Over> {
        while let Some(event) = self.speakers.poll_event() {
            self.events.send(event).map_err(|_| Over)?;
        }
        Ok(())
    }
}

/// What people see in the mixer: the program's.
fn name() -> CString {
    let program = env::current_exe().unwrap_or_default();
    let name = program.file_stem().unwrap_or_default();
    CString::new(name.as_bytes()).unwrap_or_default()
}
