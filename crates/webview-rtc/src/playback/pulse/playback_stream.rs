//! Playback of one receiver: the requested output and volume, and the state of its stream in the
//! sound server.
//!
//! Invariant: only whole frames are requested, and only for room in the server.

use std::time::Instant;

use super::{
    buffer_target::BufferTarget,
    format::{self, FRAME_10MS_BYTES},
    volume::Volume,
};

/// The most frames that the transport sends at once.
const MAX_REQUEST_FRAMES: usize = 16;

#[derive(Debug)]
pub(super) struct PlaybackStream {
    pub(super) output: Option<String>,
    pub(super) volume: Volume,
    pub(super) buffer_target: BufferTarget,
    pub(super) state: StreamState,
}

#[derive(Debug)]
pub(super) enum StreamState {
    Closed,
    /// Opened by the command with this serial.
    Opening(u32),
    Open(OpenStream),
}

#[derive(Debug)]
pub(super) struct OpenStream {
    pub(super) channel: u32,
    /// The output it was opened on.
    pub(super) opened_on: Option<String>,
    /// Bytes that the server requested and that are not yet requested from the transport.
    pub(super) requested_bytes: usize,
}

impl PlaybackStream {
    pub(super) fn new(now: Instant, volume: f32, output: Option<String>) -> Self {
        Self {
            output,
            volume: Volume::new(volume),
            buffer_target: BufferTarget::new(now),
            state: StreamState::Closed,
        }
    }

    /// Channel of the open stream.
    pub(super) fn channel(&self) -> Option<u32> {
        self.stream().map(|stream| stream.channel)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, StreamState::Closed)
    }

    /// Whether it plays on another output than the requested one.
    pub(super) fn is_on_other_output(&self) -> bool {
        self.stream()
            .is_some_and(|stream| stream.opened_on != self.output)
    }

    pub(super) fn is_opened_by(&self, command: u32) -> bool {
        matches!(self.state, StreamState::Opening(serial) if serial == command)
    }

    /// The server requests this many more bytes. Returns the number of frames to request.
    pub(super) fn handle_request(&mut self, bytes: u32) -> Option<u16> {
        let StreamState::Open(stream) = &mut self.state else {
            return None;
        };
        self.buffer_target
            .handle_request(format::duration(u64::from(bytes)));
        stream.requested_bytes += usize::try_from(bytes).unwrap_or_default();
        let frames = (stream.requested_bytes / FRAME_10MS_BYTES).min(MAX_REQUEST_FRAMES);
        stream.requested_bytes -= frames * FRAME_10MS_BYTES;
        u16::try_from(frames).ok().filter(|frames| *frames > 0)
    }

    fn stream(&self) -> Option<&OpenStream> {
        match &self.state {
            StreamState::Open(stream) => Some(stream),
            StreamState::Opening(_) | StreamState::Closed => None,
        }
    }
}
