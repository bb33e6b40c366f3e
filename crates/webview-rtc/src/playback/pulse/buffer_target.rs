//! How much sound the sound server keeps: more after each time it had none, less when nobody needs
//! it.
//!
//! Invariant: between [`LEAST`] and [`MOST`]; it does not change without a reason to.

use std::time::{Duration, Instant};

const LEAST: Duration = Duration::from_millis(40);
const MOST: Duration = Duration::from_millis(200);
const GROWTH: Duration = Duration::from_millis(20);
/// So much is kept that was never needed.
const SPARE: Duration = Duration::from_millis(20);
/// So long it is looked at how much nobody needed. While a call begins the computer is busier than
/// it will be, and what was needed then is soon forgotten.
const CALM: Duration = Duration::from_secs(5);
const CALM_AT_FIRST: Duration = Duration::from_secs(1);
const BEGINNING: Duration = Duration::from_secs(15);
/// Times without sound this close together are one.
const TOGETHER: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct BufferTarget {
    length: Duration,
    /// The least that was there since then.
    lowest: Duration,
    since: Instant,
    began: Instant,
    ran_dry: Option<Instant>,
}

impl BufferTarget {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            length: LEAST,
            lowest: LEAST,
            since: now,
            began: now,
            ran_dry: None,
        }
    }

    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// So much of it was gone when more was asked for.
    pub(super) fn handle_room(&mut self, room: Duration) {
        self.lowest = self.lowest.min(self.length.saturating_sub(room));
    }

    /// There was no sound to play. Gives the new length where it changes.
    pub(super) fn handle_underflow(&mut self, now: Instant) -> Option<Duration> {
        let is_same = self
            .ran_dry
            .is_some_and(|last| now.saturating_duration_since(last) < TOGETHER);
        self.ran_dry = Some(now);
        if is_same {
            return None;
        }
        self.change(now, (self.length + GROWTH).min(MOST))
    }

    /// From time to time. Gives the new length where it changes.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Duration> {
        let is_beginning = now.saturating_duration_since(self.began) < BEGINNING;
        let calm = if is_beginning { CALM_AT_FIRST } else { CALM };
        if now.saturating_duration_since(self.since) < calm {
            return None;
        }
        let unneeded = self.lowest.saturating_sub(SPARE);
        self.change(now, self.length.saturating_sub(unneeded).max(LEAST))
    }

    fn change(&mut self, now: Instant, length: Duration) -> Option<Duration> {
        let is_other = self.length != length;
        self.length = length;
        self.lowest = length;
        self.since = now;
        is_other.then_some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Step {
        Room(u64),
        Underflow,
        Timeout,
    }

    /// Times and lengths in milliseconds.
    fn check(steps: &[(u64, Step, Option<u64>)]) {
        let start = Instant::now();
        let mut buffer_target = BufferTarget::new(start);
        for (index, (at, step, expect)) in steps.iter().enumerate() {
            let now = start + Duration::from_millis(*at);
            let length = match step {
                Step::Room(room) => {
                    buffer_target.handle_room(Duration::from_millis(*room));
                    None
                }
                Step::Underflow => buffer_target.handle_underflow(now),
                Step::Timeout => buffer_target.handle_timeout(now),
            };
            assert_eq!(length, expect.map(Duration::from_millis), "step {index}");
        }
    }

    #[test]
    fn it_grows_when_there_was_nothing() {
        use Step::{Timeout, Underflow};
        check(&[
            (0, Timeout, None),
            (500, Underflow, Some(60)),
            (550, Underflow, None),
            (1_000, Underflow, Some(80)),
            (1_900, Timeout, None),
        ]);
    }

    #[test]
    fn what_nobody_needs_goes_soon_at_first_and_slower_later() {
        use Step::{Room, Timeout, Underflow};
        check(&[
            (100, Underflow, Some(60)),
            (300, Underflow, Some(80)),
            (500, Underflow, Some(100)),
            (700, Room(10), None),
            (900, Room(50), None),
            (1_000, Room(20), None),
            // 50 ms were always there, 20 of them may be.
            (1_500, Timeout, Some(70)),
            (2_000, Room(45), None),
            (2_500, Timeout, Some(65)),
            (3_000, Room(60), None),
            (3_500, Timeout, None),
            (20_000, Room(10), None),
            (20_000, Timeout, Some(40)),
            (22_000, Underflow, Some(60)),
            (23_000, Room(10), None),
            (26_900, Timeout, None),
            (27_000, Timeout, Some(40)),
        ]);
    }

    #[test]
    fn it_has_an_end() {
        let start = Instant::now();
        let mut buffer_target = BufferTarget::new(start);
        for index in 0..100 {
            buffer_target.handle_underflow(start + index * CALM);
        }
        assert_eq!(buffer_target.length(), MOST);
    }
}
