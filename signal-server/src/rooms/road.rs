//! The way to a member on another node, and what is on it.
//!
//! Invariant: what was sent stays here, in order and within bounds, until the member's node says
//! that it got it; so it can be sent again after a lost connection, or reported to its sender.

use std::{collections::VecDeque, time::Instant};

use signal_protocol::{DirectedKind, MemberId, RoomName};

use super::backlog::BacklogLimits;
use crate::{
    backplane::{NodeName, Parcel},
    frame::Frame,
};

#[derive(Debug, Clone)]
pub(super) struct Road {
    pub(super) node: NodeName,
    /// Redis does not know the member; if its node does not speak for it until then, it is lost.
    pub(super) missing_until: Option<Instant>,
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) number: u64,
    pub(super) from: MemberId,
    pub(super) kind: DirectedKind,
    pub(super) frame: Frame,
}

/// More waits than may.
#[derive(Debug)]
pub(super) struct RoadFull;

impl Waiting {
    pub(super) fn new(number: u64, from: MemberId, kind: DirectedKind, frame: Frame) -> Self {
        Self {
            number,
            from,
            kind,
            frame,
        }
    }
}

impl Road {
    pub(super) fn new(node: NodeName) -> Self {
        Self {
            node,
            missing_until: None,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Answers which message must have come before it, or 0.
    pub(super) fn try_push(
        &mut self,
        waiting: Waiting,
        limits: BacklogLimits,
    ) -> Result<u64, RoadFull> {
        let bytes = self.bytes + waiting.frame.bytes();
        if self.waiting.len() >= limits.messages || bytes > limits.bytes {
            return Err(RoadFull);
        }
        let after = self.waiting.back().map_or(0, |last| last.number);
        self.bytes = bytes;
        self.waiting.push_back(waiting);
        Ok(after)
    }

    pub(super) fn handle_heard(&mut self, number: u64) {
        while let Some(first) = self.waiting.front()
            && first.number <= number
        {
            self.bytes -= first.frame.bytes();
            self.waiting.pop_front();
        }
    }

    pub(super) fn take(&mut self) -> VecDeque<Waiting> {
        self.bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    /// All of it once more.
    pub(super) fn parcels(&self, room: &RoomName, to: &MemberId, node: &NodeName) -> Vec<Parcel> {
        let mut after = 0;
        self.waiting
            .iter()
            .map(|waiting| Parcel {
                room: room.clone(),
                to: to.clone(),
                node: node.clone(),
                number: waiting.number,
                after: std::mem::replace(&mut after, waiting.number),
                frame: waiting.frame.as_str().to_owned(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BacklogLimits = BacklogLimits {
        messages: 3,
        bytes: 1000,
    };

    fn waiting(number: u64) -> Waiting {
        let frame = Frame::received(number.to_string());
        Waiting::new(
            number,
            MemberId::new("ann"),
            DirectedKind::PeerCandidate,
            frame,
        )
    }

    fn numbers(road: &Road) -> Vec<(u64, u64)> {
        let room = RoomName::parse("r").unwrap();
        road.parcels(&room, &MemberId::new("bob"), &NodeName::new("n"))
            .iter()
            .map(|parcel| (parcel.after, parcel.number))
            .collect()
    }

    #[test]
    fn what_was_not_heard_is_sent_again_in_order() {
        let mut road = Road::new(NodeName::new("m"));
        assert_eq!(road.try_push(waiting(4), LIMITS).ok(), Some(0));
        assert_eq!(road.try_push(waiting(7), LIMITS).ok(), Some(4));
        assert_eq!(road.try_push(waiting(8), LIMITS).ok(), Some(7));
        assert!(road.try_push(waiting(9), LIMITS).is_err());
        road.handle_heard(4);
        assert_eq!(numbers(&road), [(0, 7), (7, 8)]);
        road.handle_heard(8);
        assert_eq!(road.try_push(waiting(10), LIMITS).ok(), Some(0));
    }
}
