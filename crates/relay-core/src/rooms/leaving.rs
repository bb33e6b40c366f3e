//! Ends of memberships: members that leave, lose their socket, or are removed.
//!
//! Invariant: a lost member keeps its place until its deadline. A removed member leaves nothing
//! behind.

use std::{collections::VecDeque, time::Instant};

use signal_protocol::{ErrorMessage, LeaveReason, ServerMessage};

use super::{Membership, Output, Rooms, SocketId, output::send, refusal::not_joined};
use crate::{cluster::Command, frame::Frame};

/// Why a socket was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The network connection broke, perhaps only for a moment.
    Broken,
    /// The relay closed it because it read nothing.
    TooSlow,
}

impl Rooms {
    /// # Errors
    /// `not-joined`.
    pub fn handle_leave(&mut self, socket: SocketId) -> Result<Vec<Output>, ErrorMessage> {
        let membership = self
            .memberships
            .remove(&socket)
            .ok_or_else(|| not_joined("room:leave"))?;
        let mut outputs = vec![send(socket, &ServerMessage::RoomLeft)];
        outputs.extend(self.remove(&membership, LeaveReason::Left));
        Ok(outputs)
    }

    /// The socket is gone; `unsent` are the frames that it did not get. They go to the backlog of
    /// its member, and the senders of refused frames get an error. A member that did not read is
    /// removed if a frame was refused.
    pub fn handle_lost(
        &mut self,
        now: Instant,
        socket: SocketId,
        unsent: VecDeque<Frame>,
        loss: Loss,
    ) -> Vec<Output> {
        let Some(membership) = self.memberships.remove(&socket) else {
            return Vec::new();
        };
        let until = now + self.settings.grace;
        let member = self
            .rooms
            .get_mut(&membership.room)
            .and_then(|room| room.member_mut(membership.member.as_str()));
        let Some(member) = member else {
            return Vec::new();
        };
        let refused = member.lose(until, unsent, self.settings.backlog);
        let is_given_up = match loss {
            Loss::Broken => false,
            Loss::TooSlow => !refused.is_empty(),
        };
        if is_given_up || self.settings.grace.is_zero() {
            return self.remove(&membership, LeaveReason::Lost);
        }
        let told = refused
            .iter()
            .filter_map(|frame| self.refuse(&membership.room, frame));
        let told = told.collect();
        self.deadlines
            .insert((until, membership.room, membership.member));
        told
    }

    /// Removes the member and tells the others in its room.
    pub(super) fn remove(&mut self, membership: &Membership, reason: LeaveReason) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(&membership.room) else {
            return Vec::new();
        };
        let Some(member) = room.take(&membership.member) else {
            return Vec::new();
        };
        for until in member.deadlines() {
            self.deadlines
                .remove(&(until, membership.room.clone(), membership.member.clone()));
        }
        let mut outputs = room.broadcast(
            &membership.member,
            &ServerMessage::UserLeft {
                id: membership.member.clone(),
                reason,
            },
        );
        if member.is_local() {
            outputs.push(Output::Gone {
                member: membership.member.clone(),
                reason,
            });
            outputs.extend(self.tell(|| Command::Leave {
                room: membership.room.clone(),
                id: membership.member.clone(),
                reason,
            }));
        }
        self.forget_if_left(&membership.room);
        outputs
    }
}
