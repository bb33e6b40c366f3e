//! System playback: plays received audio through PulseAudio (or PipeWire, which speaks the same
//! protocol), without the page.
//!
//! Invariant: the clock of the sound card drives it: audio is sent only for requested frames. If a
//! stream cannot open, an event says so and the page plays the audio itself; opening is retried
//! while playback is wanted. Dropping [`Playback`] closes all streams.

#[cfg(unix)]
mod pulse;

#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use crate::wire::{event::AudioOutput, id::ReceiverId};

#[derive(Debug)]
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "constructed and read on Unix only")
)]
pub(crate) enum PlaybackCommand {
    /// Starts playback of this receiver, or changes its volume and output.
    Play {
        receiver: ReceiverId,
        /// 0 to 1, linear.
        volume: f32,
        /// [`AudioOutput::id`]; the default output for `None`, or if the output is gone.
        output: Option<String>,
    },
    Stop {
        receiver: ReceiverId,
    },
    /// Whole 10 ms frames, two channels, interleaved.
    Audio {
        receiver: ReceiverId,
        samples: Vec<f32>,
    },
    ListOutputs(oneshot::Sender<Vec<AudioOutput>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaybackEvent {
    /// Whether the system plays this receiver. Otherwise the page has to.
    Playing {
        receiver: ReceiverId,
        playing: bool,
    },
    /// The number of 10 ms frames to send.
    FramesRequested {
        receiver: ReceiverId,
        frames: u16,
    },
    /// Time from here until the audio is heard.
    Latency {
        receiver: ReceiverId,
        latency: Duration,
    },
    OutputsChanged,
}

#[derive(Debug, Default)]
pub(crate) struct Playback {
    running: Option<Running>,
}

/// Both channels are bounded by the protocol: audio is sent only for requested frames, and frames
/// are requested only for room in the sound server.
#[derive(Debug)]
struct Running {
    commands: mpsc::UnboundedSender<PlaybackCommand>,
    events: mpsc::UnboundedReceiver<PlaybackEvent>,
}

impl Playback {
    /// Needs a tokio runtime. The first command starts the task.
    pub(crate) fn send(&mut self, command: PlaybackCommand) {
        let running = self.running.get_or_insert_with(|| start(None));
        // The task lives as long as this sender.
        let _ = running.commands.send(command);
    }

    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<PlaybackEvent> {
        let Some(running) = &mut self.running else {
            return Poll::Pending;
        };
        match running.events.poll_recv(context) {
            Poll::Ready(Some(event)) => Poll::Ready(event),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// `path` is the socket of the sound server; `None` takes it from the environment.
fn start(path: Option<PathBuf>) -> Running {
    let (commands, command_receiver) = mpsc::unbounded_channel();
    let (event_sender, events) = mpsc::unbounded_channel();
    #[cfg(unix)]
    tokio::spawn(pulse::Task::new(command_receiver, event_sender, path).run());
    #[cfg(not(unix))]
    tokio::spawn(refuse(command_receiver, event_sender, path));
    Running { commands, events }
}

/// On platforms without a supported sound server the page plays everything.
#[cfg(not(unix))]
async fn refuse(
    mut commands: mpsc::UnboundedReceiver<PlaybackCommand>,
    events: mpsc::UnboundedSender<PlaybackEvent>,
    _path: Option<PathBuf>,
) {
    while let Some(command) = commands.recv().await {
        if let PlaybackCommand::Play { receiver, .. } = command {
            let playing = false;
            let _ = events.send(PlaybackEvent::Playing { receiver, playing });
        }
    }
}
