//! How many frames one socket may send.
//!
//! Invariant: what is refused has the same allowance once more; only who exceeds that too is put
//! out.

use std::time::{Duration, Instant};

use super::bucket::{Allowance, Bucket};

#[derive(Debug)]
pub(crate) struct MessageRate {
    allowance: Option<Allowance>,
    passed: Bucket,
    refused: Bucket,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// Not carried out; may be sent again after this long.
    Refuse(Duration),
    /// It kept on: the socket is to be closed.
    PutOut,
}

impl MessageRate {
    /// `rate` a second on average, `burst` at once; a rate of 0 is no limit.
    pub(crate) fn new(rate: u32, burst: u32) -> Self {
        Self {
            allowance: Allowance::new(rate, Duration::from_secs(1), burst),
            passed: Bucket::default(),
            refused: Bucket::default(),
        }
    }

    pub(crate) fn handle_frame(&mut self, now: Instant) -> Verdict {
        let Some(allowance) = self.allowance else {
            return Verdict::Pass;
        };
        let Err(wait) = self.passed.take(allowance, now) else {
            return Verdict::Pass;
        };
        match self.refused.take(allowance, now) {
            Ok(()) => Verdict::Refuse(wait),
            Err(_) => Verdict::PutOut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames at this many a second for ten seconds: how many passed, how many were refused, and
    /// whether it was put out.
    fn check(frames_per_second: u32, expect: (u32, u32, bool)) {
        let start = Instant::now();
        let mut rate = MessageRate::new(50, 200);
        let (mut passed, mut refused) = (0, 0);
        for index in 0..frames_per_second * 10 {
            match rate.handle_frame(start + Duration::from_secs(1) * index / frames_per_second) {
                Verdict::Pass => passed += 1,
                Verdict::Refuse(_) => refused += 1,
                Verdict::PutOut => {
                    assert_eq!((passed, refused, true), expect);
                    return;
                }
            }
        }
        assert_eq!((passed, refused, false), expect);
    }

    #[test]
    fn only_who_keeps_on_is_put_out() {
        check(50, (500, 0, false));
        check(80, (699, 101, false));
        check(100_000, (200, 200, true));
    }

    #[test]
    fn a_rate_of_zero_lets_everything_pass() {
        let now = Instant::now();
        let mut rate = MessageRate::new(0, 1);
        for _ in 0..1000 {
            assert_eq!(rate.handle_frame(now), Verdict::Pass);
        }
    }
}
