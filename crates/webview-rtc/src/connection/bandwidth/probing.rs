//! Decides when str0m probes for more bandwidth than the estimate.
//!
//! str0m sends probe packets, much faster than the path may be, while more is desired than
//! estimated. On a path that was just full a probe finds nothing and fills the queue for 0.1 s, which
//! delays audio: so probing pauses. Where an estimate stays far below the path, str0m probes only
//! every 15 s: so a new probe is provoked.
//!
//! Invariant: pure. After probes that found nothing the pause doubles, up to a limit.

use std::time::{Duration, Instant};

/// Pause after a full queue. It doubles each time that the next probe finds nothing.
const MIN_PAUSE: Duration = Duration::from_secs(10);
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// An estimate that moves by less than this share is flat.
const FLAT_SHARE: f64 = 0.03;
/// How long the estimate is flat before a probe is provoked.
const FLAT_INTERVAL: Duration = Duration::from_secs(4);
/// A probe is worth it where the desired bitrate is at least this many times the estimate.
const MIN_DESIRED_RATIO: f64 = 1.2;

/// The desired bitrate that str0m is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ProbeTarget {
    /// What media wants: str0m probes while that is more than the estimate.
    #[default]
    Desired,
    /// No more than the estimate: str0m probes at once when more is desired again.
    Estimate,
    /// Nothing: no probes.
    None,
}

#[derive(Debug)]
pub(super) struct Probing {
    full_at: Option<Instant>,
    pause: Duration,
    /// Since when the estimate is flat, and its value then.
    flat: Option<(Instant, f64)>,
}

impl Default for Probing {
    fn default() -> Self {
        Self {
            full_at: None,
            pause: MIN_PAUSE,
            flat: None,
        }
    }
}

impl Probing {
    /// `estimate` and `desired` in bits per second; `full_at`: when the path was last full.
    pub(super) fn handle_observed(
        &mut self,
        estimate: u64,
        desired: u64,
        full_at: Option<Instant>,
        now: Instant,
    ) -> ProbeTarget {
        self.learn_pause(full_at, now);
        if self.is_paused(now) {
            self.flat = None;
            return ProbeTarget::None;
        }
        let (estimate, desired) = (estimate as f64, desired as f64);
        let (since, at) = *self.flat.get_or_insert((now, estimate));
        let moved = (estimate - at).abs() > at * FLAT_SHARE;
        if moved || desired < estimate * MIN_DESIRED_RATIO {
            self.flat = Some((now, estimate));
        } else if now.saturating_duration_since(since) >= FLAT_INTERVAL {
            self.flat = Some((now, estimate));
            return ProbeTarget::Estimate;
        }
        ProbeTarget::Desired
    }

    fn learn_pause(&mut self, full_at: Option<Instant>, now: Instant) {
        let Some(at) = full_at.filter(|_| full_at != self.full_at) else {
            return;
        };
        if !self.is_paused(now) {
            let is_repeated = self
                .full_at
                .is_some_and(|before| at.saturating_duration_since(before) < 2 * MAX_PAUSE);
            self.pause = if is_repeated {
                (2 * self.pause).min(MAX_PAUSE)
            } else {
                MIN_PAUSE
            };
        }
        self.full_at = Some(at);
    }

    fn is_paused(&self, now: Instant) -> bool {
        self.full_at
            .is_some_and(|at| now.saturating_duration_since(at) < self.pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Estimates in kbit/s, one per second, and when the path was full; expects when a probe is provoked.
    fn check(estimates: &[u64], desired: u64, full_at: &[u64], expect: &[usize]) {
        let start = Instant::now();
        let second = |second: u64| start + Duration::from_secs(second);
        let mut probing = Probing::default();
        let mut got = Vec::new();
        let mut before = ProbeTarget::Desired;
        for (index, estimate) in (0..).zip(estimates) {
            let full_at = full_at.iter().filter(|at| **at <= index).max();
            let target = probing.handle_observed(
                estimate * 1000,
                desired * 1000,
                full_at.map(|at| second(*at)),
                second(index),
            );
            if before != ProbeTarget::Desired && target == ProbeTarget::Desired {
                got.push(index as usize);
            }
            before = target;
        }
        assert_eq!(got, expect);
    }

    #[test]
    fn flat_estimate_provokes_a_probe() {
        check(&[500; 11], 1_700, &[], &[5, 9]);
        check(&[500, 505, 495, 500, 500, 500, 500], 1_700, &[], &[5]);
    }

    #[test]
    fn moving_or_sufficient_estimate_provokes_nothing() {
        check(&[500, 550, 600, 650, 700, 750], 1_700, &[], &[]);
        check(&[500, 450, 400, 350, 300, 250], 1_700, &[], &[]);
        check(&[500; 20], 550, &[], &[]);
    }

    #[test]
    fn pause_doubles_after_probes_that_find_nothing() {
        check(&[500; 14], 1_700, &[0], &[10]);
        check(&[500; 14], 1_700, &[0, 3], &[13]);
        check(&[500; 120], 550, &[0, 11, 32, 73], &[10, 31, 72]);
        let probes: Vec<usize> = vec![10, 31, 210];
        check(&[500; 220], 550, &[0, 11, 200], &probes);
    }
}
