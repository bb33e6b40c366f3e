//! The sockets that have not shown a token yet.
//!
//! Invariant: there are only so many, and whoever comes last always finds a place: the one that has
//! waited longest gives way.

use std::collections::VecDeque;

use tokio_util::sync::{CancellationToken, DropGuard};

#[derive(Debug)]
pub(super) struct Handshakes {
    most: usize,
    /// The oldest first.
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    /// Tells the socket to close when it is dropped.
    close: DropGuard,
}

impl Handshakes {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            waiting: VecDeque::new(),
        }
    }

    /// What tells this socket to give way. Numbers are never used twice.
    pub(super) fn begin(&mut self, number: u64) -> CancellationToken {
        while self.waiting.len() >= self.most {
            self.waiting.pop_front();
        }
        let close = CancellationToken::new();
        self.waiting.push_back(Waiting {
            number,
            close: close.clone().drop_guard(),
        });
        close
    }

    /// It has shown a token, or is gone: it gives way to nobody any more.
    pub(super) fn end(&mut self, number: u64) {
        let place = self
            .waiting
            .iter()
            .position(|waiting| waiting.number == number);
        if let Some(ended) = place.and_then(|place| self.waiting.remove(place)) {
            ended.close.disarm();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handshakes_beyond_the_bound_close_the_oldest() {
        let mut handshakes = Handshakes::new(3);
        let closed: Vec<CancellationToken> =
            (0..10).map(|number| handshakes.begin(number)).collect();
        let states: Vec<bool> = closed.iter().map(CancellationToken::is_cancelled).collect();
        let expect: Vec<bool> = (0..10).map(|number| number < 7).collect();
        assert_eq!(states, expect);
    }

    #[test]
    fn handshakes_that_ended_leave_their_place() {
        let mut handshakes = Handshakes::new(2);
        let first = handshakes.begin(1);
        let second = handshakes.begin(2);
        handshakes.end(2);
        handshakes.end(2);
        for number in 3..10 {
            assert!(!first.is_cancelled() || number > 3);
            handshakes.begin(number);
        }
        assert!(first.is_cancelled());
        // Who has shown a token is closed by nobody who comes later.
        assert!(!second.is_cancelled());
    }
}
