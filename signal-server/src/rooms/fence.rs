//! What was on the way to a node that is gone with all it had.
//!
//! Invariant: a message is reported to its sender or sent on, never both. It is reported if it may
//! have gone to that node, and Redis tells of each that it did not. Until Redis has told, nothing
//! more goes on that way, so order is kept.

use std::time::Instant;

use signal_protocol::{MemberId, RoomName, ServerMessage};

use super::{
    Output, Rooms,
    awaiting::{Awaiting, Before},
    member::{Member, Presence},
    no_such_user,
    road::{Road, Waiting},
    send, tell, tell_sending,
};
use crate::backplane::{Command, How};

impl Rooms {
    /// The member's node went with what it had: asks Redis how far what was sent to it got.
    pub(super) fn fence(&mut self, room: &RoomName, id: &MemberId) -> Option<Output> {
        let number = self.sent + 1;
        let road = self.road(room, id)?;
        if road.is_empty() && !road.is_closed() {
            return None;
        }
        road.close(number);
        self.sent = number;
        Some(tell(Command::Fence {
            room: room.clone(),
            to: id.clone(),
            number,
        }))
    }

    /// What Redis was asked may have gone with a connection.
    pub(super) fn fence_anew(&mut self, room: &RoomName, id: &MemberId) -> Option<Output> {
        let is_closed = self.road(room, id).is_some_and(|road| road.is_closed());
        is_closed.then(|| self.fence(room, id))?
    }

    pub(super) fn handle_astray(&mut self, room: &RoomName, to: &MemberId, number: u64) {
        if let Some(road) = self.road(room, to) {
            road.handle_astray(number);
        }
    }

    pub(super) fn handle_fenced(
        &mut self,
        room: &RoomName,
        to: &MemberId,
        number: u64,
    ) -> Vec<Output> {
        let Some(road) = self.road(room, to) else {
            return Vec::new();
        };
        if !road.open(number) {
            return Vec::new();
        }
        let lost = road.take_sent();
        let mut outputs = self.report_all(room, lost);
        outputs.extend(self.resend(room, to));
        self.release_if_ready(room, to, &mut outputs);
        outputs
    }

    /// A member of another node is here now, and `before` is what was known of it. What goes
    /// before all that comes from now on: what the node it came from hands over, and what was on
    /// the way there from here, of which that node or Redis can tell whether it arrived.
    pub(super) fn await_past(
        &mut self,
        soon: Instant,
        room: &RoomName,
        id: &MemberId,
        how: How,
        before: Option<Member>,
    ) -> Option<Output> {
        let me = self.settings.node.as_ref()?.name.clone();
        let mut own = match before.map(|member| member.presence) {
            Some(Presence::Elsewhere(road)) => road,
            Some(Presence::Present(_) | Presence::Lost { .. }) | None => Box::new(Road::new(me)),
        };
        if let Some(until) = own.missing_until.take() {
            self.deadlines.remove(&(until, room.clone(), id.clone()));
        }
        let (before, is_done) = match how {
            How::Asked | How::Kept => (Before::HandsOver, false),
            How::None => (Before::IsDone, own.is_empty()),
        };
        let member = self.member_mut(room, id).filter(|_| !is_done)?;
        member.awaiting = Some(Box::new(Awaiting::new(soon, before, own)));
        self.deadlines.insert((soon, room.clone(), id.clone()));
        match before {
            Before::HandsOver => None,
            Before::IsDone => self.fence(room, id),
        }
    }

    /// What is on the way, once more, unless Redis has yet to tell about it.
    pub(super) fn resend(&mut self, room: &RoomName, id: &MemberId) -> Vec<Output> {
        let there = self.rooms.get_mut(room);
        let member = there.and_then(|room| room.member_mut(id.as_str()));
        match (member, &self.settings.node) {
            (Some(member), Some(node)) => member
                .send(room, &node.name, Road::send_all)
                .map(tell_sending)
                .collect(),
            (Some(_) | None, _) => Vec::new(),
        }
    }

    /// To the senders of what may not have arrived.
    pub(super) fn report_all(
        &self,
        room: &RoomName,
        lost: impl IntoIterator<Item = Waiting>,
    ) -> Vec<Output> {
        let Some(room) = self.rooms.get(room) else {
            return Vec::new();
        };
        lost.into_iter()
            .filter_map(|waiting| match room.member(&waiting.from)?.presence {
                Presence::Present(socket) => {
                    let error = ServerMessage::Error(no_such_user(waiting.kind));
                    Some(send(socket, &error))
                }
                Presence::Lost { .. } | Presence::Elsewhere(_) => None,
            })
            .collect()
    }

    pub(super) fn road(&mut self, room: &RoomName, id: &MemberId) -> Option<&mut Road> {
        self.member_mut(room, id)?.road()
    }
}
