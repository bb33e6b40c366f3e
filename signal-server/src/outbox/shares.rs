//! How much of a queue each sender's frames take up.
//!
//! Invariant: a sender holds at most as much as is free, the dynamic threshold of Choudhury and
//! Hahne ("Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998), and a part of
//! the queue is kept for senders that have nothing in it.

use smallvec::SmallVec;

use super::{Depth, OutboxLimits};
use crate::frame::SenderKey;

/// One in so many is kept for senders that hold nothing.
const KEPT_FOR_OTHERS: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Shares {
    total: Depth,
    /// Of those that have something in the queue; seldom more than one.
    senders: SmallVec<[Share; 1]>,
}

#[derive(Debug)]
struct Share {
    sender: SenderKey,
    held: Depth,
}

impl Shares {
    pub(super) fn total(&self) -> Depth {
        self.total
    }

    /// Whether one more of so many bytes may come. One always may, beside what others sent, while
    /// it fits at all.
    pub(super) fn have_room(&self, sender: SenderKey, bytes: usize, limits: OutboxLimits) -> bool {
        let total = self.total;
        let Some(held) = self.held(sender) else {
            return total.messages < limits.messages && total.bytes + bytes <= limits.bytes;
        };
        let free = |most: usize, taken| (most - most / KEPT_FOR_OTHERS).saturating_sub(taken);
        held.messages < free(limits.messages, total.messages)
            && held.bytes + bytes <= free(limits.bytes, total.bytes)
    }

    pub(super) fn add(&mut self, sender: SenderKey, bytes: usize) {
        self.total.messages += 1;
        self.total.bytes += bytes;
        let mut senders = self.senders.iter_mut();
        match senders.find(|share| share.sender == sender) {
            Some(Share { held, .. }) => {
                held.messages += 1;
                held.bytes += bytes;
            }
            None => self.senders.push(Share {
                sender,
                held: Depth { messages: 1, bytes },
            }),
        }
    }

    pub(super) fn remove(&mut self, sender: SenderKey, bytes: usize) {
        self.total.messages -= 1;
        self.total.bytes -= bytes;
        let place = self.senders.iter().position(|share| share.sender == sender);
        let Some(place) = place else { return };
        let held = &mut self.senders[place].held;
        held.messages -= 1;
        held.bytes -= bytes;
        if held.messages == 0 {
            self.senders.swap_remove(place);
        }
    }

    fn held(&self, sender: SenderKey) -> Option<Depth> {
        let mut senders = self.senders.iter();
        let share = senders.find(|share| share.sender == sender)?;
        Some(share.held)
    }
}
