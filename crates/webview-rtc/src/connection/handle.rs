//! The way into a connection's task: one queue for control, one for media.
//!
//! Invariant: `try_send` never waits. Media that finds no room is dropped and counted; control is
//! given back to the one who sent it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::mpsc;

use super::Command;

/// Requests and data-channel messages that may wait.
const CONTROL: usize = 1024;
/// Pictures and packets of sound that may wait: about a second of both.
const MEDIA: usize = 128;

/// Dropping the last one ends the connection.
#[derive(Debug, Clone)]
pub struct ConnectionHandle {
    control: mpsc::Sender<Command>,
    media: mpsc::Sender<Command>,
    dropped: Arc<Dropped>,
}

/// The other end, held by the task.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) control: mpsc::Receiver<Command>,
    pub(super) media: mpsc::Receiver<Command>,
    pub(super) dropped: Arc<Dropped>,
}

/// Media that found no room.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    pictures: AtomicU64,
    sound: AtomicU64,
}

impl Dropped {
    pub(super) fn pictures(&self) -> u64 {
        self.pictures.load(Ordering::Relaxed)
    }

    pub(super) fn sound(&self) -> u64 {
        self.sound.load(Ordering::Relaxed)
    }
}

/// The command, given back.
#[derive(Debug)]
pub enum Refused {
    /// The connection is behind with its work. [`ConnectionHandle::send`] waits for room.
    Full(Box<Command>),
    /// The connection has ended.
    Closed(Box<Command>),
}

pub(super) fn channel() -> (ConnectionHandle, Commands) {
    let (control, control_end) = mpsc::channel(CONTROL);
    let (media, media_end) = mpsc::channel(MEDIA);
    let dropped = Arc::new(Dropped::default());
    let commands = Commands {
        control: control_end,
        media: media_end,
        dropped: Arc::clone(&dropped),
    };
    let handle = ConnectionHandle {
        control,
        media,
        dropped,
    };
    (handle, commands)
}

impl ConnectionHandle {
    /// Never waits.
    ///
    /// # Errors
    /// Gives a control command back that found no room, and any command after the end. Media is
    /// never `Full`.
    pub fn try_send(&self, command: Command) -> Result<(), Refused> {
        let (queue, dropped) = match command {
            Command::SendVideo { .. } => (&self.media, Some(&self.dropped.pictures)),
            Command::SendAudio { .. } => (&self.media, Some(&self.dropped.sound)),
            Command::Configure(_)
            | Command::Gather(_)
            | Command::Commit(..)
            | Command::AddRemoteCandidate { .. }
            | Command::OpenChannel(..)
            | Command::SendChannel { .. }
            | Command::CloseChannel(_)
            | Command::RequestKeyFrame { .. }
            | Command::SetDesiredBitrate(_)
            | Command::ReadStatistics(_) => (&self.control, None),
        };
        match (queue.try_send(command), dropped) {
            (Ok(()), _) => Ok(()),
            (Err(mpsc::error::TrySendError::Closed(command)), _) => {
                Err(Refused::Closed(Box::new(command)))
            }
            (Err(mpsc::error::TrySendError::Full(_)), Some(dropped)) => {
                dropped.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            (Err(mpsc::error::TrySendError::Full(command)), None) => {
                Err(Refused::Full(Box::new(command)))
            }
        }
    }

    /// Waits for room in the queue of control, which the connection empties whatever becomes of
    /// its events.
    ///
    /// # Errors
    /// Gives the command back after the connection's end.
    pub async fn send(&self, command: Command) -> Result<(), Refused> {
        match self.try_send(command) {
            Err(Refused::Full(command)) => self
                .control
                .send(*command)
                .await
                .map_err(|error| Refused::Closed(Box::new(error.0))),
            done => done,
        }
    }

    /// Pictures and packets of sound that found no room so far.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.pictures() + self.dropped.sound()
    }
}
