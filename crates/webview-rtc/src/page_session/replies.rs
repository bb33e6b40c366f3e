//! Pending replies, in the order of the requests.
//!
//! Invariant: each request gets one reply, also when its connection has ended.

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
    pending: VecDeque<(RequestId, PendingReply)>,
}

/// A reply that may still wait for its connection.
#[derive(Debug)]
pub(super) enum PendingReply {
    Known(Reply),
    Commit {
        connection: ConnectionId,
        /// Number of the commit, counted per connection.
        number: u64,
        outcome: oneshot::Receiver<Result<(), ConnectionError>>,
    },
    Statistics {
        connection: ConnectionId,
        outcome: oneshot::Receiver<Statistics>,
    },
    AudioOutputs(oneshot::Receiver<Vec<AudioOutput>>),
}

/// A complete reply, before it has its wire format.
#[derive(Debug)]
pub(crate) enum ReadyReply {
    Known(Reply),
    Commit {
        connection: ConnectionId,
        number: u64,
        outcome: Result<(), Refusal>,
    },
    Statistics {
        connection: ConnectionId,
        outcome: Result<Box<Statistics>, Refusal>,
    },
}

impl Replies {
    pub(super) fn push(&mut self, id: RequestId, reply: PendingReply) {
        self.pending.push_back((id, reply));
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    /// The reply to the oldest request.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<(RequestId, ReadyReply)> {
        let Some((_, reply)) = self.pending.front_mut() else {
            return Poll::Pending;
        };
        let ready = match reply {
            PendingReply::Known(reply) => ReadyReply::Known(std::mem::replace(reply, Reply::Done)),
            PendingReply::Commit {
                connection,
                number,
                outcome,
            } => ReadyReply::Commit {
                connection: *connection,
                number: *number,
                outcome: match ready!(Pin::new(outcome).poll(context)) {
                    Ok(outcome) => outcome.map_err(Refusal::from),
                    Err(_) => Err(Refusal::Gone(*connection)),
                },
            },
            PendingReply::Statistics {
                connection,
                outcome,
            } => ReadyReply::Statistics {
                connection: *connection,
                outcome: ready!(Pin::new(outcome).poll(context))
                    .map(Box::new)
                    .map_err(|_| Refusal::Gone(*connection)),
            },
            PendingReply::AudioOutputs(outputs) => {
                // Without a sound server there are no outputs.
                let outputs = ready!(Pin::new(outputs).poll(context)).unwrap_or_default();
                ReadyReply::Known(Reply::AudioOutputs { outputs })
            }
        };
        match self.pending.pop_front() {
            Some((id, _)) => Poll::Ready((id, ready)),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn next(replies: &mut Replies) -> Poll<(RequestId, ReadyReply)> {
        replies.poll_next(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn later_reply_waits_for_the_earlier() {
        let mut replies = Replies::default();
        let (commit, outcome) = oneshot::channel();
        let reply = PendingReply::Commit {
            connection: ConnectionId(1),
            number: 1,
            outcome,
        };
        replies.push(RequestId(1), reply);
        replies.push(RequestId(2), PendingReply::Known(Reply::Done));
        assert!(next(&mut replies).is_pending());
        commit.send(Ok(())).unwrap();
        let Poll::Ready((RequestId(1), ReadyReply::Commit { outcome, .. })) = next(&mut replies)
        else {
            panic!("no reply to the commit");
        };
        assert_eq!(outcome, Ok(()));
        assert!(matches!(
            next(&mut replies),
            Poll::Ready((RequestId(2), ReadyReply::Known(Reply::Done)))
        ));
        assert!(next(&mut replies).is_pending());
    }

    #[test]
    fn ended_connection_fails_its_pending_reply() {
        let mut replies = Replies::default();
        let (statistics, outcome) = oneshot::channel();
        let reply = PendingReply::Statistics {
            connection: ConnectionId(7),
            outcome,
        };
        replies.push(RequestId(3), reply);
        assert!(next(&mut replies).is_pending());
        drop(statistics);
        let Poll::Ready((_, ReadyReply::Statistics { outcome, .. })) = next(&mut replies) else {
            panic!("no reply");
        };
        assert_eq!(outcome, Err(Refusal::Gone(ConnectionId(7))));
    }
}
