//! Who pulls: how many pieces at once, and whether it still does.
//!
//! Invariant: what a player takes at once must wait for it, so it is part of the delay.

use std::time::{Duration, Instant};

use super::super::FRAME_10MS;

/// A player that has not pulled for this long begins anew.
const PAUSE: Duration = Duration::from_millis(300);
/// Pulls this close together are one batch.
const TOGETHER: Duration = Duration::from_millis(3);
const MOST: u64 = 20;
/// How much one batch weighs, for each piece in it; the largest weighs less than one.
const WEIGHT: f64 = 1.0 / 64.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pull {
    Steady,
    AfterPause,
}

#[derive(Debug)]
struct Times {
    last: Instant,
    batch_begin: Instant,
}

#[derive(Debug)]
pub(super) struct PlayoutClock {
    times: Option<Times>,
    batch: u64,
    /// How large the batch is that a piece comes in, smoothed. Not the largest: a player that was
    /// held up takes more once, of what was ready for it meanwhile.
    usual: f64,
}

impl Default for PlayoutClock {
    fn default() -> Self {
        Self {
            times: None,
            batch: 0,
            usual: 1.0,
        }
    }
}

impl PlayoutClock {
    pub(super) fn handle_pull(&mut self, now: Instant) -> Pull {
        let Some(times) = &mut self.times else {
            self.batch = 1;
            self.times = Some(Times {
                last: now,
                batch_begin: now,
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
            let batch = self.batch as f64;
            self.usual += (batch - self.usual) * batch * WEIGHT;
            self.batch = 1;
        }
        if pause {
            Pull::AfterPause
        } else {
            Pull::Steady
        }
    }

    /// The delay it needs by itself, in samples: half a batch, as packets come at any moment of
    /// it, and half a piece.
    pub(super) fn slack(&self) -> u64 {
        ((self.usual + 1.0) * FRAME_10MS as f64 / 2.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many pieces a batch, for so many ms.
    fn play(player: &mut PlayoutClock, start: Instant, batch: u64, from: u64, until: u64) {
        for index in 0..(until - from) / 10 {
            let at = from + index / batch * batch * 10;
            player.handle_pull(start + Duration::from_millis(at));
        }
    }

    /// In milliseconds.
    fn check(player: &PlayoutClock, expect: u64) {
        assert_eq!((player.slack() + 24) / 48, expect);
    }

    #[test]
    fn a_player_that_takes_much_at_once_needs_more_delay() {
        let start = Instant::now();
        let mut player = PlayoutClock::default();
        play(&mut player, start, 1, 0, 1000);
        check(&player, 10);
        play(&mut player, start, 4, 1000, 5000);
        check(&player, 25);
        play(&mut player, start, 1, 5000, 10_000);
        check(&player, 10);
    }

    #[test]
    fn a_player_that_was_held_up_once_needs_little_more() {
        let start = Instant::now();
        let mut player = PlayoutClock::default();
        play(&mut player, start, 2, 0, 4000);
        check(&player, 15);
        play(&mut player, start, 12, 4000, 4120);
        play(&mut player, start, 2, 4120, 4140);
        assert!(player.slack() < 25 * 48, "{}", player.slack());
        play(&mut player, start, 2, 4140, 8000);
        check(&player, 15);
    }

    #[test]
    fn a_pause_is_told_once() {
        let start = Instant::now();
        let mut player = PlayoutClock::default();
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(player.handle_pull(at(0)), Pull::Steady);
        assert_eq!(player.handle_pull(at(290)), Pull::Steady);
        assert_eq!(player.handle_pull(at(3000)), Pull::AfterPause);
        assert_eq!(player.handle_pull(at(3010)), Pull::Steady);
    }
}
