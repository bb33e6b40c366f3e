//! One member of a room.
//!
//! Invariant: present on exactly one socket, or lost with what waits for it and until when.

use std::{collections::VecDeque, time::Instant};

use signal_protocol::{Email, MemberId, Participant, ResumeToken, SelfParticipant, Status};

use super::{
    SocketId,
    backlog::{Backlog, BacklogLimits},
};
use crate::frame::Frame;

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: MemberId,
    pub(super) email: Email,
    pub(super) status: Option<Status>,
    pub(super) resume: ResumeToken,
    pub(super) presence: Presence,
}

#[derive(Debug, Clone)]
pub(super) enum Presence {
    Present(SocketId),
    Lost { until: Instant, backlog: Backlog },
}

impl Member {
    /// Its socket is gone and had not sent these. Answers whether the place can be kept: not when
    /// they are more than a backlog holds.
    #[must_use]
    pub(super) fn lose(
        &mut self,
        until: Instant,
        unsent: VecDeque<Frame>,
        limits: BacklogLimits,
    ) -> bool {
        let mut backlog = Backlog::default();
        let kept = unsent
            .into_iter()
            .all(|frame| backlog.try_push(frame, limits).is_ok());
        self.presence = Presence::Lost { until, backlog };
        kept
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
