//! Messages to other members, queued while the connection is lost.
//!
//! Invariant: at most [`MAX_MESSAGES`] messages in send order. A full outbox drops the oldest: a
//! newer offer or candidate replaces it.

use std::collections::VecDeque;

use signal_protocol::{ClientMessage, Directed, Participant};

const MAX_MESSAGES: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Directed>,
}

impl Outbox {
    pub(super) fn push(&mut self, message: Directed) {
        if self.messages.len() == MAX_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    pub(super) fn drain_all(&mut self) -> Vec<ClientMessage> {
        self.messages
            .drain(..)
            .map(ClientMessage::Directed)
            .collect()
    }

    /// After a fresh join: only messages whose receiver still has the same id.
    pub(super) fn drain_to(&mut self, participants: &[Participant]) -> Vec<ClientMessage> {
        self.messages
            .retain(|message| participants.iter().any(|other| other.id == message.to));
        self.drain_all()
    }
}

#[cfg(test)]
mod tests {
    use signal_protocol::{DirectedKind, Email, MemberId, Payload};

    use super::*;

    fn candidate(to: &str, text: usize) -> Directed {
        Directed {
            kind: DirectedKind::PeerCandidate,
            to: MemberId::new(to),
            payload: Payload::from_text(&text.to_string()),
        }
    }

    #[test]
    fn newest_64_messages_are_kept_in_order() {
        let mut outbox = Outbox::default();
        (0..70).for_each(|number| outbox.push(candidate("a", number)));
        let expected: Vec<_> = (6..70)
            .map(|number| ClientMessage::Directed(candidate("a", number)))
            .collect();
        assert_eq!(outbox.drain_all(), expected);
        assert_eq!(outbox.drain_all(), []);
    }

    #[test]
    fn fresh_join_sends_only_to_remaining_members() {
        let mut outbox = Outbox::default();
        outbox.push(candidate("gone", 1));
        outbox.push(candidate("here", 2));
        let here = Participant {
            id: MemberId::new("here"),
            email: Email::parse("ana@example.org").unwrap(),
            status: None,
        };
        assert_eq!(
            outbox.drain_to(&[here]),
            [ClientMessage::Directed(candidate("here", 2))]
        );
    }
}
