//! Who pulls: how many pieces at once, and whether it still does.
//!
//! Invariant: what a player takes at once must wait for it, so it is part of the delay.

use std::time::{Duration, Instant};

use super::super::PIECE;

/// A player that has not pulled for this long begins anew.
const PAUSE: Duration = Duration::from_millis(300);
/// Pulls this close together are one batch.
const TOGETHER: Duration = Duration::from_millis(3);
const MOST: u64 = 20;
/// The largest batch of the last one to two of these counts.
const MEMORY: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pull {
    Steady,
    AfterPause,
}

#[derive(Debug)]
struct Times {
    last: Instant,
    batch_begin: Instant,
    memory_begin: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Player {
    times: Option<Times>,
    batch: u64,
    largest: u64,
    largest_before: u64,
}

impl Player {
    pub(super) fn handle_pull(&mut self, now: Instant) -> Pull {
        let Some(times) = &mut self.times else {
            self.batch = 1;
            self.times = Some(Times {
                last: now,
                batch_begin: now,
                memory_begin: now,
            });
            return Pull::Steady;
        };
        let since = |then: Instant| now.saturating_duration_since(then);
        let pause = since(times.last) > PAUSE;
        times.last = now;
        if since(times.batch_begin) < TOGETHER {
            self.batch = (self.batch + 1).min(MOST);
        } else {
            times.batch_begin = now;
            self.batch = 1;
        }
        if since(times.memory_begin) > MEMORY {
            times.memory_begin = now;
            self.largest_before = std::mem::take(&mut self.largest);
        }
        self.largest = self.largest.max(self.batch);
        if pause {
            Pull::AfterPause
        } else {
            Pull::Steady
        }
    }

    /// The delay it needs by itself, in samples: half a batch, as packets come at any moment of
    /// it, and half a piece.
    pub(super) fn slack(&self) -> u64 {
        let batch = self.largest.max(self.largest_before).max(1);
        (batch + 1) * PIECE as u64 / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_that_takes_much_at_once_needs_more_delay() {
        let start = Instant::now();
        let mut player = Player::default();
        for index in 0..100 {
            player.handle_pull(start + Duration::from_millis(index * 10));
        }
        assert_eq!(player.slack(), 480);
        for index in 0..100 {
            player.handle_pull(start + Duration::from_millis(1000 + index / 4 * 40));
        }
        assert_eq!(player.slack(), 1200);
        for index in 0..1000 {
            player.handle_pull(start + Duration::from_millis(2000 + index * 10));
        }
        assert_eq!(player.slack(), 480);
    }

    #[test]
    fn a_pause_is_told_once() {
        let start = Instant::now();
        let mut player = Player::default();
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(player.handle_pull(at(0)), Pull::Steady);
        assert_eq!(player.handle_pull(at(290)), Pull::Steady);
        assert_eq!(player.handle_pull(at(3000)), Pull::AfterPause);
        assert_eq!(player.handle_pull(at(3010)), Pull::Steady);
    }
}
