//! Limits frames and bytes of one socket.
//!
//! Invariant: refused frames have the same allowance again. A socket that exceeds both is
//! disconnected.

use std::time::{Duration, Instant};

use gcra_limit::{Bucket, Rate};

/// Average rate per second and burst of one socket.
#[derive(Debug, Clone, Copy)]
pub struct RateLimits {
    /// `None` is no limit.
    messages: Option<Rate>,
    /// `None` is no limit.
    bytes: Option<Rate>,
}

#[derive(Debug)]
pub struct MessageRate<'a> {
    /// Borrowed: each socket has one of these.
    limits: &'a RateLimits,
    passed: Spent,
    refused: Spent,
}

#[derive(Debug, Default)]
struct Spent {
    messages: Bucket,
    bytes: Bucket,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// Not handled. The client may send it again after this time.
    Refuse(Duration),
    /// The socket exceeded the second allowance: close it.
    Disconnect,
}

impl RateLimits {
    /// A message rate of 0 is no limit at all; a byte rate of 0 is no limit on bytes.
    pub fn new(messages: (u32, u32), bytes: (u32, u32)) -> Self {
        let rate = |(count, burst): (u32, u32)| Rate::new(count, Duration::from_secs(1), burst);
        let messages = rate(messages);
        Self {
            messages,
            bytes: messages.and_then(|_| rate(bytes)),
        }
    }
}

impl<'a> MessageRate<'a> {
    pub fn new(limits: &'a RateLimits) -> Self {
        Self {
            limits,
            passed: Spent::default(),
            refused: Spent::default(),
        }
    }

    /// Handles a frame with this many bytes of payload.
    pub fn handle_frame(&mut self, bytes: usize, now: Instant) -> Verdict {
        let Err(wait) = self.passed.take(self.limits, bytes, now) else {
            return Verdict::Pass;
        };
        match self.refused.take(self.limits, bytes, now) {
            Ok(()) => Verdict::Refuse(wait),
            Err(_) => Verdict::Disconnect,
        }
    }
}

impl Spent {
    fn take(&mut self, limits: &RateLimits, bytes: usize, now: Instant) -> Result<(), Duration> {
        if let Some(messages) = limits.messages {
            self.messages.check(messages, now)?;
        }
        if let Some(rate) = limits.bytes {
            let count = u64::try_from(bytes).unwrap_or(u64::MAX);
            self.bytes.take_many(rate, count, now)?;
        }
        match limits.messages {
            Some(messages) => self.messages.take(messages, now),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames at this many a second for ten seconds: how many passed, how many were refused, and
    /// whether it was disconnected.
    fn check(frames_per_second: u32, expect: (u32, u32, bool)) {
        let start = Instant::now();
        let limits = RateLimits::new((50, 200), (0, 0));
        let mut rate = MessageRate::new(&limits);
        let (mut passed, mut refused) = (0, 0);
        for index in 0..frames_per_second * 10 {
            match rate.handle_frame(
                9,
                start + Duration::from_secs(1) * index / frames_per_second,
            ) {
                Verdict::Pass => passed += 1,
                Verdict::Refuse(_) => refused += 1,
                Verdict::Disconnect => {
                    assert_eq!((passed, refused, true), expect);
                    return;
                }
            }
        }
        assert_eq!((passed, refused, false), expect);
    }

    #[test]
    fn only_continued_excess_disconnects() {
        check(50, (500, 0, false));
        check(80, (699, 101, false));
        check(100_000, (200, 200, true));
    }

    #[test]
    fn bytes_are_limited_as_well_as_messages() {
        let start = Instant::now();
        // Messages of this size, two hundred at once: what passes, what is refused, whether it is
        // disconnected.
        for (bytes, expect) in [
            (100, (200, 0, false)),
            (5_000, (200, 0, false)),
            (10_000, (104, 96, false)),
            (64 * 1024, (16, 16, true)),
        ] {
            let limits = RateLimits::new((50, 200), (256 * 1024, 1024 * 1024));
            let mut rate = MessageRate::new(&limits);
            let verdicts: Vec<Verdict> =
                (0..200).map(|_| rate.handle_frame(bytes, start)).collect();
            let count = |wanted: fn(&Verdict) -> bool| {
                let until = verdicts
                    .iter()
                    .take_while(|verdict| **verdict != Verdict::Disconnect);
                until.filter(|verdict| wanted(verdict)).count()
            };
            let passed = count(|verdict| *verdict == Verdict::Pass);
            let refused = count(|verdict| matches!(verdict, Verdict::Refuse(_)));
            let out = verdicts.contains(&Verdict::Disconnect);
            assert_eq!((passed, refused, out), expect, "{bytes} bytes each");
            let later = start + Duration::from_secs(4);
            assert_eq!(rate.handle_frame(64 * 1024, later), Verdict::Pass);
        }
    }

    #[test]
    fn a_rate_of_zero_lets_everything_pass() {
        let now = Instant::now();
        let limits = RateLimits::new((0, 1), (1, 1));
        let mut rate = MessageRate::new(&limits);
        for _ in 0..1000 {
            assert_eq!(rate.handle_frame(1_000_000, now), Verdict::Pass);
        }
    }
}
