//! One member of a room.
//!
//! Invariant: a member is present on exactly one socket, lost with a backlog and a deadline, or on
//! another node.

use std::{
    collections::{HashMap, VecDeque},
    time::Instant,
};

use signal_protocol::{
    Email, MemberId, Participant, ResumeToken, RoomName, SelfParticipant, Status,
};

use super::{
    SocketId,
    backlog::{Backlog, BacklogLimits},
    holdback_queue::HoldbackQueue,
    retransmit_queue::{RetransmitQueue, Route},
};
use crate::{
    admission::AddressKey,
    cluster::{ForwardAttempt, NodeName},
    frame::Frame,
};

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: MemberId,
    pub(super) email: Email,
    /// Address of its latest socket. `None` on another node, or if addresses do not count.
    pub(super) address: Option<AddressKey>,
    pub(super) status: Option<Status>,
    pub(super) resume: ResumeToken,
    pub(super) presence: Presence,
    /// Join order in a shared room.
    pub(super) order: u64,
    /// Number of takeovers from a failed node.
    pub(super) takeover_epoch: u32,
    /// Per node: number of the last message that the member received.
    pub(super) received: HashMap<NodeName, u64>,
    /// Messages that wait for the backlog of the previous node.
    pub(super) holdback: Option<Box<HoldbackQueue>>,
}

#[derive(Debug, Clone)]
pub(super) enum Presence {
    Present(SocketId),
    Lost { until: Instant, backlog: Backlog },
    Remote(Box<RetransmitQueue>),
}

impl Presence {
    /// Lost, with an empty backlog.
    pub(super) fn lost(until: Instant) -> Self {
        Self::Lost {
            until,
            backlog: Backlog::default(),
        }
    }
}

impl Member {
    /// Moves the unsent frames of its socket to a backlog. Returns the frames that do not fit.
    #[must_use]
    pub(super) fn lose(
        &mut self,
        until: Instant,
        unsent: VecDeque<Frame>,
        limits: BacklogLimits,
    ) -> Vec<Frame> {
        let mut backlog = Backlog::default();
        let refused = unsent
            .into_iter()
            .filter(|frame| backlog.try_push(frame.clone(), limits).is_err())
            .collect();
        self.presence = Presence::Lost { until, backlog };
        refused
    }

    /// Times at which this member has due work.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = Instant> {
        let presence = match &self.presence {
            Presence::Present(_) => None,
            Presence::Lost { until, .. } => Some(*until),
            Presence::Remote(queue) => queue.missing_until,
        };
        let holdback = self.holdback.as_ref().map(|holdback| holdback.until);
        presence.into_iter().chain(holdback)
    }

    /// Whether the member is lost and is removed at this deadline.
    pub(super) fn is_lost_until(&self, due: Instant) -> bool {
        match &self.presence {
            Presence::Lost { until, .. } => *until == due,
            Presence::Present(_) | Presence::Remote(_) => false,
        }
    }

    /// The queue of messages from this node to the member, if it is remote or still held back.
    pub(super) fn retransmit_queue(&mut self) -> Option<&mut RetransmitQueue> {
        match &mut self.presence {
            Presence::Remote(queue) => Some(queue),
            Presence::Present(_) | Presence::Lost { .. } => {
                Some(&mut self.holdback.as_mut()?.own_queue)
            }
        }
    }

    /// Sends from the retransmit queue if the member is remote.
    pub(super) fn send(
        &mut self,
        room: &RoomName,
        me: &NodeName,
        which: impl FnOnce(&mut RetransmitQueue, Route<'_>) -> Vec<ForwardAttempt>,
    ) -> impl Iterator<Item = ForwardAttempt> {
        let route = Route {
            room,
            to: &self.id,
            me,
            takeover_epoch: self.takeover_epoch,
        };
        let attempts = match &mut self.presence {
            Presence::Remote(queue) => which(queue, route),
            Presence::Present(_) | Presence::Lost { .. } => Vec::new(),
        };
        attempts.into_iter()
    }

    pub(super) fn is_local(&self) -> bool {
        match self.presence {
            Presence::Present(_) | Presence::Lost { .. } => true,
            Presence::Remote(_) => false,
        }
    }

    pub(super) fn participant(&self) -> Participant {
        Participant {
            id: self.id.clone(),
            email: self.email.clone(),
            status: self.status.clone(),
        }
    }

    pub(super) fn myself(&self) -> SelfParticipant {
        SelfParticipant {
            id: self.id.clone(),
            email: self.email.clone(),
        }
    }
}
