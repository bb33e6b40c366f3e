//! Whether the path is tried for more than the estimate.
//!
//! The stack tries by packets of its own, much faster than the path may be, as long as more is wanted
//! than there is. Where the path has just been full that is in vain, and fills it for a tenth of a
//! second, in which sound comes late. And where an estimate has come to rest far below what the path
//! carries, the stack tries only every 15 s.
//!
//! Invariant: pure. What is tried in vain is tried less and less often, but never given up.

use std::time::{Duration, Instant};

/// After a queue nothing is tried for so long; twice as long each time that it was in vain.
const LEAST_REST: Duration = Duration::from_secs(10);
const MOST_REST: Duration = Duration::from_secs(60);
/// An estimate that has moved less than this has stayed.
const FLAT: f64 = 0.03;
const PATIENCE: Duration = Duration::from_secs(4);
/// Wanted must be so much more than there is.
const WORTH: f64 = 1.2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wish {
    #[default]
    All,
    /// The stack tries as soon as more is wanted again.
    NoMoreThanThereIs,
    Nothing,
}

#[derive(Debug)]
pub(super) struct Probing {
    full_at: Option<Instant>,
    rest: Duration,
    /// Since when the estimate is about this.
    flat: Option<(Instant, f64)>,
}

impl Default for Probing {
    fn default() -> Self {
        Self {
            full_at: None,
            rest: LEAST_REST,
            flat: None,
        }
    }
}

impl Probing {
    /// Estimate and what is wanted in bits a second; when a queue was last seen.
    pub(super) fn handle_observed(
        &mut self,
        estimate: u64,
        wanted: u64,
        full_at: Option<Instant>,
        now: Instant,
    ) -> Wish {
        self.learn_rest(full_at, now);
        if self.rests_at(now) {
            self.flat = None;
            return Wish::Nothing;
        }
        let (estimate, wanted) = (estimate as f64, wanted as f64);
        let (since, at) = *self.flat.get_or_insert((now, estimate));
        let moved = (estimate - at).abs() > at * FLAT;
        if moved || wanted < estimate * WORTH {
            self.flat = Some((now, estimate));
        } else if now.saturating_duration_since(since) >= PATIENCE {
            self.flat = Some((now, estimate));
            return Wish::NoMoreThanThereIs;
        }
        Wish::All
    }

    fn learn_rest(&mut self, full_at: Option<Instant>, now: Instant) {
        let Some(at) = full_at.filter(|_| full_at != self.full_at) else {
            return;
        };
        if !self.rests_at(now) {
            let soon = self
                .full_at
                .is_some_and(|before| at.saturating_duration_since(before) < 2 * MOST_REST);
            self.rest = if soon {
                (2 * self.rest).min(MOST_REST)
            } else {
                LEAST_REST
            };
        }
        self.full_at = Some(at);
    }

    fn rests_at(&self, now: Instant) -> bool {
        self.full_at
            .is_some_and(|at| now.saturating_duration_since(at) < self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Estimates in kbit/s, one a second, and when the path was full; expects when more is tried for.
    fn check(estimates: &[u64], wanted: u64, full_at: &[u64], expect: &[usize]) {
        let start = Instant::now();
        let second = |second: u64| start + Duration::from_secs(second);
        let mut probing = Probing::default();
        let mut got = Vec::new();
        let mut before = Wish::All;
        for (index, estimate) in (0..).zip(estimates) {
            let full_at = full_at.iter().filter(|at| **at <= index).max();
            let wish = probing.handle_observed(
                estimate * 1000,
                wanted * 1000,
                full_at.map(|at| second(*at)),
                second(index),
            );
            if before != Wish::All && wish == Wish::All {
                got.push(index as usize);
            }
            before = wish;
        }
        assert_eq!(got, expect);
    }

    #[test]
    fn more_is_tried_when_an_estimate_stays() {
        check(&[500; 11], 1_700, &[], &[5, 9]);
        check(&[500, 505, 495, 500, 500, 500, 500], 1_700, &[], &[5]);
    }

    #[test]
    fn who_grows_falls_or_has_enough_tries_nothing() {
        check(&[500, 550, 600, 650, 700, 750], 1_700, &[], &[]);
        check(&[500, 450, 400, 350, 300, 250], 1_700, &[], &[]);
        check(&[500; 20], 550, &[], &[]);
    }

    #[test]
    fn what_was_in_vain_is_tried_less_often() {
        check(&[500; 14], 1_700, &[0], &[10]);
        check(&[500; 14], 1_700, &[0, 3], &[13]);
        check(&[500; 120], 550, &[0, 11, 32, 73], &[10, 31, 72]);
        let rested: Vec<usize> = vec![10, 31, 210];
        check(&[500; 220], 550, &[0, 11, 200], &rested);
    }
}
