//! Hold-back queue: new messages wait until the previous node's backlog has arrived.
//!
//! Invariant: keeps order, is bounded, and ends at a deadline.

use std::{
    collections::{HashSet, VecDeque},
    time::Instant,
};

use super::{backlog::BacklogLimits, retransmit_queue::RetransmitQueue};
use crate::{cluster::NodeName, frame::Frame};

#[derive(Debug, Clone)]
pub(super) struct HoldbackQueue {
    pub(super) until: Instant,
    pub(super) previous_node: PreviousNode,
    /// The retransmit queue that this node had for the member. Local senders use it until the
    /// member is ready.
    pub(super) own_queue: Box<RetransmitQueue>,
    held: VecDeque<Held>,
    bytes: usize,
    /// Nodes whose messages did not fit. They get a resend request on release.
    missed: HashSet<NodeName>,
}

/// The backlog of the node that had the member before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PreviousNode {
    /// The handover has not arrived.
    Pending,
    /// The handover has arrived, or never will.
    Done,
}

/// A message from another node, which retransmits it until it is acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) frame: Frame,
    pub(super) origin: Origin,
}

/// Origin and sequence of a forwarded message.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) node: NodeName,
    pub(super) number: u64,
    pub(super) after: u64,
}

impl HoldbackQueue {
    pub(super) fn new(
        until: Instant,
        previous_node: PreviousNode,
        own_queue: Box<RetransmitQueue>,
    ) -> Self {
        Self {
            until,
            previous_node,
            own_queue,
            held: VecDeque::new(),
            bytes: 0,
            missed: HashSet::new(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.previous_node == PreviousNode::Done && !self.own_queue.is_blocked()
    }

    pub(super) fn push_or_mark_missed(
        &mut self,
        frame: Frame,
        origin: Origin,
        limits: BacklogLimits,
    ) {
        let bytes = self.bytes + frame.bytes();
        if self.held.len() >= limits.messages || bytes > limits.bytes {
            self.missed.insert(origin.node);
            return;
        }
        self.bytes = bytes;
        self.held.push_back(Held { frame, origin });
    }

    /// The held messages, and the nodes with messages that did not fit.
    pub(super) fn into_held(self) -> (VecDeque<Held>, HashSet<NodeName>) {
        (self.held, self.missed)
    }
}
