//! Members that may allocate, with their quota, their bandwidth and the expiry of their
//! credentials.
//!
//! Invariant: pure. Bounded by the members that the caller admits. A member that leaves is removed
//! at once. A lost member keeps the allocations that carry a call. Once it is gone, it gets no new
//! allocation and keeps the old ones until its last credentials expire.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::MemberId;

use super::{
    bandwidth::Bandwidth,
    port_quota::{PortQuota, PortShare},
};

/// All members that are not gone.
#[derive(Debug)]
pub(crate) struct Members {
    /// Of one member.
    max_allocations: usize,
    /// Of one member; 0 means no limit.
    bits_per_second: u64,
    port_quota: Arc<PortQuota>,
    /// By id. A std mutex: held briefly, never across an await.
    members: Mutex<HashMap<MemberId, Arc<Member>>>,
}

/// One member. Its allocations keep it after it is gone.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) bandwidth: Bandwidth,
    /// Cancelled when the member leaves. Ends its allocations.
    pub(crate) left: CancellationToken,
    presence: watch::Sender<Presence>,
    allocations: AtomicUsize,
    authorized_until: Mutex<Instant>,
}

/// Why a member is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveReason {
    /// It said so. Its allocations end at once.
    Left,
    /// It was disconnected. Its allocations end at once.
    Removed,
    /// It was lost and did not come back in time. Only its signaling may be lost, so its
    /// allocations live on as long as peers send to them, until its last credentials expire.
    Lost,
}

/// Whether the member has a signaling connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Present,
    /// The time of the loss.
    Lost(Instant),
}

/// Why an allocation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AllocationRefusal {
    Quota,
    Capacity,
}

/// The right to one allocation. Dropping it returns the slot.
#[derive(Debug)]
pub(crate) struct AllocationSlot {
    pub(crate) member: Arc<Member>,
    /// Held for its drop.
    _port_share: PortShare,
}

impl Members {
    /// `ports` is the number of ports for all members.
    pub(crate) fn new(max_allocations: usize, bits_per_second: u64, ports: usize) -> Self {
        Self {
            max_allocations,
            bits_per_second,
            port_quota: Arc::new(PortQuota::new(ports)),
            members: Mutex::default(),
        }
    }

    /// Adds the member, or extends it: it received credentials that expire at `until`.
    pub(crate) fn renew(&self, id: &MemberId, until: Instant, now: Instant) {
        let mut members = self.lock();
        if let Some(member) = members.get(id) {
            *member.authorized_until() = until;
            member.presence.send_replace(Presence::Present);
            return;
        }
        let member = Member {
            bandwidth: Bandwidth::new(self.bits_per_second, now),
            left: CancellationToken::new(),
            presence: watch::Sender::new(Presence::Present),
            allocations: AtomicUsize::new(0),
            authorized_until: Mutex::new(until),
        };
        members.insert(id.clone(), Arc::new(member));
    }

    /// A member that is not gone.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Member>> {
        self.lock().get(&MemberId::new(id)).cloned()
    }

    /// The signaling connection is lost. The member may resume during the grace period.
    pub(crate) fn handle_lost(&self, id: &MemberId, now: Instant) {
        if let Some(member) = self.lock().get(id) {
            member.handle_lost(now);
        }
    }

    /// The member is gone for good.
    pub(crate) fn handle_gone(&self, id: &MemberId, reason: LeaveReason, now: Instant) {
        let Some(member) = self.lock().remove(id) else {
            return;
        };
        match reason {
            LeaveReason::Left | LeaveReason::Removed => member.left.cancel(),
            LeaveReason::Lost => member.handle_lost(now),
        }
    }

    /// # Errors
    /// The quota of the member or of its network is reached, or no port is free.
    pub(crate) fn take_slot(
        &self,
        member: &Arc<Member>,
        client: IpAddr,
    ) -> Result<AllocationSlot, AllocationRefusal> {
        let port_share = self.port_quota.take(client)?;
        member
            .allocations
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
                (held < self.max_allocations).then_some(held + 1)
            })
            .map_err(|_| AllocationRefusal::Quota)?;
        Ok(AllocationSlot {
            member: Arc::clone(member),
            _port_share: port_share,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MemberId, Arc<Member>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// Whether the latest credentials of the member are valid.
    pub(crate) fn is_authorized(&self, now: Instant) -> bool {
        !self.left.is_cancelled() && *self.authorized_until() > now
    }

    /// Notifies allocations when the member is lost or resumes.
    pub(crate) fn presence(&self) -> watch::Receiver<Presence> {
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

    fn authorized_until(&self) -> MutexGuard<'_, Instant> {
        self.authorized_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AllocationSlot {
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
    fn credentials_expire_without_renewal() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        assert!(member.is_authorized(now));
        assert!(!member.is_authorized(now + HOUR));
        members.renew(&ann, now + 2 * HOUR, now);
        assert!(member.is_authorized(now + HOUR));
        assert!(Arc::ptr_eq(&member, &members.find("ann").unwrap()));
    }

    #[test]
    fn departed_member_is_not_authorized() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        members.handle_gone(&ann, LeaveReason::Left, now);
        assert!(!member.is_authorized(now) && member.left.is_cancelled());
        assert!(members.find("ann").is_none());
    }

    #[test]
    fn lost_member_keeps_its_authorization() {
        let now = Instant::now();
        let (members, ann, member) = joined(now);
        members.handle_gone(&ann, LeaveReason::Lost, now);
        assert!(member.is_authorized(now) && !member.is_authorized(now + HOUR));
        assert!(members.find("ann").is_none());
    }

    #[test]
    fn returned_slot_can_be_taken_again() {
        let now = Instant::now();
        let (members, _, member) = joined(now);
        let take = || members.take_slot(&member, [192, 0, 2, 1].into());
        let slots = [take(), take()];
        assert!(slots.iter().all(Result::is_ok));
        assert_eq!(take().err(), Some(AllocationRefusal::Quota));
        drop(slots);
        assert!(take().is_ok());
    }

    /// An attacker joins, allocates up to its quota and drops its socket, repeatedly. Other members
    /// still find ports.
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
            held.extend((0..200).map_while(|_| members.take_slot(&member, attacker).ok()));
            members.handle_lost(&id, now);
        }
        assert_eq!(held.len(), 300);
        let ann = MemberId::new("ann");
        members.renew(&ann, now + HOUR, now);
        let ann = members.find("ann").unwrap();
        let honest = (0..200).map_while(|_| members.take_slot(&ann, [203, 0, 113, 9].into()).ok());
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
