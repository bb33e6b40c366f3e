//! Answers to requests, in the order of the requests.
//!
//! Invariant: every request is answered once, also when the connection it asked has died.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::sync::oneshot;

use super::refusal::Refusal;
use crate::{
    connection::ConnectionError,
    wire::{
        event::{AudioOutput, Reply},
        id::{ConnectionId, RequestId},
        statistics::Statistics,
    },
};

#[derive(Debug, Default)]
pub(super) struct Replies {
    waiting: VecDeque<(RequestId, Answer)>,
}

/// Where a reply comes from.
#[derive(Debug)]
pub(super) enum Answer {
    Known(Reply),
    Commit {
        connection: ConnectionId,
        /// Which of the connection's agreements it is.
        number: u64,
        outcome: oneshot::Receiver<Result<(), ConnectionError>>,
    },
    Statistics {
        connection: ConnectionId,
        outcome: oneshot::Receiver<Statistics>,
    },
    AudioOutputs(oneshot::Receiver<Vec<AudioOutput>>),
}

/// A request answered, not yet in the page's words.
#[derive(Debug)]
pub(crate) enum Answered {
    Known(Reply),
    Commit {
        connection: ConnectionId,
        number: u64,
        outcome: Result<(), Refusal>,
    },
    Statistics {
        connection: ConnectionId,
        outcome: Result<Statistics, Refusal>,
    },
}

impl Replies {
    pub(super) fn push(&mut self, id: RequestId, answer: Answer) {
        self.waiting.push_back((id, answer));
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The oldest request's answer; pending while there is none.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<(RequestId, Answered)> {
        let Some((_, answer)) = self.waiting.front_mut() else {
            return Poll::Pending;
        };
        let answered = match answer {
            Answer::Known(reply) => Answered::Known(std::mem::replace(reply, Reply::Done)),
            Answer::Commit {
                connection,
                number,
                outcome,
            } => Answered::Commit {
                connection: *connection,
                number: *number,
                outcome: match ready!(Pin::new(outcome).poll(context)) {
                    Ok(outcome) => outcome.map_err(Refusal::from),
                    Err(_) => Err(Refusal::Gone(*connection)),
                },
            },
            Answer::Statistics {
                connection,
                outcome,
            } => Answered::Statistics {
                connection: *connection,
                outcome: ready!(Pin::new(outcome).poll(context))
                    .map_err(|_| Refusal::Gone(*connection)),
            },
            Answer::AudioOutputs(outputs) => {
                // Without a sound server there are none.
                let outputs = ready!(Pin::new(outputs).poll(context)).unwrap_or_default();
                Answered::Known(Reply::AudioOutputs { outputs })
            }
        };
        match self.waiting.pop_front() {
            Some((id, _)) => Poll::Ready((id, answered)),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn next(replies: &mut Replies) -> Poll<(RequestId, Answered)> {
        replies.poll_next(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_later_answer_waits_for_the_earlier() {
        let mut replies = Replies::default();
        let (commit, outcome) = oneshot::channel();
        let answer = Answer::Commit {
            connection: ConnectionId(1),
            number: 1,
            outcome,
        };
        replies.push(RequestId(1), answer);
        replies.push(RequestId(2), Answer::Known(Reply::Done));
        assert!(next(&mut replies).is_pending());
        commit.send(Ok(())).unwrap();
        let Poll::Ready((RequestId(1), Answered::Commit { outcome, .. })) = next(&mut replies)
        else {
            panic!("no answer to the commit");
        };
        assert_eq!(outcome, Ok(()));
        assert!(matches!(
            next(&mut replies),
            Poll::Ready((RequestId(2), Answered::Known(Reply::Done)))
        ));
        assert!(next(&mut replies).is_pending());
    }

    #[test]
    fn a_connection_that_dies_has_answered() {
        let mut replies = Replies::default();
        let (statistics, outcome) = oneshot::channel();
        let answer = Answer::Statistics {
            connection: ConnectionId(7),
            outcome,
        };
        replies.push(RequestId(3), answer);
        assert!(next(&mut replies).is_pending());
        drop(statistics);
        let Poll::Ready((_, Answered::Statistics { outcome, .. })) = next(&mut replies) else {
            panic!("no answer");
        };
        assert_eq!(outcome, Err(Refusal::Gone(ConnectionId(7))));
    }
}
