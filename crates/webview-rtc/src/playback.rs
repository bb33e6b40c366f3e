//! Received sound on its way to the system's loudspeakers, past the page: by PulseAudio's protocol,
//! which PipeWire speaks as well.
//!
//! Invariant: the sound card's clock drives it: sound is given only where it was wanted. A speaker
//! that cannot be had is told of, so that the page plays its sound itself; it is tried again for as
//! long as it is wanted. Dropping it ends all speakers.

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
#[cfg_attr(not(unix), expect(dead_code, reason = "nobody plays it there"))]
pub(crate) enum Order {
    /// Plays this receiver's sound from now on, or so from now on.
    Play {
        receiver: ReceiverId,
        /// 0 to 1.
        volume: f32,
        /// [`AudioOutput::id`]; the system's own choice where there is none, or it is gone.
        output: Option<String>,
    },
    Stop {
        receiver: ReceiverId,
    },
    /// Whole pieces, two channels, interleaved.
    Sound {
        receiver: ReceiverId,
        samples: Vec<f32>,
    },
    ListOutputs(oneshot::Sender<Vec<AudioOutput>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaybackEvent {
    /// Whether it is played here; until it is, nobody hears it.
    Playing {
        receiver: ReceiverId,
        playing: bool,
    },
    /// So many pieces of 10 ms are wanted.
    Wanted {
        receiver: ReceiverId,
        pieces: u16,
    },
    /// So long it takes from here until it is heard.
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

/// Neither queue grows by itself: sound is given where it was wanted, and wanted where there is
/// room in the sound server.
#[derive(Debug)]
struct Running {
    orders: mpsc::UnboundedSender<Order>,
    events: mpsc::UnboundedReceiver<PlaybackEvent>,
}

impl Playback {
    /// Inside a tokio runtime. The first order starts it.
    pub(crate) fn order(&mut self, order: Order) {
        let running = self.running.get_or_insert_with(|| start(None));
        // Its task lives as long as this.
        let _ = running.orders.send(order);
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

/// `path` is where the sound server listens, if not where the environment says.
fn start(path: Option<PathBuf>) -> Running {
    let (orders, ordered) = mpsc::unbounded_channel();
    let (tell, events) = mpsc::unbounded_channel();
    #[cfg(unix)]
    tokio::spawn(pulse::Task::new(ordered, tell, path).run());
    #[cfg(not(unix))]
    tokio::spawn(refuse(ordered, tell, path));
    Running { orders, events }
}

/// Where no sound server is known, the page plays everything.
#[cfg(not(unix))]
async fn refuse(
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: mpsc::UnboundedSender<PlaybackEvent>,
    _path: Option<PathBuf>,
) {
    while let Some(order) = orders.recv().await {
        if let Order::Play { receiver, .. } = order {
            let playing = false;
            let _ = events.send(PlaybackEvent::Playing { receiver, playing });
        }
    }
}
