//! The least that was seen lately: in the last one to two windows.
//!
//! Invariant: pure, and as small as one value; what is older than two windows counts no more.

use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
pub(crate) struct WindowedMin<T> {
    window: Duration,
    begin: Instant,
    now: T,
    before: T,
}

impl<T: Copy + PartialOrd> WindowedMin<T> {
    pub(crate) const fn new(window: Duration, value: T, at: Instant) -> Self {
        Self {
            window,
            begin: at,
            now: value,
            before: value,
        }
    }

    pub(crate) fn get(&self) -> T {
        lesser(self.now, self.before)
    }

    pub(crate) fn see(&mut self, value: T, at: Instant) {
        if at.saturating_duration_since(self.begin) >= self.window {
            self.begin = at;
            self.before = std::mem::replace(&mut self.now, value);
        }
        self.now = lesser(self.now, value);
    }
}

fn lesser<T: PartialOrd>(one: T, other: T) -> T {
    if other < one { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_forgotten_after_two_windows() {
        let start = Instant::now();
        let second = |second: u64| start + Duration::from_secs(second);
        let mut least = WindowedMin::new(Duration::from_secs(4), 7, start);
        least.see(3, second(1));
        assert_eq!(least.get(), 3);
        least.see(5, second(4));
        assert_eq!(least.get(), 3);
        least.see(6, second(7));
        assert_eq!(least.get(), 3);
        least.see(8, second(8));
        assert_eq!(least.get(), 5);
        least.see(9, second(12));
        assert_eq!(least.get(), 8);
    }
}
