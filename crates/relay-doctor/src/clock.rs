//! The only place that reads a clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the doctor's shell")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Since 1970, as this computer's clock says.
#[expect(clippy::disallowed_methods, reason = "the doctor's shell")]
pub(crate) fn today() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // A clock before 1970 makes every certificate one of the future, which is then what is said.
    since.unwrap_or_default()
}
