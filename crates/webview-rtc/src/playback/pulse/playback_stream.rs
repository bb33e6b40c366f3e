//! One speaker: what is wanted of it, and how far its stream in the sound server is.
//!
//! Invariant: whole pieces are asked for, and only as much as there is room for.

use std::time::Instant;

use super::{
    buffer_target::BufferTarget,
    format::{self, PIECE_BYTES},
    volume::Volume,
};

/// As much as the transport gives at once.
const MAX_PIECES: usize = 16;

#[derive(Debug)]
pub(super) struct PlaybackStream {
    pub(super) output: Option<String>,
    pub(super) volume: Volume,
    pub(super) buffer_target: BufferTarget,
    pub(super) stage: StreamState,
}

#[derive(Debug)]
pub(super) enum StreamState {
    Closed,
    /// By the command with this serial.
    Opening(u32),
    Open(Stream),
}

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) channel: u32,
    /// The output it was made for.
    pub(super) on: Option<String>,
    /// In bytes: the server has room for them, and has not been given as much.
    pub(super) room: usize,
}

impl PlaybackStream {
    pub(super) fn new(now: Instant, volume: f32, output: Option<String>) -> Self {
        Self {
            output,
            volume: Volume::new(volume),
            buffer_target: BufferTarget::new(now),
            stage: StreamState::Closed,
        }
    }

    /// Of its stream, where that is open.
    pub(super) fn channel(&self) -> Option<u32> {
        self.stream().map(|stream| stream.channel)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.stage, StreamState::Closed)
    }

    /// Whether it plays on another output than is wanted.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.stream().is_some_and(|stream| stream.on != self.output)
    }

    pub(super) fn is_opened_by(&self, command: u32) -> bool {
        matches!(self.stage, StreamState::Opening(serial) if serial == command)
    }

    /// The server has room for so many bytes more. Gives how many pieces are wanted.
    pub(super) fn handle_room(&mut self, bytes: u32) -> Option<u16> {
        let StreamState::Open(stream) = &mut self.stage else {
            return None;
        };
        self.buffer_target
            .handle_room(format::duration(u64::from(bytes)));
        stream.room += usize::try_from(bytes).unwrap_or_default();
        let pieces = (stream.room / PIECE_BYTES).min(MAX_PIECES);
        stream.room -= pieces * PIECE_BYTES;
        u16::try_from(pieces).ok().filter(|pieces| *pieces > 0)
    }

    fn stream(&self) -> Option<&Stream> {
        match &self.stage {
            StreamState::Open(stream) => Some(stream),
            StreamState::Opening(_) | StreamState::Closed => None,
        }
    }
}
