//! Ends of memberships: members that leave, lose their socket, or are removed.
//!
//! Invariant: a lost member keeps its place until its deadline. A removed member leaves nothing
//! behind.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use signal_protocol::{ErrorMessage, LeaveReason, MemberId, ServerMessage};

use super::{
    Membership, Output, RoomSettings, Rooms, SocketId,
    member::{Announced, LossTimes, Presence},
    output::send,
    refusal::not_joined,
};
use crate::{cluster::Command, frame::Frame};

/// Why a socket was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The network connection broke, perhaps only for a moment.
    Broken,
    /// The client closed it because its page is closed or reloaded.
    Away,
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
        let grace = match loss {
            Loss::Broken | Loss::TooSlow => self.settings.grace,
            Loss::Away => self.settings.away_grace.min(self.settings.grace),
        };
        let times = self.settings.loss_times(now, grace);
        let member = self
            .rooms
            .get_mut(&membership.room)
            .and_then(|room| room.member_mut(membership.member.as_str()));
        let Some(member) = member else {
            return Vec::new();
        };
        let refused = member.lose(times, unsent, self.settings.backlog);
        let is_given_up = match loss {
            Loss::Broken | Loss::Away => false,
            Loss::TooSlow => !refused.is_empty(),
        };
        if is_given_up || grace.is_zero() {
            return self.remove(&membership, LeaveReason::Lost);
        }
        let mut outputs: Vec<Output> = refused
            .iter()
            .filter_map(|frame| self.refuse(&membership.room, frame))
            .collect();
        outputs.extend(self.tell_update(&membership.room, &membership.member));
        for due in times.deadlines() {
            let Membership { room, member } = membership.clone();
            self.deadlines.insert((due, room, member));
        }
        outputs
    }

    /// Tells the others, on every node, that the member is lost.
    pub(super) fn announce_loss(&mut self, membership: &Membership) -> Vec<Output> {
        let Membership { room: name, member } = membership;
        let Some(room) = self.rooms.get_mut(name) else {
            return Vec::new();
        };
        let presence = room.member_mut(member.as_str());
        if let Some(Presence::Lost { times, .. }) = presence.map(|found| &mut found.presence)
            && let Some(notice) = times.notice.take()
        {
            self.deadlines
                .remove(&(notice, name.clone(), member.clone()));
        }
        let mut outputs = room.announce(member, Announced::Lost);
        outputs.extend(self.tell_update(name, member));
        outputs
    }

    /// Removes the member and tells the others in its room.
    pub(super) fn remove(&mut self, membership: &Membership, reason: LeaveReason) -> Vec<Output> {
        self.depart(membership, reason, None)
    }

    /// Removes a lost member whose device joins as the new member `by`.
    pub(super) fn replace(&mut self, membership: &Membership, by: &MemberId) -> Vec<Output> {
        self.depart(membership, LeaveReason::Lost, Some(by))
    }

    fn depart(
        &mut self,
        membership: &Membership,
        reason: LeaveReason,
        replaced_by: Option<&MemberId>,
    ) -> Vec<Output> {
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
                replaced_by: replaced_by.cloned(),
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

impl RoomSettings {
    /// The deadlines of a member that is lost now and removed after `grace`.
    pub(super) fn loss_times(&self, now: Instant, grace: Duration) -> LossTimes {
        let until = now + grace;
        LossTimes {
            until,
            notice: Some(now + self.lost_notice).filter(|notice| *notice < until),
        }
    }
}
