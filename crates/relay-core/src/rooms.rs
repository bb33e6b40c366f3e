//! Rooms and their members: a state machine that takes messages and the time, and returns outputs.
//!
//! Invariant: no clock, lock, socket or task. Each member learns of every other member of its room
//! exactly once. A member is present on one socket, lost and waited for, or on another node.

mod backlog;
mod cluster_events;
#[cfg(test)]
mod cluster_model;
mod directed;
mod flush_barrier;
mod holdback_queue;
mod joining;
mod leaving;
mod member;
mod migration;
#[cfg(test)]
mod model;
mod output;
mod refusal;
mod remote_members;
mod retransmit_queue;
mod room;
mod settings;
mod share;
#[cfg(test)]
mod tables;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Instant,
};

use rustc_hash::FxHashMap;
use signal_protocol::{ErrorMessage, LeaveReason, MemberId, RoomName, Status};

pub use backlog::BacklogLimits;
pub use joining::Credentials;
pub use leaving::Loss;
use member::Presence;
pub use migration::MigratingMember;
pub use output::{Output, Outputs};
pub use refusal::{not_joined, room_full, room_share_full, wrong_passcode};
pub use remote_members::{IncomingMember, JoinAuthority};
use room::Room;
pub use settings::{NodeSettings, RoomSettings};
pub use share::RoomShare;

/// A socket of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub rooms: usize,
    /// Members with a socket.
    pub present: usize,
    /// Members without a socket, within the grace period.
    pub lost: usize,
}

#[derive(Debug)]
pub struct Rooms {
    settings: RoomSettings,
    rooms: HashMap<RoomName, Room>,
    memberships: FxHashMap<SocketId, Membership>,
    /// Times of due work per member, earliest first.
    deadlines: BTreeSet<(Instant, RoomName, MemberId)>,
    /// The number of the last message or flush barrier sent to another node.
    sent: u64,
    /// Until then Redis may not know all members; a missing member is not removed yet.
    incomplete_until: Option<Instant>,
    /// Rooms whose snapshot has not arrived on the current Redis connection.
    unsynced: HashSet<RoomName>,
    /// No Redis connection: messages to remote members stay in their retransmit queues.
    is_partitioned: bool,
}

/// The member and the room of a joined socket.
#[derive(Debug, Clone)]
struct Membership {
    room: RoomName,
    member: MemberId,
}

impl Rooms {
    pub fn new(settings: RoomSettings) -> Self {
        Self {
            settings,
            rooms: HashMap::new(),
            memberships: FxHashMap::default(),
            deadlines: BTreeSet::new(),
            sent: 0,
            incomplete_until: None,
            unsynced: HashSet::new(),
            is_partitioned: false,
        }
    }

    /// # Errors
    /// `not-joined`.
    pub fn handle_status(
        &mut self,
        socket: SocketId,
        status: Status,
    ) -> Result<Vec<Output>, ErrorMessage> {
        let membership = self
            .memberships
            .get(&socket)
            .ok_or_else(|| not_joined("user:status"))?;
        let Some(room) = self.rooms.get_mut(&membership.room) else {
            return Ok(Vec::new());
        };
        let mut outputs = room.set_status(&membership.member, status);
        outputs.extend(self.tell_update(&membership.room, &membership.member));
        Ok(outputs)
    }

    /// Does the work that is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<Output> {
        let mut outputs = Vec::new();
        while self.poll_timeout().is_some_and(|due| due <= now) {
            let Some((_, room, member)) = self.deadlines.pop_first() else {
                break;
            };
            self.handle_due(now, &Membership { room, member }, &mut outputs);
        }
        outputs
    }

    /// The earliest deadline.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.first().map(|(due, ..)| *due)
    }

    /// Counts rooms and members.
    pub fn count(&self) -> Count {
        Count {
            rooms: self.rooms.len(),
            present: self.memberships.len(),
            lost: self.lost(),
        }
    }

    /// The member of this socket.
    pub fn member(&self, socket: SocketId) -> Option<&MemberId> {
        self.memberships
            .get(&socket)
            .map(|membership| &membership.member)
    }

    /// Does the due work of one member.
    fn handle_due(&mut self, now: Instant, membership: &Membership, outputs: &mut Vec<Output>) {
        let found = self.rooms.get_mut(&membership.room);
        let Some(member) = found.and_then(|room| room.member_mut(membership.member.as_str()))
        else {
            return;
        };
        if member
            .holdback
            .as_ref()
            .is_some_and(|holdback| holdback.until <= now)
        {
            self.release(&membership.room, &membership.member, outputs);
        }
        let (until, notice) = match self.presence(&membership.room, &membership.member) {
            Some(Presence::Lost { times, .. }) => (Some(times.until), times.notice),
            Some(Presence::Remote(queue)) => (queue.missing_until, None),
            Some(Presence::Present(_)) | None => (None, None),
        };
        if until.is_some_and(|until| until <= now) {
            outputs.extend(self.remove(membership, LeaveReason::Lost));
        } else if notice.is_some_and(|notice| notice <= now) {
            outputs.extend(self.announce_loss(membership));
        }
    }

    /// Counts lost members. Members in other states have deadlines too.
    fn lost(&self) -> usize {
        let is_lost = |due: Instant, room, id: &MemberId| {
            let room: Option<&Room> = self.rooms.get(room);
            room.and_then(|room| room.member(id))
                .is_some_and(|member| member.is_lost_until(due))
        };
        let deadlines = self.deadlines.iter();
        deadlines
            .filter(|(due, room, id)| is_lost(*due, room, id))
            .count()
    }
}
