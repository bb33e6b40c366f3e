//! Send rate over the last second.
//!
//! Invariant: pure. A rate is the mean over its whole span, even while the history is shorter, so a
//! burst does not count as a higher rate.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::Sent;

/// How far the history goes back; the longest span of a rate.
pub(super) const RATE_WINDOW: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct SendRate {
    /// Total bytes sent, by time.
    history: VecDeque<(Instant, Sent)>,
}

impl SendRate {
    pub(super) fn handle_sent(&mut self, sent: Sent, now: Instant) {
        while self
            .history
            .get(1)
            .is_some_and(|(at, _)| now.saturating_duration_since(*at) >= RATE_WINDOW)
        {
            self.history.pop_front();
        }
        self.history.push_back((now, sent));
    }

    /// The rate of the bytes that `bytes` selects, in bits per second.
    pub(super) fn rate(&self, span: Duration, bytes: impl Fn(Sent) -> u64) -> f64 {
        let Some((end, after)) = self.history.back() else {
            return 0.0;
        };
        let age = |at: &Instant| end.saturating_duration_since(*at);
        let spanned = self.history.iter().rev().find(|(at, _)| age(at) >= span);
        let Some((begin, before)) = spanned.or(self.history.front()) else {
            return 0.0;
        };
        // The total falls when a negotiation removes a stream.
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
            total: bytes,
            retransmitted: 0,
        }
    }

    fn rate(send_rate: &SendRate, span: u64) -> f64 {
        send_rate.rate(millis(span), |sent| sent.total)
    }

    #[test]
    fn rate_is_the_mean_of_the_span() {
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
    fn burst_does_not_count_as_a_higher_rate() {
        let start = Instant::now();
        let mut send_rate = SendRate::default();
        send_rate.handle_sent(sent(0), start);
        send_rate.handle_sent(sent(5_000), start + millis(1));
        assert_eq!(rate(&send_rate, 1000), 40_000.0);
        send_rate.handle_sent(sent(0), start + millis(2));
        assert_eq!(rate(&send_rate, 1000), 0.0);
    }
}
