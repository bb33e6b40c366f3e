//! A receiver's sound that the system's loudspeakers have: the page gets what they were given.
//!
//! Invariant: the page's clock is another than theirs; a page that is behind loses the oldest.

use std::{collections::VecDeque, time::Duration};

use super::piece::Piece;

const MAX_COPIES: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Loud {
    /// From here until it is heard.
    pub(super) latency: Duration,
    /// Given to them and not yet to the page.
    copies: VecDeque<Piece>,
}

impl Loud {
    pub(super) fn keep(&mut self, pieces: Vec<Piece>) {
        self.copies.extend(pieces);
        let most = self.copies.len().saturating_sub(MAX_COPIES);
        self.copies.drain(..most);
    }

    /// So many for the page, as far as there are.
    pub(super) fn take(&mut self, pieces: u16) -> Vec<Piece> {
        let there = usize::from(pieces).min(self.copies.len());
        self.copies.drain(..there).collect()
    }
}
