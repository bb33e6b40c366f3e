//! What waits for a lost member.
//!
//! Invariant: only what others sent to it, in order, within its bounds for each sender and twice
//! that for all of them, so that none keeps the others out.

use std::collections::VecDeque;

use crate::frame::{Charged, Frame, FrameKind};

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

/// The backlog would grow past its bounds, for this sender or in all.
#[derive(Debug)]
pub(super) struct Full;

impl Backlog {
    /// Keeps a directed frame; any other is told again by `participants`, or concerned the lost
    /// socket only.
    pub(super) fn try_push(&mut self, frame: Frame, limits: BacklogLimits) -> Result<(), Full> {
        match frame.kind() {
            FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Passing => {
                return Ok(());
            }
            FrameKind::Directed => {}
        }
        let (messages, bytes) = self.held(frame.charged());
        let is_full = messages >= limits.messages
            || bytes + frame.bytes() > limits.bytes
            || self.frames.len() >= 2 * limits.messages
            || self.bytes + frame.bytes() > 2 * limits.bytes;
        if is_full {
            return Err(Full);
        }
        self.bytes += frame.bytes();
        self.frames.push_back(frame);
        Ok(())
    }

    pub(super) fn into_frames(self) -> impl Iterator<Item = Frame> {
        self.frames.into_iter().map(Frame::taken_on)
    }

    /// Of one sender. There are few, and only while somebody is lost.
    fn held(&self, sender: Charged) -> (usize, usize) {
        let frames = self.frames.iter();
        let of_sender = frames.filter(|frame| frame.charged() == sender);
        of_sender.fold((0, 0), |(messages, bytes), frame| {
            (messages + 1, bytes + frame.bytes())
        })
    }
}
