//! Command queues of a connection's task: one for control, one for media.
//!
//! Invariant: `try_send` never waits. When a queue is full, media is dropped and counted, and a
//! control command is returned to the caller.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::mpsc;

use super::Command;

/// Queued requests and data-channel messages.
const CONTROL_QUEUE_COMMANDS: usize = 1024;
/// Queued video frames and audio packets: about a second of both.
const MEDIA_QUEUE_COMMANDS: usize = 128;

/// Sends commands to one connection. Dropping the last handle ends the connection.
#[derive(Debug, Clone)]
pub struct ConnectionHandle {
    control: mpsc::Sender<Command>,
    media: mpsc::Sender<Command>,
    dropped: Arc<Dropped>,
}

/// Receivers of the command queues, owned by the task.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) control: mpsc::Receiver<Command>,
    pub(super) media: mpsc::Receiver<Command>,
    pub(super) dropped: Arc<Dropped>,
}

/// Counts media that was dropped because the queue was full.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    video_frames: AtomicU64,
    audio_packets: AtomicU64,
}

impl Dropped {
    pub(super) fn video_frames(&self) -> u64 {
        self.video_frames.load(Ordering::Relaxed)
    }

    pub(super) fn audio_packets(&self) -> u64 {
        self.audio_packets.load(Ordering::Relaxed)
    }
}

/// A command that was not accepted.
#[derive(Debug)]
pub enum Refused {
    /// The control queue is full. [`ConnectionHandle::send`] waits for capacity.
    Full(Box<Command>),
    /// The connection has ended.
    Closed(Box<Command>),
}

pub(super) fn channel() -> (ConnectionHandle, Commands) {
    let (control, control_receiver) = mpsc::channel(CONTROL_QUEUE_COMMANDS);
    let (media, media_receiver) = mpsc::channel(MEDIA_QUEUE_COMMANDS);
    let dropped = Arc::new(Dropped::default());
    let commands = Commands {
        control: control_receiver,
        media: media_receiver,
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
    /// `Full` for a control command, `Closed` for any command after the connection's end. Media is
    /// never `Full`.
    pub fn try_send(&self, command: Command) -> Result<(), Refused> {
        let (queue, dropped) = match command {
            Command::SendVideo { .. } => (&self.media, Some(&self.dropped.video_frames)),
            Command::SendAudio { .. } => (&self.media, Some(&self.dropped.audio_packets)),
            Command::UseCertificate(_)
            | Command::Configure(_)
            | Command::Gather(_)
            | Command::Commit(..)
            | Command::AddRemoteCandidate { .. }
            | Command::OpenChannel(..)
            | Command::SendChannel { .. }
            | Command::CloseChannel(_)
            | Command::SendTone { .. }
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

    /// Waits for capacity in the control queue. The connection reads this queue even while its
    /// events are not received.
    ///
    /// # Errors
    /// `Closed` after the connection's end.
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

    /// Video frames and audio packets dropped so far.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.video_frames() + self.dropped.audio_packets()
    }
}
