//! The two clocks of the system, read together.
//!
//! Invariant: pure parts take the time as an argument; shells read it here.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The current time: monotonic for lifetimes, calendar time for the expiry of credentials and
/// certificates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) instant: Instant,
    /// Seconds since 1970.
    pub(crate) unix: u64,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shells of the relay read the calendar time here"
)]
pub(crate) fn now_and_date() -> Now {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    Now {
        instant: Instant::now(),
        unix: since_1970.map_or(0, |since| since.as_secs()),
    }
}
