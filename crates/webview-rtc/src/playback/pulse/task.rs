//! Task of the playback streams: one `select!` over commands, the sound server and the clock.
#![allow(
    clippy::disallowed_methods,
    reason = "this shell reads the clock for the playback streams"
)]
//!
//! Invariant: it connects to a sound server only after the first command, and retries while there
//! is none. It ends when the sender of the commands is dropped.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::{MissedTickBehavior, interval, sleep},
};
use tracing::debug;

use super::playback_streams::PlaybackStreams;
use crate::{
    playback::{PlaybackCommand, PlaybackEvent},
    pulse_connection::{PulseConnection, PulseFailure},
};

const TICK_INTERVAL: Duration = Duration::from_secs(1);
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

pub(in crate::playback) struct Task {
    streams: PlaybackStreams,
    commands: UnboundedReceiver<PlaybackCommand>,
    events: UnboundedSender<PlaybackEvent>,
    /// Socket of the sound server; `None` takes it from the environment.
    path: Option<PathBuf>,
}

/// The sender of the commands was dropped.
struct CommandsClosed;

impl Task {
    pub(in crate::playback) fn new(
        commands: UnboundedReceiver<PlaybackCommand>,
        events: UnboundedSender<PlaybackEvent>,
        path: Option<PathBuf>,
    ) -> Self {
        Self {
            streams: PlaybackStreams::default(),
            commands,
            events,
            path,
        }
    }

    pub(in crate::playback) async fn run(mut self) {
        let mut first_command = self.commands.recv().await;
        if first_command.is_none() {
            return;
        }
        loop {
            match self.serve(&mut first_command).await {
                Ok(CommandsClosed) => return,
                Err(failure) => debug!(%failure, "no system playback"),
            }
            self.streams.handle_lost();
            if let Some(command) = first_command.take() {
                self.streams
                    .handle_playback_command(Instant::now(), command);
            }
            if let Err(CommandsClosed) = self.wait_for_retry().await {
                return;
            }
        }
    }

    /// `first_command` waits for the first connection.
    async fn serve(
        &mut self,
        first_command: &mut Option<PlaybackCommand>,
    ) -> Result<CommandsClosed, PulseFailure> {
        let mut pulse = PulseConnection::connect(self.path.as_deref()).await?;
        self.streams.handle_connected(Instant::now());
        if let Some(command) = first_command.take() {
            self.streams
                .handle_playback_command(Instant::now(), command);
        }
        let mut ticks = interval(TICK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while let Some(transmit) = self.streams.poll_transmit() {
                pulse.send(transmit).await?;
            }
            if let Err(closed) = self.forward_events() {
                return Ok(closed);
            }
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => self.streams.handle_playback_command(Instant::now(), command),
                    None => return Ok(CommandsClosed),
                },
                message = pulse.next() => {
                    self.streams.handle_message(Instant::now(), message?)?;
                }
                _ = ticks.tick() => self.streams.handle_timeout(Instant::now())?,
            }
        }
    }

    /// Waits for the next attempt to connect.
    async fn wait_for_retry(&mut self) -> Result<(), CommandsClosed> {
        let mut retry = std::pin::pin!(sleep(RETRY_INTERVAL));
        loop {
            self.forward_events()?;
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => self.streams.handle_playback_command(Instant::now(), command),
                    None => return Err(CommandsClosed),
                },
                () = &mut retry => return Ok(()),
            }
        }
    }

    fn forward_events(&mut self) -> Result<(), CommandsClosed> {
        while let Some(event) = self.streams.poll_event() {
            self.events.send(event).map_err(|_| CommandsClosed)?;
        }
        Ok(())
    }
}
