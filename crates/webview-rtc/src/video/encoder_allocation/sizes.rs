//! Frame sizes of the sources, in pixels.
//!
//! Invariant: an observed size replaces the announced one.

use std::collections::BTreeMap;

use crate::wire::id::SourceId;

#[derive(Debug, Default)]
pub(super) struct Sizes {
    observed: BTreeMap<SourceId, u32>,
    announced: BTreeMap<SourceId, u32>,
}

impl Sizes {
    pub(super) fn of(&self, source: SourceId) -> Option<u32> {
        self.observed(source)
            .or_else(|| self.announced.get(&source).copied())
    }

    pub(super) fn observed(&self, source: SourceId) -> Option<u32> {
        self.observed.get(&source).copied()
    }

    pub(super) fn observe(&mut self, source: SourceId, pixels: u32) {
        self.observed.insert(source, pixels);
    }

    /// The size announced before the first frame.
    pub(super) fn announce(&mut self, source: SourceId, pixels: u32) {
        self.announced.insert(source, pixels);
    }

    pub(super) fn forget(&mut self, source: SourceId) {
        self.observed.remove(&source);
        self.announced.remove(&source);
    }
}
