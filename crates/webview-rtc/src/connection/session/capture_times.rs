//! When what is sent was captured, by this connection's clock. Sender reports (RFC 3550, 6.4.1) are
//! made of that, and the other side takes picture and sound of one moment together by them.
//!
//! Invariant: everything of a connection that was captured at one time has one moment, however
//! long each took to come here, and none is in the future.

use std::time::{Duration, Instant};

/// Nothing takes this long from its capture to here; it is another clock.
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct CaptureTimes {
    /// A time of the capture clock, and when that was at the latest.
    known: Option<(Duration, Instant)>,
}

impl CaptureTimes {
    /// `captured` is of any steady clock that all senders of this connection share.
    pub(super) fn moment(&mut self, captured: Duration, now: Instant) -> Instant {
        let moment = self.known.and_then(|(at, instant)| {
            if captured >= at {
                instant.checked_add(captured - at)
            } else {
                instant.checked_sub(at - captured)
            }
        });
        let moment = moment
            .filter(|moment| *moment <= now && now.saturating_duration_since(*moment) < LONGEST);
        // What comes quicker than anything before tells better how the clocks stand.
        moment.unwrap_or_else(|| {
            self.known = Some((captured, now));
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

    #[expect(clippy::disallowed_methods, reason = "any moment")]
    fn begin() -> (Instant, CaptureTimes) {
        (Instant::now(), CaptureTimes::default())
    }

    #[test]
    fn what_was_late_was_captured_no_later() {
        let (start, mut times) = begin();
        assert_eq!(times.moment(millis(10_000), start), start);
        let late = times.moment(millis(10_020), start + millis(90));
        assert_eq!(late, start + millis(20));
        // Of another source, at the same time.
        let other = times.moment(millis(10_020), start + millis(45));
        assert_eq!(other, late);
        let older = times.moment(millis(9_990), start + millis(45));
        assert_eq!(older, start - millis(10));
    }

    #[test]
    fn what_is_quicker_than_all_before_moves_the_others() {
        let (start, mut times) = begin();
        times.moment(millis(1_000), start);
        assert_eq!(times.moment(millis(1_030), start), start);
        assert_eq!(times.moment(millis(1_030), start + millis(9)), start);
    }

    #[test]
    fn another_clock_begins_anew() {
        let (start, mut times) = begin();
        times.moment(millis(1_000_000), start);
        assert_eq!(times.moment(millis(7), start), start);
        let next = times.moment(millis(27), start + millis(100));
        assert_eq!(next, start + millis(20));
        let far = start + Duration::from_secs(60);
        assert_eq!(times.moment(millis(40), far), far);
        assert_eq!(times.moment(Duration::MAX, far), far);
    }
}
