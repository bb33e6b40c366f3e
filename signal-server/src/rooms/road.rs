//! The way to a member on another node, and what is on it.
//!
//! Invariant: what was sent stays here, in order and within bounds, until the member's node says
//! that it got it; so it can be sent again after a lost connection, or reported to its sender.
//! While it is closed nothing goes out.

use std::{collections::VecDeque, time::Instant};

use signal_protocol::{DirectedKind, MemberId, RoomName};

use super::backlog::BacklogLimits;
use crate::{
    backplane::{NodeName, Parcel, Sending},
    frame::Frame,
};

#[derive(Debug, Clone)]
pub(super) struct Road {
    pub(super) node: NodeName,
    /// Redis does not know the member; if its node does not speak for it until then, it is lost.
    pub(super) missing_until: Option<Instant>,
    /// Closed until the fence of this number comes back.
    closed: Option<u64>,
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) number: u64,
    pub(super) from: MemberId,
    pub(super) kind: DirectedKind,
    pub(super) frame: Frame,
    /// How often it went out and was not told to have gone astray.
    sendings: u32,
}

/// Of a road: what its parcels say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends<'a> {
    pub(super) room: &'a RoomName,
    pub(super) to: &'a MemberId,
    pub(super) me: &'a NodeName,
    pub(super) breaks: u32,
}

/// More waits than may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoadFull {
    /// Of all together.
    All,
    /// Of this sender, who may have half of it.
    Sender,
}

impl Waiting {
    pub(super) fn new(number: u64, from: MemberId, kind: DirectedKind, frame: Frame) -> Self {
        Self {
            number,
            from,
            kind,
            frame,
            sendings: 0,
        }
    }

    fn has_gone_out(&self) -> bool {
        self.sendings > 0
    }
}

impl Road {
    pub(super) fn new(node: NodeName) -> Self {
        Self {
            node,
            missing_until: None,
            closed: None,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.waiting.back().map(|last| last.number)
    }

    pub(super) fn try_push(
        &mut self,
        waiting: Waiting,
        limits: BacklogLimits,
    ) -> Result<(), RoadFull> {
        let bytes = self.bytes + waiting.frame.bytes();
        if self.waiting.len() >= limits.messages || bytes > limits.bytes {
            return Err(RoadFull::All);
        }
        // While little waits, nobody has too much of it.
        let is_crowded = self.waiting.len() >= limits.messages / 2 || bytes > limits.bytes / 2;
        if is_crowded && self.is_full_of(&waiting, limits) {
            return Err(RoadFull::Sender);
        }
        self.bytes = bytes;
        self.waiting.push_back(waiting);
        Ok(())
    }

    fn is_full_of(&self, next: &Waiting, limits: BacklogLimits) -> bool {
        let own = self.waiting.iter().filter(|own| own.from == next.from);
        let (messages, bytes) = own.fold((0, next.frame.bytes()), |(messages, bytes), own| {
            (messages + 1, bytes + own.frame.bytes())
        });
        messages > 0 && (messages >= limits.messages / 2 || bytes > limits.bytes / 2)
    }

    /// The last ones, which have not gone out yet.
    pub(super) fn send_new(&mut self, ends: Ends<'_>) -> Vec<Sending> {
        let waiting = self.waiting.iter().rev();
        let new = waiting
            .take_while(|waiting| !waiting.has_gone_out())
            .count();
        self.send_from(self.waiting.len() - new, ends)
    }

    /// All of it once more.
    pub(super) fn send_all(&mut self, ends: Ends<'_>) -> Vec<Sending> {
        self.send_from(0, ends)
    }

    pub(super) fn handle_heard(&mut self, number: u64) {
        while let Some(first) = self.waiting.front()
            && first.number <= number
        {
            self.bytes -= first.frame.bytes();
            self.waiting.pop_front();
        }
    }

    /// That one went to nobody.
    pub(super) fn handle_astray(&mut self, number: u64) {
        let place = self
            .waiting
            .binary_search_by_key(&number, |waiting| waiting.number);
        if let Some(waiting) = place.ok().and_then(|place| self.waiting.get_mut(place)) {
            waiting.sendings = waiting.sendings.saturating_sub(1);
        }
    }

    pub(super) fn close(&mut self, fence: u64) {
        self.closed = Some(fence);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// Answers whether it was closed until this one.
    pub(super) fn open(&mut self, fence: u64) -> bool {
        let is_due = self.closed == Some(fence);
        if is_due {
            self.closed = None;
        }
        is_due
    }

    /// Those that somebody may have got.
    pub(super) fn take_sent(&mut self) -> VecDeque<Waiting> {
        let (sent, new) = self.take().into_iter().partition(Waiting::has_gone_out);
        self.bytes = VecDeque::iter(&new)
            .map(|waiting| waiting.frame.bytes())
            .sum();
        self.waiting = new;
        sent
    }

    /// Those that nobody has got; the others are gone.
    pub(super) fn take_new(&mut self) -> VecDeque<Waiting> {
        self.take_sent();
        self.take()
    }

    pub(super) fn take(&mut self) -> VecDeque<Waiting> {
        self.bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    fn send_from(&mut self, first: usize, ends: Ends<'_>) -> Vec<Sending> {
        if self.is_closed() {
            return Vec::new();
        }
        let before = first.checked_sub(1).and_then(|last| self.waiting.get(last));
        let mut after = before.map_or(0, |last| last.number);
        let home = &self.node;
        self.waiting
            .iter_mut()
            .skip(first)
            .map(|waiting| {
                waiting.sendings += 1;
                Sending {
                    parcel: Parcel {
                        room: ends.room.clone(),
                        to: ends.to.clone(),
                        node: ends.me.clone(),
                        number: waiting.number,
                        after: std::mem::replace(&mut after, waiting.number),
                        frame: waiting.frame.as_str().to_owned(),
                    },
                    home: home.clone(),
                    breaks: ends.breaks,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BacklogLimits = BacklogLimits {
        messages: 6,
        bytes: 1000,
    };

    fn road() -> Road {
        Road::new(NodeName::new("m"))
    }

    fn push(road: &mut Road, number: u64) -> Result<(), RoadFull> {
        push_from(road, "ann", number)
    }

    fn push_from(road: &mut Road, from: &str, number: u64) -> Result<(), RoadFull> {
        let frame = Frame::received(number.to_string());
        let from = MemberId::new(from);
        let waiting = Waiting::new(number, from, DirectedKind::PeerCandidate, frame);
        road.try_push(waiting, LIMITS)
    }

    /// What goes out, each behind the one that must have come before.
    fn sent(send: impl FnOnce(Ends<'_>) -> Vec<Sending>) -> Vec<(u64, u64)> {
        let ends = Ends {
            room: &RoomName::parse("r").unwrap(),
            to: &MemberId::new("bob"),
            me: &NodeName::new("n"),
            breaks: 0,
        };
        let sendings = send(ends).into_iter().map(|sending| sending.parcel);
        sendings
            .map(|parcel| (parcel.after, parcel.number))
            .collect()
    }

    fn numbers(waiting: &VecDeque<Waiting>) -> Vec<u64> {
        waiting.iter().map(|waiting| waiting.number).collect()
    }

    #[test]
    fn what_was_not_heard_is_sent_again_in_order() {
        let mut road = road();
        for (number, after) in [(4, 0), (7, 4), (8, 7)] {
            push(&mut road, number).unwrap();
            assert_eq!(sent(|ends| road.send_new(ends)), [(after, number)]);
        }
        assert_eq!(push(&mut road, 9), Err(RoadFull::Sender));
        road.handle_heard(4);
        assert_eq!(sent(|ends| road.send_all(ends)), [(0, 7), (7, 8)]);
        road.handle_heard(8);
        push(&mut road, 10).unwrap();
        assert_eq!(sent(|ends| road.send_new(ends)), [(0, 10)]);
        assert_eq!(sent(|ends| road.send_new(ends)), []);
    }

    #[test]
    fn behind_a_fence_nothing_goes_out_and_what_went_astray_is_nobodys() {
        let mut road = road();
        for number in [1, 2] {
            push(&mut road, number).unwrap();
            assert_eq!(sent(|ends| road.send_new(ends)).len(), 1);
        }
        road.close(3);
        push(&mut road, 4).unwrap();
        assert_eq!(sent(|ends| road.send_new(ends)), []);
        assert_eq!(sent(|ends| road.send_all(ends)), []);
        road.handle_astray(2);
        assert!(!road.open(1), "an older fence");
        assert!(road.open(3));
        assert_eq!(numbers(&road.take_sent()), [1]);
        assert_eq!(sent(|ends| road.send_all(ends)), [(0, 2), (2, 4)]);
    }

    #[test]
    fn what_was_sent_twice_and_went_astray_once_may_have_arrived() {
        let mut road = road();
        push(&mut road, 1).unwrap();
        assert_eq!(sent(|ends| road.send_new(ends)).len(), 1);
        assert_eq!(sent(|ends| road.send_all(ends)).len(), 1);
        road.handle_astray(1);
        assert_eq!(numbers(&road.take_sent()), [1]);
        assert!(road.is_empty() && road.bytes == 0);
    }

    #[test]
    fn one_sender_fills_half_of_a_road_and_leaves_the_rest() {
        let mut road = road();
        for number in 1..=3 {
            push_from(&mut road, "ann", number).unwrap();
        }
        assert_eq!(push_from(&mut road, "ann", 4), Err(RoadFull::Sender));
        for number in 4..=6 {
            push_from(&mut road, "ben", number).unwrap();
        }
        assert_eq!(push_from(&mut road, "cat", 7), Err(RoadFull::All));
        road.handle_heard(1);
        assert_eq!(push_from(&mut road, "ben", 7), Err(RoadFull::Sender));
        assert_eq!(push_from(&mut road, "cat", 7), Ok(()));
    }
}
