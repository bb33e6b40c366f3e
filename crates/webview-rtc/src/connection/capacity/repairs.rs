//! How much of what is sent was sent before.
//!
//! Invariant: pure; the mean of the last second or so.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// When so many bytes had been sent again.
    known: VecDeque<(Instant, u64)>,
}

impl Repairs {
    pub(super) fn handle_sent(&mut self, bytes: u64, now: Instant) {
        while self
            .known
            .get(1)
            .is_some_and(|(at, _)| now.saturating_duration_since(*at) >= WINDOW)
        {
            self.known.pop_front();
        }
        self.known.push_back((now, bytes));
    }

    /// In bits a second.
    pub(super) fn rate(&self) -> u64 {
        let (Some((begin, before)), Some((end, bytes))) = (self.known.front(), self.known.back())
        else {
            return 0;
        };
        let time = end.saturating_duration_since(*begin).max(WINDOW);
        let bits = bytes.saturating_sub(*before) as f64 * 8.0;
        (bits / time.as_secs_f64()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_mean_of_a_second() {
        let start = Instant::now();
        let mut repairs = Repairs::default();
        assert_eq!(repairs.rate(), 0);
        for step in 0..10_u64 {
            repairs.handle_sent(step * 1_000, start + Duration::from_millis(200 * step));
        }
        assert_eq!(repairs.rate(), 40_000);
        for step in 10..15_u64 {
            repairs.handle_sent(9_000, start + Duration::from_millis(200 * step));
        }
        assert_eq!(repairs.rate(), 0);
    }

    #[test]
    fn what_came_at_once_is_not_taken_for_more() {
        let start = Instant::now();
        let mut repairs = Repairs::default();
        repairs.handle_sent(0, start);
        repairs.handle_sent(5_000, start + Duration::from_millis(1));
        assert_eq!(repairs.rate(), 40_000);
        // An agreement without the stream it was sent on.
        repairs.handle_sent(0, start + Duration::from_millis(2));
        assert_eq!(repairs.rate(), 0);
    }
}
