//! Clocks of the TURN server.
//!
//! Invariant: only this module reads a clock. Everything else takes the time as an argument.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::Now;

#[expect(
    clippy::disallowed_methods,
    reason = "the listeners read the clock here"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

impl Now {
    /// Reads both clocks of the system. The methods of [`crate::TurnServer`] want their result.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "user names carry their expiry time"
    )]
    pub fn read() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            instant: Instant::now(),
            unix: since_1970.map_or(0, |since| since.as_secs()),
        }
    }
}
