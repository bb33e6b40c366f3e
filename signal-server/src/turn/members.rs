//! Who may allocate, how many and how much, and until when.
//!
//! Invariant: bounded by the members of rooms. Who has left is unknown at once; who was lost may
//! keep what it has, and gets nothing new, until its last credentials lapse.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use signal_protocol::{LeaveReason, MemberId};
use tokio_util::sync::CancellationToken;

use super::bandwidth::Bandwidth;

#[derive(Debug)]
pub(super) struct Members {
    most_allocations: usize,
    bits_a_second: u64,
    /// A std mutex: what happens under it is short and never awaits.
    members: Mutex<HashMap<MemberId, Arc<Member>>>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) bandwidth: Bandwidth,
    /// Cancelled when it leaves: its allocations end.
    pub(super) left: CancellationToken,
    allocations: AtomicUsize,
    lapses: Mutex<Instant>,
}

/// The right to one allocation, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(pub(super) Arc<Member>);

impl Members {
    pub(super) fn new(most_allocations: usize, bits_a_second: u64) -> Self {
        Self {
            most_allocations,
            bits_a_second,
            members: Mutex::default(),
        }
    }

    /// It was given credentials that hold until then.
    pub(super) fn renew(&self, id: &MemberId, until: Instant, now: Instant) {
        let mut members = self.lock();
        if let Some(member) = members.get(id) {
            *member.lapses() = until;
            return;
        }
        let member = Member {
            bandwidth: Bandwidth::new(self.bits_a_second, now),
            left: CancellationToken::new(),
            allocations: AtomicUsize::new(0),
            lapses: Mutex::new(until),
        };
        members.insert(id.clone(), Arc::new(member));
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Member>> {
        self.lock().get(&MemberId::new(id)).cloned()
    }

    /// It is no longer in its room.
    pub(super) fn handle_gone(&self, id: &MemberId, reason: LeaveReason) {
        let Some(member) = self.lock().remove(id) else {
            return;
        };
        match reason {
            LeaveReason::Left | LeaveReason::Removed => member.left.cancel(),
            // It may only have lost the relay: that ends no call.
            LeaveReason::Lost => {}
        }
    }

    /// `None` when it has as many allocations as it may.
    pub(super) fn take_place(&self, member: &Arc<Member>) -> Option<Place> {
        member
            .allocations
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
                (held < self.most_allocations).then_some(held + 1)
            })
            .ok()
            .map(|_| Place(Arc::clone(member)))
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

    fn lapses(&self) -> MutexGuard<'_, Instant> {
        self.lapses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.allocations.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn joined(now: Instant) -> (Members, MemberId, Arc<Member>) {
        let members = Members::new(2, 0);
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
        members.handle_gone(&ann, LeaveReason::Left);
        assert!(!member.is_good(now) && member.left.is_cancelled());
        assert!(members.find("ann").is_none());
    }

    #[test]
    fn who_was_lost_keeps_what_it_has() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        members.handle_gone(&ann, LeaveReason::Lost);
        assert!(member.is_good(now) && !member.is_good(now + HOUR));
        assert!(members.find("ann").is_none());
    }

    #[test]
    fn a_place_given_back_can_be_taken_again() {
        let now = Instant::now();
        let (members, _, member) = joined(now);
        let places = [members.take_place(&member), members.take_place(&member)];
        assert!(places.iter().all(Option::is_some));
        assert!(members.take_place(&member).is_none());
        drop(places);
        assert!(members.take_place(&member).is_some());
    }
}
