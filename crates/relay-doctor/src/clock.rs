//! Clocks of the doctor. No other module reads a clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the doctor's shell")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Time since 1970 by the clock of this computer.
#[expect(clippy::disallowed_methods, reason = "the doctor's shell")]
pub(crate) fn today() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // With a clock before 1970 every certificate is not yet valid, and the finding says so.
    since.unwrap_or_default()
}
