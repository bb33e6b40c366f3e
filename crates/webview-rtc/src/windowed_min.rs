//! Windowed minimum: the minimum over the last one to two windows.
//!
//! Invariant: pure and of constant size. Values older than two windows do not count.

use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
pub(crate) struct WindowedMin<T> {
    window: Duration,
    window_start: Instant,
    current: T,
    previous: T,
}

impl<T: Copy + PartialOrd> WindowedMin<T> {
    pub(crate) const fn new(window: Duration, value: T, at: Instant) -> Self {
        Self {
            window,
            window_start: at,
            current: value,
            previous: value,
        }
    }

    pub(crate) fn get(&self) -> T {
        lesser(self.current, self.previous)
    }

    pub(crate) fn update(&mut self, value: T, at: Instant) {
        if at.saturating_duration_since(self.window_start) >= self.window {
            self.window_start = at;
            self.previous = std::mem::replace(&mut self.current, value);
        }
        self.current = lesser(self.current, value);
    }
}

fn lesser<T: PartialOrd>(one: T, other: T) -> T {
    if other < one { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimum_is_forgotten_after_two_windows() {
        let start = Instant::now();
        let second = |second: u64| start + Duration::from_secs(second);
        let mut minimum = WindowedMin::new(Duration::from_secs(4), 7, start);
        minimum.update(3, second(1));
        assert_eq!(minimum.get(), 3);
        minimum.update(5, second(4));
        assert_eq!(minimum.get(), 3);
        minimum.update(6, second(7));
        assert_eq!(minimum.get(), 3);
        minimum.update(8, second(8));
        assert_eq!(minimum.get(), 5);
        minimum.update(9, second(12));
        assert_eq!(minimum.get(), 8);
    }
}
