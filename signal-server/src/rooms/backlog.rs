//! What waits for a lost member.
//!
//! Invariant: only what others sent to it, in order, within its bounds.

use std::collections::VecDeque;

use crate::frame::{Frame, FrameKind};

#[derive(Debug, Clone, Copy)]
pub(crate) struct BacklogLimits {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Backlog {
    frames: VecDeque<Frame>,
    bytes: usize,
}

/// The backlog would grow past its bounds.
#[derive(Debug)]
pub(super) struct Full;

impl Backlog {
    /// Keeps a directed frame; any other is told again by `participants`, or concerned the lost
    /// socket only.
    pub(super) fn try_push(&mut self, frame: Frame, limits: BacklogLimits) -> Result<(), Full> {
        match frame.kind() {
            FrameKind::Passing => Ok(()),
            FrameKind::Directed => {
                let bytes = self.bytes + frame.bytes();
                if self.frames.len() >= limits.messages || bytes > limits.bytes {
                    return Err(Full);
                }
                self.bytes = bytes;
                self.frames.push_back(frame);
                Ok(())
            }
        }
    }

    pub(super) fn into_frames(self) -> impl Iterator<Item = Frame> {
        self.frames.into_iter()
    }
}
