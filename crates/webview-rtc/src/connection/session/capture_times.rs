//! Maps capture times to the connection's clock. Sender reports
//! ([RFC 3550, 6.4.1](https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1)) carry the result, and
//! the peer synchronizes audio and video by it.
//!
//! Invariant: equal capture times map to one instant, independent of encoding delay, and no instant
//! is in the future.

use std::time::{Duration, Instant};

/// A longer delay from capture to here means that the capture clock changed.
const MAX_CAPTURE_DELAY: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct CaptureTimes {
    /// A capture time, and the latest instant at which it was captured.
    reference: Option<(Duration, Instant)>,
}

impl CaptureTimes {
    /// `captured` is on any steady clock shared by all senders of this connection.
    pub(super) fn capture_instant(&mut self, captured: Duration, now: Instant) -> Instant {
        let capture_instant = self.reference.and_then(|(at, instant)| {
            if captured >= at {
                instant.checked_add(captured - at)
            } else {
                instant.checked_sub(at - captured)
            }
        });
        let capture_instant = capture_instant.filter(|capture_instant| {
            *capture_instant <= now
                && now.saturating_duration_since(*capture_instant) < MAX_CAPTURE_DELAY
        });
        // The smallest delay so far gives the best mapping.
        capture_instant.unwrap_or_else(|| {
            self.reference = Some((captured, now));
            now
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[expect(clippy::disallowed_methods, reason = "any instant")]
    fn begin() -> (Instant, CaptureTimes) {
        (Instant::now(), CaptureTimes::default())
    }

    #[test]
    fn encoding_delay_does_not_change_the_capture_instant() {
        let (start, mut times) = begin();
        assert_eq!(times.capture_instant(millis(10_000), start), start);
        let late = times.capture_instant(millis(10_020), start + millis(90));
        assert_eq!(late, start + millis(20));
        // Another source, same capture time.
        let other = times.capture_instant(millis(10_020), start + millis(45));
        assert_eq!(other, late);
        let older = times.capture_instant(millis(9_990), start + millis(45));
        assert_eq!(older, start - millis(10));
    }

    #[test]
    fn smaller_delay_updates_the_reference() {
        let (start, mut times) = begin();
        times.capture_instant(millis(1_000), start);
        assert_eq!(times.capture_instant(millis(1_030), start), start);
        assert_eq!(
            times.capture_instant(millis(1_030), start + millis(9)),
            start
        );
    }

    #[test]
    fn changed_capture_clock_resets_the_reference() {
        let (start, mut times) = begin();
        times.capture_instant(millis(1_000_000), start);
        assert_eq!(times.capture_instant(millis(7), start), start);
        let next = times.capture_instant(millis(27), start + millis(100));
        assert_eq!(next, start + millis(20));
        let far = start + Duration::from_secs(60);
        assert_eq!(times.capture_instant(millis(40), far), far);
        assert_eq!(times.capture_instant(Duration::MAX, far), far);
    }
}
