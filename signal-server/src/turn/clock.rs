//! Clocks of the TURN server.
//!
//! Invariant: only this module reads a clock. The rules take the time as an argument.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::rules::Now;

#[expect(
    clippy::disallowed_methods,
    reason = "the listeners of the TURN server read the clock here"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "user names carry their expiry time"
)]
pub(crate) fn now_and_date() -> Now {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    Now {
        instant: Instant::now(),
        unix: since_1970.map_or(0, |since| since.as_secs()),
    }
}
