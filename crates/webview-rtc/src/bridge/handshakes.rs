//! Sockets in their WebSocket handshake, which have not presented a token yet.
//!
//! Invariant: their number is limited, and a new socket is always admitted: beyond the limit the
//! oldest is closed.

use std::collections::VecDeque;

use tokio_util::sync::{CancellationToken, DropGuard};

#[derive(Debug)]
pub(super) struct Handshakes {
    max: usize,
    /// Oldest first.
    pending: VecDeque<PendingHandshake>,
}

#[derive(Debug)]
struct PendingHandshake {
    number: u64,
    /// Closes the socket when dropped.
    close: DropGuard,
}

impl Handshakes {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max: max.max(1),
            pending: VecDeque::new(),
        }
    }

    /// Returns the token that tells this socket to close. Numbers are never reused.
    pub(super) fn start(&mut self, number: u64) -> CancellationToken {
        while self.pending.len() >= self.max {
            self.pending.pop_front();
        }
        let close = CancellationToken::new();
        self.pending.push_back(PendingHandshake {
            number,
            close: close.clone().drop_guard(),
        });
        close
    }

    /// The socket has presented its token or has closed, so it is not closed from here any more.
    pub(super) fn end(&mut self, number: u64) {
        let index = self
            .pending
            .iter()
            .position(|pending| pending.number == number);
        if let Some(ended) = index.and_then(|index| self.pending.remove(index)) {
            ended.close.disarm();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handshakes_beyond_the_limit_close_the_oldest() {
        let mut handshakes = Handshakes::new(3);
        let cancelled: Vec<CancellationToken> =
            (0..10).map(|number| handshakes.start(number)).collect();
        let states: Vec<bool> = cancelled
            .iter()
            .map(CancellationToken::is_cancelled)
            .collect();
        let expect: Vec<bool> = (0..10).map(|number| number < 7).collect();
        assert_eq!(states, expect);
    }

    #[test]
    fn ended_handshake_frees_its_slot() {
        let mut handshakes = Handshakes::new(2);
        let first = handshakes.start(1);
        let second = handshakes.start(2);
        handshakes.end(2);
        handshakes.end(2);
        for number in 3..10 {
            assert!(!first.is_cancelled() || number > 3);
            handshakes.start(number);
        }
        assert!(first.is_cancelled());
        // A socket that has presented its token is never closed for a new one.
        assert!(!second.is_cancelled());
    }
}
