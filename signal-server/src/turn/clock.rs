//! The clocks of the TURN server's shells.
//!
//! Invariant: the rules and all they rest on are given the time; it is read here alone.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::rules::Now;

#[expect(
    clippy::disallowed_methods,
    reason = "the shells of the TURN server read the clock here"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "user names carry the time at which they expire"
)]
pub(crate) fn now_and_date() -> Now {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    Now {
        instant: Instant::now(),
        unix: since_1970.map_or(0, |since| since.as_secs()),
    }
}
