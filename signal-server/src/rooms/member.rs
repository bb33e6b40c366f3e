//! One member of a room.
//!
//! Invariant: present on exactly one socket, or lost with what waits for it and until when, or on
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
    awaiting::Awaiting,
    backlog::{Backlog, BacklogLimits},
    road::{Ends, Road},
};
use crate::{
    admission::AddressKey,
    backplane::{NodeName, Sending},
    frame::Frame,
};

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: MemberId,
    pub(super) email: Email,
    /// Where its socket came from last. `None` on another node, or where it does not count.
    pub(super) address: Option<AddressKey>,
    pub(super) status: Option<Status>,
    pub(super) resume: ResumeToken,
    pub(super) presence: Presence,
    /// Of arrival, where several nodes share the room.
    pub(super) order: u64,
    /// How often its place was taken over from a node that was away.
    pub(super) breaks: u32,
    /// Up to which message it has got what each other node sent to it.
    pub(super) heard: HashMap<NodeName, u64>,
    /// What goes before all that comes now has yet to come itself.
    pub(super) awaiting: Option<Box<Awaiting>>,
}

#[derive(Debug, Clone)]
pub(super) enum Presence {
    Present(SocketId),
    Lost { until: Instant, backlog: Backlog },
    Elsewhere(Box<Road>),
}

impl Presence {
    /// With nothing that waits for it yet.
    pub(super) fn lost(until: Instant) -> Self {
        Self::Lost {
            until,
            backlog: Backlog::default(),
        }
    }
}

impl Member {
    /// Its socket is gone and had not sent these. Answers those that are more than a backlog holds.
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

    /// When something is to be done about it.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = Instant> {
        let presence = match &self.presence {
            Presence::Present(_) => None,
            Presence::Lost { until, .. } => Some(*until),
            Presence::Elsewhere(road) => road.missing_until,
        };
        let awaiting = self.awaiting.as_ref().map(|awaiting| awaiting.until);
        presence.into_iter().chain(awaiting)
    }

    /// Then it is given up, unless it comes back.
    pub(super) fn is_lost_until(&self, due: Instant) -> bool {
        match &self.presence {
            Presence::Lost { until, .. } => *until == due,
            Presence::Present(_) | Presence::Elsewhere(_) => false,
        }
    }

    /// The way to it, or the one that led to it and on which something waits still.
    pub(super) fn road(&mut self) -> Option<&mut Road> {
        match &mut self.presence {
            Presence::Elsewhere(road) => Some(road),
            Presence::Present(_) | Presence::Lost { .. } => Some(&mut self.awaiting.as_mut()?.own),
        }
    }

    /// On the way to it, if it is on another node.
    pub(super) fn send(
        &mut self,
        room: &RoomName,
        me: &NodeName,
        which: impl FnOnce(&mut Road, Ends<'_>) -> Vec<Sending>,
    ) -> impl Iterator<Item = Sending> {
        let ends = Ends {
            room,
            to: &self.id,
            me,
            breaks: self.breaks,
        };
        let sendings = match &mut self.presence {
            Presence::Elsewhere(road) => which(road, ends),
            Presence::Present(_) | Presence::Lost { .. } => Vec::new(),
        };
        sendings.into_iter()
    }

    pub(super) fn is_here(&self) -> bool {
        match self.presence {
            Presence::Present(_) | Presence::Lost { .. } => true,
            Presence::Elsewhere(_) => false,
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
