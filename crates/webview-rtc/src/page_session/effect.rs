//! Effects of the rules, for the shell to perform.
//!
//! Invariant: effects are values; the rules perform none.

use crate::{
    connection::Command,
    playback::PlaybackCommand,
    wire::{
        event::Event,
        id::{ConnectionId, ReceiverId},
    },
};

/// An effect for the shell.
#[derive(Debug)]
pub(crate) enum Effect {
    Output(Output),
    /// For a connection, if it is still open.
    Command(ConnectionId, Command),
    /// For playback by the system.
    Playback(PlaybackCommand),
}

/// An output for the page.
#[derive(Debug)]
pub(crate) enum Output {
    Event(Event),
    ChannelMessage(Vec<u8>),
    Audio {
        receiver: ReceiverId,
        /// Audio frames of 10 ms.
        frames: u16,
        bytes: Vec<u8>,
    },
    Video {
        receiver: ReceiverId,
        key: bool,
        bytes: Vec<u8>,
    },
    /// Rows of a captured screen.
    CapturedRows(Vec<u8>),
}
