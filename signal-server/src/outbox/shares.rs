//! Share of the queue that the frames of each sender use.
//!
//! Invariant: a sender uses at most as much as is free, the dynamic threshold of Choudhury and
//! Hahne ("Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998). A part of the
//! queue is reserved for senders without queued frames.

use relay_core::frame::SenderKey;
use smallvec::SmallVec;

use super::{Depth, OutboxLimits};

/// The reserved part of the queue is 1 / this.
const RESERVED_SHARE_DIVISOR: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Shares {
    total: Depth,
    /// Senders with queued frames; rarely more than one.
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

    /// Whether a frame of this size fits. The first frame of a sender fits if the queue has room.
    pub(super) fn have_room(&self, sender: SenderKey, bytes: usize, limits: OutboxLimits) -> bool {
        let total = self.total;
        let Some(held) = self.held(sender) else {
            return total.messages < limits.messages && total.bytes + bytes <= limits.bytes;
        };
        let free =
            |most: usize, taken| (most - most / RESERVED_SHARE_DIVISOR).saturating_sub(taken);
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
