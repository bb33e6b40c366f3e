//! What comes for a member before the node it came from has handed over what came earlier.
//!
//! Invariant: in order, within bounds, and until a time after which nobody waits any longer.

use std::{collections::VecDeque, time::Instant};

use super::backlog::BacklogLimits;
use crate::{backplane::NodeName, frame::Frame};

#[derive(Debug, Clone)]
pub(super) struct Awaiting {
    pub(super) until: Instant,
    held: VecDeque<Held>,
    bytes: usize,
    /// From other nodes, for which there was no place; those send them again when asked.
    missed: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) frame: Frame,
    /// Where another node sent it.
    pub(super) origin: Option<Origin>,
}

/// Of a message from another node.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) node: NodeName,
    pub(super) number: u64,
    pub(super) after: u64,
}

#[derive(Debug)]
pub(super) struct HeldTooMuch;

impl Awaiting {
    pub(super) fn new(until: Instant) -> Self {
        Self {
            until,
            held: VecDeque::new(),
            bytes: 0,
            missed: 0,
        }
    }

    pub(super) fn try_hold(
        &mut self,
        frame: Frame,
        origin: Option<Origin>,
        limits: BacklogLimits,
    ) -> Result<(), HeldTooMuch> {
        let bytes = self.bytes + frame.bytes();
        if self.held.len() >= limits.messages || bytes > limits.bytes {
            return Err(HeldTooMuch);
        }
        self.bytes = bytes;
        self.held.push_back(Held { frame, origin });
        Ok(())
    }

    /// What another node sent and still keeps.
    pub(super) fn hold_or_miss(&mut self, frame: Frame, origin: Origin, limits: BacklogLimits) {
        if self.try_hold(frame, Some(origin), limits).is_err() {
            self.missed += 1;
        }
    }

    pub(super) fn has_missed(&self) -> bool {
        self.missed > 0
    }

    pub(super) fn into_held(self) -> impl Iterator<Item = Held> {
        self.held.into_iter()
    }
}
