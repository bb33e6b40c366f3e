//! Task of a capture of system audio: one `select!` over the sound server and the clock.
#![allow(
    clippy::disallowed_methods,
    reason = "this shell reads the clock for the recordings"
)]
//!
//! Invariant: it connects again while there is no server, until it is aborted.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::debug;

use super::{
    mixer::SharedMixer,
    own_process,
    programs::{Change, Programs},
};
use crate::pulse_connection::{Message, PulseConnection, PulseFailure};

const TICK_INTERVAL: Duration = Duration::from_secs(1);
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

pub(super) struct Task {
    mixer: SharedMixer,
    /// Socket of the sound server; `None` takes it from the environment.
    path: Option<PathBuf>,
}

impl Task {
    pub(super) fn new(mixer: SharedMixer, path: Option<PathBuf>) -> Self {
        Self { mixer, path }
    }

    pub(super) async fn run(self) {
        loop {
            let Err(failure) = self.serve().await;
            debug!(%failure, "no system audio");
            self.mixer.lock().clear();
            sleep(RETRY_INTERVAL).await;
        }
    }

    async fn serve(&self) -> Result<std::convert::Infallible, PulseFailure> {
        let mut pulse = PulseConnection::connect(self.path.as_deref()).await?;
        let mut programs = Programs::new(own_process::is_own);
        programs.handle_connected(Instant::now());
        let mut ticks = interval(TICK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while let Some(transmit) = programs.poll_transmit() {
                pulse.send(transmit).await?;
            }
            tokio::select! {
                message = pulse.next() => {
                    let message = message?;
                    if let Message::Audio(channel, bytes) = &message {
                        self.mixer.lock().handle_audio(*channel, bytes);
                    }
                    programs.handle_message(Instant::now(), message)?;
                }
                _ = ticks.tick() => programs.handle_timeout(Instant::now())?,
            }
            while let Some(change) = programs.poll_change() {
                match change {
                    Change::Begun(channel) => self.mixer.lock().add(channel),
                    Change::Ended(channel) => self.mixer.lock().remove(channel),
                }
            }
        }
    }
}
