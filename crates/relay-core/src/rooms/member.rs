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
    cluster::{ForwardAttempt, NodeName, RecordedLoss, SecretHash},
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
    /// SHA-256 of the secret of its device.
    pub(super) device: Option<SecretHash>,
    pub(super) presence: Presence,
    /// What the other members know of its presence.
    pub(super) announced: Announced,
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
    Lost { times: LossTimes, backlog: Backlog },
    Remote(Box<RetransmitQueue>),
}

/// The deadlines of a lost member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LossTimes {
    /// The member is removed.
    pub(super) until: Instant,
    /// The others learn of the loss. `None` if they know, or if the member is removed before.
    pub(super) notice: Option<Instant>,
}

impl LossTimes {
    pub(super) fn deadlines(self) -> impl Iterator<Item = Instant> {
        [Some(self.until), self.notice].into_iter().flatten()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    Present,
    Lost,
}

impl Announced {
    /// Of what Redis has of a member.
    pub(super) fn of(lost: Option<RecordedLoss>) -> Self {
        match lost {
            Some(RecordedLoss::Announced) => Self::Lost,
            Some(RecordedLoss::Unannounced) | None => Self::Present,
        }
    }
}

impl Member {
    /// Moves the unsent frames of its socket to a backlog. Returns the frames that do not fit.
    #[must_use]
    pub(super) fn lose(
        &mut self,
        times: LossTimes,
        unsent: VecDeque<Frame>,
        limits: BacklogLimits,
    ) -> Vec<Frame> {
        let mut backlog = Backlog::default();
        let refused = unsent
            .into_iter()
            .filter(|frame| backlog.try_push(frame.clone(), limits).is_err())
            .collect();
        self.presence = Presence::Lost { times, backlog };
        refused
    }

    /// Times at which this member has due work.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = Instant> {
        let (until, notice) = match &self.presence {
            Presence::Present(_) => (None, None),
            Presence::Lost { times, .. } => (Some(times.until), times.notice),
            Presence::Remote(queue) => (queue.missing_until, None),
        };
        let holdback = self.holdback.as_ref().map(|holdback| holdback.until);
        until.into_iter().chain(notice).chain(holdback)
    }

    /// Whether the member is lost and is removed at this deadline.
    pub(super) fn is_lost_until(&self, due: Instant) -> bool {
        match &self.presence {
            Presence::Lost { times, .. } => times.until == due,
            Presence::Present(_) | Presence::Remote(_) => false,
        }
    }

    /// Whether a join of this device replaces the member: it has no socket.
    pub(super) fn is_ghost_of(&self, device: &SecretHash) -> bool {
        match self.presence {
            Presence::Lost { .. } => self.device.as_ref() == Some(device),
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
            lost: self.announced == Announced::Lost,
        }
    }

    pub(super) fn myself(&self) -> SelfParticipant {
        SelfParticipant {
            id: self.id.clone(),
            email: self.email.clone(),
        }
    }
}
