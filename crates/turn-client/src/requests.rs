//! STUN requests under way: sent again until answered (RFC 8489, 6.2.1), given up in time.
//!
//! Invariant: an answer counts once, and only from where its request went.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use stun_proto::{
    Instant as StunInstant,
    agent::{StunAgent, StunAgentPollRet},
    types::{
        TransportType,
        message::{Message, TransactionId},
    },
};

/// RFC 8489 has seven transmissions and 39.5 s; nobody waits that long for a call. Five
/// transmissions after 0, 0.5, 1.5, 3.5 and 7.5 s, and then a last wait.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const TRANSMISSIONS: u32 = 5;
const LAST_WAIT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Requests<T> {
    agent: StunAgent,
    /// What the agent calls 0.
    epoch: Instant,
    waiting: HashMap<TransactionId, T>,
    unanswered: VecDeque<T>,
}

impl<T> Requests<T> {
    pub(super) fn new(transport: TransportType, local: SocketAddr, epoch: Instant) -> Self {
        let agent = StunAgent::builder(transport, local)
            .request_retransmits(FIRST_WAIT, Duration::MAX, TRANSMISSIONS, LAST_WAIT)
            .build();
        Self {
            agent,
            epoch,
            waiting: HashMap::new(),
            unanswered: VecDeque::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The first transmission is the caller's; the next ones come by `poll_transmit`. None where
    /// `message` is no request.
    pub(super) fn send(
        &mut self,
        message: &[u8],
        to: SocketAddr,
        purpose: T,
        now: Instant,
    ) -> Option<Vec<u8>> {
        let transaction = Message::from_bytes(message).ok()?.transaction_id();
        let now = self.stun_time(now);
        let transmit = self.agent.send_request(message, to, now).ok()?;
        let bytes = transmit.data.to_vec();
        self.waiting.insert(transaction, purpose);
        Some(bytes)
    }

    /// Whether this answers one of ours. It stays under way until [`Requests::settle`].
    pub(super) fn waits_for(&self, message: &Message<'_>, from: SocketAddr) -> Option<&T> {
        if !message.is_response() {
            return None;
        }
        let request = self.agent.request_transaction(message.transaction_id())?;
        if request.peer_address() != from {
            return None;
        }
        self.waiting.get(&message.transaction_id())
    }

    pub(super) fn settle(
        &mut self,
        message: &Message<'_>,
        from: SocketAddr,
        now: Instant,
    ) -> Option<T> {
        let now = self.stun_time(now);
        if !self.agent.handle_stun_message_with_time(message, from, now) {
            return None;
        }
        self.waiting.remove(&message.transaction_id())
    }

    /// What goes there cannot be sent: it counts as unanswered.
    pub(super) fn give_up(&mut self, to: SocketAddr) {
        for transaction in self.waiting.keys() {
            if let Some(mut request) = self.agent.mut_request_transaction(*transaction)
                && request.peer_address() == to
            {
                request.cancel();
            }
        }
    }

    pub(super) fn poll_transmit(&mut self, now: Instant) -> Option<(SocketAddr, Vec<u8>)> {
        let now = self.stun_time(now);
        let transmit = self.agent.poll_transmit(now)?;
        Some((transmit.to, transmit.data.to_vec()))
    }

    /// What was not answered in time.
    pub(super) fn poll_unanswered(&mut self, now: Instant) -> Option<T> {
        self.step(now);
        self.unanswered.pop_front()
    }

    /// When `poll_transmit` or `poll_unanswered` has something, at the latest.
    pub(super) fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        let until = self.step(now);
        if !self.unanswered.is_empty() {
            return Some(now);
        }
        if self.waiting.is_empty() {
            return None;
        }
        Some(now + until.saturating_duration_since(self.stun_time(now)))
    }

    /// Takes from the agent what it gave up; when it wants to be asked again.
    fn step(&mut self, now: Instant) -> StunInstant {
        let now = self.stun_time(now);
        loop {
            match self.agent.poll(now) {
                StunAgentPollRet::TransactionTimedOut(transaction)
                | StunAgentPollRet::TransactionCancelled(transaction) => {
                    self.unanswered.extend(self.waiting.remove(&transaction));
                }
                StunAgentPollRet::WaitUntil(until) => return until,
            }
        }
    }

    fn stun_time(&self, now: Instant) -> StunInstant {
        let since = now.saturating_duration_since(self.epoch).as_nanos();
        StunInstant::from_nanos(i64::try_from(since).unwrap_or(i64::MAX))
    }
}
