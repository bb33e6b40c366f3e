//! Expiry of the certificate in use, for metrics.
//!
//! Invariant: it belongs to the certificate that was loaded last.

use std::sync::atomic::{AtomicU64, Ordering};

use super::DAY;

/// Seconds since 1970; 0 without a certificate.
#[derive(Debug, Default)]
pub(crate) struct Validity(AtomicU64);

impl Validity {
    pub(super) fn set(&self, not_after: u64) {
        self.0.store(not_after, Ordering::Relaxed);
    }

    /// Whole days; `now` is seconds since 1970. `None` without a certificate.
    pub(crate) fn days_left(&self, now: u64) -> Option<u64> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            not_after => Some(not_after.saturating_sub(now) / DAY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_to_the_expiry() {
        /// 2026-01-01 and 2027-01-01.
        const FROM: u64 = 1_767_225_600;
        const UNTIL: u64 = 1_798_761_600;
        let validity = Validity::default();
        assert_eq!(validity.days_left(FROM), None);
        validity.set(UNTIL);
        assert_eq!(validity.days_left(FROM), Some(365));
        assert_eq!(validity.days_left(UNTIL - 1), Some(0));
        assert_eq!(validity.days_left(UNTIL + DAY), Some(0));
    }
}
