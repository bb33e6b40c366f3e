//! What comes for a member before that which came earlier: what the node it came from hands over,
//! or what of this node's own was on the way there.
//!
//! Invariant: in order, within bounds, and until a time after which nobody waits any longer.

use std::{
    collections::{HashSet, VecDeque},
    time::Instant,
};

use super::{backlog::BacklogLimits, road::Road};
use crate::{backplane::NodeName, frame::Frame};

#[derive(Debug, Clone)]
pub(super) struct Awaiting {
    pub(super) until: Instant,
    pub(super) before: Before,
    /// The way that led to it, with what this node's people say to it until it is ready.
    pub(super) own: Box<Road>,
    held: VecDeque<Held>,
    bytes: usize,
    /// From which there was no place for more; they send it again when asked.
    missed: HashSet<NodeName>,
}

/// The node it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// It has yet to hand over what it holds.
    HandsOver,
    /// It has, or never will.
    IsDone,
}

/// From another node, which keeps it still.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) frame: Frame,
    pub(super) origin: Origin,
}

/// Of a message from another node.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) node: NodeName,
    pub(super) number: u64,
    pub(super) after: u64,
}

impl Awaiting {
    pub(super) fn new(until: Instant, before: Before, own: Box<Road>) -> Self {
        Self {
            until,
            before,
            own,
            held: VecDeque::new(),
            bytes: 0,
            missed: HashSet::new(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.before == Before::IsDone && !self.own.is_closed()
    }

    pub(super) fn hold_or_miss(&mut self, frame: Frame, origin: Origin, limits: BacklogLimits) {
        let bytes = self.bytes + frame.bytes();
        if self.held.len() >= limits.messages || bytes > limits.bytes {
            self.missed.insert(origin.node);
            return;
        }
        self.bytes = bytes;
        self.held.push_back(Held { frame, origin });
    }

    /// What was held, and whose was not.
    pub(super) fn into_held(self) -> (VecDeque<Held>, HashSet<NodeName>) {
        (self.held, self.missed)
    }
}
