//! Pending STUN requests: retransmission and timeout (RFC 8489, 6.2.1).
//!
//! Invariant: a response counts once, and only from the address that the request went to.

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

/// RFC 8489, 6.2.1, has seven transmissions in 39.5 s, which is too long for a call. Here five
/// transmissions go out after 0, 0.5, 1.5, 3.5 and 7.5 s, and the last one times out after 2 s.
const INITIAL_RTO: Duration = Duration::from_millis(500);
const MAX_TRANSMISSIONS: u32 = 5;
const FINAL_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Requests<T> {
    agent: StunAgent,
    /// Time 0 of the agent.
    epoch: Instant,
    pending: HashMap<TransactionId, T>,
    timed_out: VecDeque<T>,
}

impl<T> Requests<T> {
    pub(super) fn new(transport: TransportType, local: SocketAddr, epoch: Instant) -> Self {
        let agent = StunAgent::builder(transport, local)
            .request_retransmits(INITIAL_RTO, Duration::MAX, MAX_TRANSMISSIONS, FINAL_TIMEOUT)
            .build();
        Self {
            agent,
            epoch,
            pending: HashMap::new(),
            timed_out: VecDeque::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Returns the bytes of the first transmission. `poll_transmit` yields the next ones. `None` if
    /// `message` is not a request.
    pub(super) fn send(
        &mut self,
        message: &[u8],
        to: SocketAddr,
        kind: T,
        now: Instant,
    ) -> Option<Vec<u8>> {
        let transaction = Message::from_bytes(message).ok()?.transaction_id();
        let now = self.stun_time(now);
        let transmit = self.agent.send_request(message, to, now).ok()?;
        let bytes = transmit.data.to_vec();
        self.pending.insert(transaction, kind);
        Some(bytes)
    }

    /// The pending request that this message responds to. It stays pending until
    /// [`Requests::complete`].
    pub(super) fn pending(&self, message: &Message<'_>, from: SocketAddr) -> Option<&T> {
        if !message.is_response() {
            return None;
        }
        let request = self.agent.request_transaction(message.transaction_id())?;
        if request.peer_address() != from {
            return None;
        }
        self.pending.get(&message.transaction_id())
    }

    pub(super) fn complete(
        &mut self,
        message: &Message<'_>,
        from: SocketAddr,
        now: Instant,
    ) -> Option<T> {
        let now = self.stun_time(now);
        if !self.agent.handle_stun_message_with_time(message, from, now) {
            return None;
        }
        self.pending.remove(&message.transaction_id())
    }

    /// Cancels the requests to this address. They count as timed out.
    pub(super) fn cancel(&mut self, to: SocketAddr) {
        for transaction in self.pending.keys() {
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

    /// Yields a request that timed out.
    pub(super) fn poll_timed_out(&mut self, now: Instant) -> Option<T> {
        self.step(now);
        self.timed_out.pop_front()
    }

    /// The latest time to call `poll_transmit` and `poll_timed_out`.
    pub(super) fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        let until = self.step(now);
        if !self.timed_out.is_empty() {
            return Some(now);
        }
        if self.pending.is_empty() {
            return None;
        }
        Some(now + until.saturating_duration_since(self.stun_time(now)))
    }

    /// Takes timed out requests from the agent. Returns when to poll the agent again.
    fn step(&mut self, now: Instant) -> StunInstant {
        let now = self.stun_time(now);
        loop {
            match self.agent.poll(now) {
                StunAgentPollRet::TransactionTimedOut(transaction)
                | StunAgentPollRet::TransactionCancelled(transaction) => {
                    self.timed_out.extend(self.pending.remove(&transaction));
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
