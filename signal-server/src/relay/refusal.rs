//! Answers to joins that the relay refuses before it looks at a room.
//!
//! Invariant: each says what to do and when to retry.

use std::time::Duration;

use signal_protocol::{ErrorCode, ErrorMessage};

use super::millis_rounded_up;
use crate::metrics::{Limit, Metrics};

/// Wait before the next attempt during a partition.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// The exceeded rate limit, with the remaining wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RateLimit {
    Joins(Duration),
    Passcodes(Duration),
}

impl RateLimit {
    /// The answer. Counts it.
    pub(super) fn refuse(self, metrics: &Metrics) -> ErrorMessage {
        match self {
            Self::Joins(wait) => {
                metrics.limited.count(Limit::Joins);
                rate_limited(
                    wait,
                    "Too many joins came from your network. Wait a little and try again.",
                )
            }
            Self::Passcodes(wait) => {
                metrics.limited.count(Limit::Passcodes);
                rate_limited(
                    wait,
                    "Too many wrong passcodes came from your network. Wait a little and try again.",
                )
            }
        }
    }
}

fn rate_limited(wait: Duration, sentence: &str) -> ErrorMessage {
    join_later(ErrorCode::RateLimited, wait, sentence)
}

/// The answer without a Redis connection.
pub(super) fn partitioned() -> ErrorMessage {
    join_later(
        ErrorCode::ServerFull,
        RETRY_DELAY,
        "This relay has lost its connection to the other nodes, so joins have to wait. Try again in \
         a few seconds.",
    )
}

fn join_later(code: ErrorCode, wait: Duration, sentence: &str) -> ErrorMessage {
    let mut error = ErrorMessage::new(code, sentence).about("room:join");
    error.retry_after_ms = Some(millis_rounded_up(wait));
    error
}

pub(super) fn shutting_down() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::ShuttingDown,
        "The relay is about to stop. Try again in a moment.",
    )
    .about("room:join")
}
