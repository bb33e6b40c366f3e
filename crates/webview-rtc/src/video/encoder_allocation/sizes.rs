//! How large each source's pictures are, in pixels.
//!
//! Invariant: what was seen counts for more than what was said before the first frame.

use std::collections::BTreeMap;

use crate::wire::id::SourceId;

#[derive(Debug, Default)]
pub(super) struct Sizes {
    seen: BTreeMap<SourceId, u32>,
    said: BTreeMap<SourceId, u32>,
}

impl Sizes {
    pub(super) fn of(&self, source: SourceId) -> Option<u32> {
        self.seen(source)
            .or_else(|| self.said.get(&source).copied())
    }

    pub(super) fn seen(&self, source: SourceId) -> Option<u32> {
        self.seen.get(&source).copied()
    }

    pub(super) fn see(&mut self, source: SourceId, pixels: u32) {
        self.seen.insert(source, pixels);
    }

    /// Before the first frame.
    pub(super) fn expect(&mut self, source: SourceId, pixels: u32) {
        self.said.insert(source, pixels);
    }

    pub(super) fn forget(&mut self, source: SourceId) {
        self.seen.remove(&source);
        self.said.remove(&source);
    }
}
