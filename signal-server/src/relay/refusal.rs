//! What a join is answered that the relay refuses before a room is looked at.
//!
//! Invariant: each says what to do, and when it will do any good.

use std::time::Duration;

use signal_protocol::{ErrorCode, ErrorMessage};

use super::millis_rounded_up;
use crate::metrics::{Limit, Metrics};

/// After how long a client may try again to reach a room on several nodes.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Too much came from the address of a join, and for how long it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Joins(Duration),
    Passcodes(Duration),
}

impl Held {
    /// The answer, counted.
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

/// Redis is away.
pub(super) fn apart() -> ErrorMessage {
    join_later(
        ErrorCode::ServerFull,
        TRY_AGAIN,
        "This relay has lost touch with its other nodes, so nobody new can come into a room for \
         the moment. Try again in a few seconds.",
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
