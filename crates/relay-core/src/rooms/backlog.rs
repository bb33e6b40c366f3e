//! Backlog: directed messages to a lost member.
//!
//! Invariant: keeps order. Each sender is bounded, and all senders together by twice that, so that
//! one sender cannot exclude the others.

use std::collections::VecDeque;

use crate::frame::{Frame, FrameKind, QueueShare};

#[derive(Debug, Clone, Copy)]
pub struct BacklogLimits {
    pub messages: usize,
    pub bytes: usize,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Backlog {
    frames: VecDeque<Frame>,
    bytes: usize,
}

/// The backlog is full for this sender or in total.
#[derive(Debug)]
pub(super) struct Full;

impl Backlog {
    /// Keeps a directed frame. Ignores any other: `participants` repeats it, or it concerned the
    /// lost socket only.
    pub(super) fn try_push(&mut self, frame: Frame, limits: BacklogLimits) -> Result<(), Full> {
        match frame.kind() {
            FrameKind::Status | FrameKind::Joined | FrameKind::Left | FrameKind::Transient => {
                return Ok(());
            }
            FrameKind::Directed => {}
        }
        let (messages, bytes) = self.held(frame.queue_share());
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
        self.frames.into_iter().map(Frame::exempt)
    }

    /// Usage of one sender. A linear search is cheap: backlogs are short and rare.
    fn held(&self, sender: QueueShare) -> (usize, usize) {
        let frames = self.frames.iter();
        let of_sender = frames.filter(|frame| frame.queue_share() == sender);
        of_sender.fold((0, 0), |(messages, bytes), frame| {
            (messages + 1, bytes + frame.bytes())
        })
    }
}
