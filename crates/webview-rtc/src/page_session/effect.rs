//! What the rules of a bridge want done.

use crate::{
    connection::Command,
    playback::PlaybackCommand,
    wire::{
        event::Event,
        id::{ConnectionId, ReceiverId},
    },
};

/// For the shell: everything that leaves the rules.
#[derive(Debug)]
pub(crate) enum Effect {
    Output(Output),
    /// To that connection, if it is still there.
    Command(ConnectionId, Command),
    /// To the system's loudspeakers.
    Playback(PlaybackCommand),
}

/// For the page.
#[derive(Debug)]
pub(crate) enum Output {
    Event(Event),
    ChannelMessage(Vec<u8>),
    Sound {
        receiver: ReceiverId,
        /// Of 10 ms.
        pieces: u16,
        bytes: Vec<u8>,
    },
    Video {
        receiver: ReceiverId,
        key: bool,
        bytes: Vec<u8>,
    },
}
