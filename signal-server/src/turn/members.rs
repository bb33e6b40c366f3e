//! Who may allocate, how many and how much, and until when.
//!
//! Invariant: bounded by the members of rooms. Who has left is unknown at once; who was lost may
//! keep what carries a call, and once its room has given it up gets nothing new, until its last
//! credentials lapse.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use signal_protocol::{LeaveReason, MemberId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    bandwidth::Bandwidth,
    pool::{Pool, PoolShare},
};

#[derive(Debug)]
pub(super) struct Members {
    most_allocations: usize,
    bits_a_second: u64,
    pool: Arc<Pool>,
    /// A std mutex: what happens under it is short and never awaits.
    members: Mutex<HashMap<MemberId, Arc<Member>>>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) bandwidth: Bandwidth,
    /// Cancelled when it leaves: its allocations end.
    pub(super) left: CancellationToken,
    presence: watch::Sender<Presence>,
    allocations: AtomicUsize,
    lapses: Mutex<Instant>,
}

/// Whether its socket is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    /// Since then.
    Lost(Instant),
}

/// Why there is no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    Quota,
    Capacity,
}

/// The right to one allocation, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) member: Arc<Member>,
    /// Held for its drop.
    _share: PoolShare,
}

impl Members {
    /// `ports` are how many there are for all of them.
    pub(super) fn new(most_allocations: usize, bits_a_second: u64, ports: usize) -> Self {
        Self {
            most_allocations,
            bits_a_second,
            pool: Arc::new(Pool::new(ports)),
            members: Mutex::default(),
        }
    }

    /// It was given credentials that hold until then.
    pub(super) fn renew(&self, id: &MemberId, until: Instant, now: Instant) {
        let mut members = self.lock();
        if let Some(member) = members.get(id) {
            *member.lapses() = until;
            member.presence.send_replace(Presence::Present);
            return;
        }
        let member = Member {
            bandwidth: Bandwidth::new(self.bits_a_second, now),
            left: CancellationToken::new(),
            presence: watch::Sender::new(Presence::Present),
            allocations: AtomicUsize::new(0),
            lapses: Mutex::new(until),
        };
        members.insert(id.clone(), Arc::new(member));
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Member>> {
        self.lock().get(&MemberId::new(id)).cloned()
    }

    /// Its socket is gone; its place is kept for a while.
    pub(super) fn handle_lost(&self, id: &MemberId, now: Instant) {
        if let Some(member) = self.lock().get(id) {
            member.handle_lost(now);
        }
    }

    /// It is no longer in its room.
    pub(super) fn handle_gone(&self, id: &MemberId, reason: LeaveReason, now: Instant) {
        let Some(member) = self.lock().remove(id) else {
            return;
        };
        match reason {
            LeaveReason::Left | LeaveReason::Removed => member.left.cancel(),
            // It may only have lost the relay: that ends no call.
            LeaveReason::Lost => member.handle_lost(now),
        }
    }

    /// # Errors
    /// It has as many allocations as it may, or the network that it asks from; or there are no more.
    pub(super) fn take_place(
        &self,
        member: &Arc<Member>,
        client: IpAddr,
    ) -> Result<Place, NoPlace> {
        let share = self.pool.take(client)?;
        member
            .allocations
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
                (held < self.most_allocations).then_some(held + 1)
            })
            .map_err(|_| NoPlace::Quota)?;
        Ok(Place {
            member: Arc::clone(member),
            _share: share,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MemberId, Arc<Member>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// Whether what it was given last still holds.
    pub(super) fn is_good(&self, now: Instant) -> bool {
        !self.left.is_cancelled() && *self.lapses() > now
    }

    /// Tells its allocations when it is lost or back.
    pub(super) fn presence(&self) -> watch::Receiver<Presence> {
        self.presence.subscribe()
    }

    fn handle_lost(&self, now: Instant) {
        self.presence.send_if_modified(|presence| match presence {
            Presence::Present => {
                *presence = Presence::Lost(now);
                true
            }
            Presence::Lost(_) => false,
        });
    }

    fn lapses(&self) -> MutexGuard<'_, Instant> {
        self.lapses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.member.allocations.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn joined(now: Instant) -> (Members, MemberId, Arc<Member>) {
        let members = Members::new(2, 0, 100);
        let ann = MemberId::new("ann");
        members.renew(&ann, now + HOUR, now);
        let member = members.find("ann").unwrap();
        (members, ann, member)
    }

    #[test]
    fn credentials_lapse_unless_they_are_renewed() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        assert!(member.is_good(now));
        assert!(!member.is_good(now + HOUR));
        members.renew(&ann, now + 2 * HOUR, now);
        assert!(member.is_good(now + HOUR));
        assert!(Arc::ptr_eq(&member, &members.find("ann").unwrap()));
    }

    #[test]
    fn who_has_left_is_no_longer_good() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        members.handle_gone(&ann, LeaveReason::Left, now);
        assert!(!member.is_good(now) && member.left.is_cancelled());
        assert!(members.find("ann").is_none());
    }

    #[test]
    fn who_was_lost_keeps_what_it_has() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        members.handle_gone(&ann, LeaveReason::Lost, now);
        assert!(member.is_good(now) && !member.is_good(now + HOUR));
        assert!(members.find("ann").is_none());
    }

    #[test]
    fn a_place_given_back_can_be_taken_again() {
        let now = Instant::now();
        let (members, _, member) = joined(now);
        let take = || members.take_place(&member, [192, 0, 2, 1].into());
        let places = [take(), take()];
        assert!(places.iter().all(Result::is_ok));
        assert_eq!(take().err(), Some(NoPlace::Quota));
        drop(places);
        assert!(take().is_ok());
    }

    /// Joins, allocates all it may and drops its socket, over and over; the rest is for others.
    #[test]
    fn lost_members_of_one_address_do_not_use_up_the_ports() {
        let now = Instant::now();
        let members = Members::new(128, 0, 2000);
        let mut held = Vec::new();
        for number in 0..100 {
            let id = MemberId::new(&format!("m{number}"));
            members.renew(&id, now + HOUR, now);
            let member = members.find(id.as_str()).unwrap();
            let attacker = [198, 51, 100, 7].into();
            held.extend((0..200).map_while(|_| members.take_place(&member, attacker).ok()));
            members.handle_lost(&id, now);
        }
        assert_eq!(held.len(), 300);
        let ann = MemberId::new("ann");
        members.renew(&ann, now + HOUR, now);
        let ann = members.find("ann").unwrap();
        let honest = (0..200).map_while(|_| members.take_place(&ann, [203, 0, 113, 9].into()).ok());
        assert_eq!(honest.collect::<Vec<_>>().len(), 128);
    }

    #[test]
    fn member_that_comes_back_is_present_again() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        let mut presence = member.presence();
        assert_eq!(*presence.borrow_and_update(), Presence::Present);
        let later = now + Duration::from_secs(1);
        members.handle_lost(&ann, now);
        members.handle_lost(&ann, later);
        assert_eq!(*presence.borrow_and_update(), Presence::Lost(now));
        members.renew(&ann, now + HOUR, later);
        assert_eq!(*presence.borrow_and_update(), Presence::Present);
        members.handle_gone(&ann, LeaveReason::Lost, later);
        assert_eq!(*presence.borrow_and_update(), Presence::Lost(later));
    }
}
