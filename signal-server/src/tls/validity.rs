//! Until when the shown certificate is valid, for whoever watches.
//!
//! Invariant: it is that of the certificate that was taken up last.

use std::sync::atomic::{AtomicU64, Ordering};

use super::certificate::DAY;

/// Seconds since 1970; 0 while no certificate is there.
#[derive(Debug, Default)]
pub(crate) struct Validity(AtomicU64);

impl Validity {
    pub(super) fn set(&self, not_after: u64) {
        self.0.store(not_after, Ordering::Relaxed);
    }

    /// Whole ones; `now` is seconds since 1970. `None` while no certificate is there.
    pub(crate) fn days_left(&self, now: u64) -> Option<u64> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            not_after => Some(not_after.saturating_sub(now) / DAY),
        }
    }
}
