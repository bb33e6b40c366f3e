//! What was sent in the last second, and how fast.
//!
//! Invariant: pure. A rate is the mean of its whole span, also while less is known: what was sent at
//! once is not taken for more.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::Sent;

/// The longest span.
pub(super) const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct SendRate {
    /// When so much had been sent.
    known: VecDeque<(Instant, Sent)>,
}

impl SendRate {
    pub(super) fn handle_sent(&mut self, sent: Sent, now: Instant) {
        while self
            .known
            .get(1)
            .is_some_and(|(at, _)| now.saturating_duration_since(*at) >= SECOND)
        {
            self.known.pop_front();
        }
        self.known.push_back((now, sent));
    }

    /// Of those bytes, in bits a second.
    pub(super) fn rate(&self, span: Duration, bytes: impl Fn(Sent) -> u64) -> f64 {
        let Some((end, after)) = self.known.back() else {
            return 0.0;
        };
        let age = |at: &Instant| end.saturating_duration_since(*at);
        let spanned = self.known.iter().rev().find(|(at, _)| age(at) >= span);
        let Some((begin, before)) = spanned.or(self.known.front()) else {
            return 0.0;
        };
        // An agreement without the stream it was sent on makes it less.
        let sent = bytes(*after).saturating_sub(bytes(*before));
        sent as f64 * 8.0 / age(begin).max(span).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    const fn sent(bytes: u64) -> Sent {
        Sent {
            all: bytes,
            again: 0,
        }
    }

    fn rate(send_rate: &SendRate, span: u64) -> f64 {
        send_rate.rate(millis(span), |sent| sent.all)
    }

    #[test]
    fn it_is_the_mean_of_the_span() {
        let start = Instant::now();
        let mut send_rate = SendRate::default();
        assert_eq!(rate(&send_rate, 1000), 0.0);
        for step in 0..10_u64 {
            send_rate.handle_sent(sent(step * 1_000), start + millis(200 * step));
        }
        assert_eq!(rate(&send_rate, 1000), 40_000.0);
        for step in 10..13_u64 {
            send_rate.handle_sent(sent(9_000), start + millis(200 * step));
        }
        assert_eq!(rate(&send_rate, 1000), 16_000.0);
        assert_eq!(rate(&send_rate, 400), 0.0);
    }

    #[test]
    fn what_was_sent_at_once_is_not_taken_for_more() {
        let start = Instant::now();
        let mut send_rate = SendRate::default();
        send_rate.handle_sent(sent(0), start);
        send_rate.handle_sent(sent(5_000), start + millis(1));
        assert_eq!(rate(&send_rate, 1000), 40_000.0);
        send_rate.handle_sent(sent(0), start + millis(2));
        assert_eq!(rate(&send_rate, 1000), 0.0);
    }
}
