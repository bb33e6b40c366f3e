//! Statistics of candidate pairs, read from the connectivity checks that pass
//! ([RFC 8445, 7](https://www.rfc-editor.org/rfc/rfc8445#section-7)). str0m reports only the
//! selected pair.
//!
//! Invariant: pure. Our first check adds a pair, so a peer cannot make the list grow.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::candidates::{self, Candidates, Side};
use crate::wire::statistics::{PairState, PairStatistics};

/// More than str0m checks at a time.
const MAX_PAIRS: usize = 128;
/// Unanswered requests kept per pair; str0m sends far fewer.
const MAX_OPEN_CHECKS: usize = 16;
/// A check is repeated at least every 3 s. After this time without one, the pair failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(in crate::connection) struct CandidatePairs {
    pairs: Vec<CandidatePair>,
    now: Option<Instant>,
}

#[derive(Debug)]
struct CandidatePair {
    /// The base address.
    local: SocketAddr,
    remote: SocketAddr,
    requested_at: Instant,
    open_checks: VecDeque<(Transaction, Instant)>,
    round_trip: Option<Duration>,
    /// Without candidates, state and round-trip times; `statistics` adds them.
    counters: PairStatistics,
    total_round_trip: Duration,
}

type Transaction = [u8; 12];

/// Kind of a STUN message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Request(Transaction),
    Success(Transaction),
    Other,
}

impl CandidatePairs {
    pub(in crate::connection) fn handle_sent(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) {
        self.now = Some(now);
        let check = read_check(bytes);
        let index = match (self.position(local, remote), check) {
            (Some(index), _) => index,
            (None, Some(Check::Request(_))) if self.pairs.len() < MAX_PAIRS => {
                self.pairs.push(CandidatePair::new(local, remote, now));
                self.pairs.len() - 1
            }
            (None, Some(_) | None) => return,
        };
        let pair = &mut self.pairs[index];
        match check {
            Some(Check::Request(transaction)) => {
                pair.counters.requests_sent += 1;
                pair.requested_at = now;
                // An answer may match any transmission of the request. The first gives the
                // upper bound of the round trip.
                if pair
                    .open_checks
                    .iter()
                    .any(|(open_checks, _)| *open_checks == transaction)
                {
                    return;
                }
                if pair.open_checks.len() >= MAX_OPEN_CHECKS {
                    pair.open_checks.pop_front();
                }
                pair.open_checks.push_back((transaction, now));
            }
            Some(Check::Success(_)) => pair.counters.responses_sent += 1,
            Some(Check::Other) => {}
            None => {
                pair.counters.packets_sent += 1;
                pair.counters.bytes_sent += bytes.len() as u64;
            }
        }
    }

    pub(in crate::connection) fn handle_received(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) {
        self.now = Some(now);
        let Some(index) = self.position(local, remote) else {
            return;
        };
        let pair = &mut self.pairs[index];
        match read_check(bytes) {
            Some(Check::Request(_)) => pair.counters.requests_received += 1,
            Some(Check::Success(transaction)) => pair.handle_answer(transaction, now),
            Some(Check::Other) => {}
            None => {
                pair.counters.packets_received += 1;
                pair.counters.bytes_received += bytes.len() as u64;
            }
        }
    }

    /// Drops all pairs, for an ICE restart.
    pub(in crate::connection) fn clear(&mut self) {
        self.pairs.clear();
    }

    /// Remote addresses, peer reflexive ones included.
    pub(in crate::connection) fn remotes(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.pairs.iter().map(|pair| pair.remote)
    }

    pub(in crate::connection) fn statistics(
        &self,
        candidates: &Candidates,
        selected: Option<(SocketAddr, SocketAddr)>,
    ) -> Vec<PairStatistics> {
        let statistics = self.pairs.iter().filter_map(|pair| {
            Some(PairStatistics {
                local_candidate: candidates.local_id(pair.local)?,
                remote_candidate: candidates::id(Side::Remote, pair.remote),
                state: pair.state(self.now),
                nominated: selected == Some((pair.local, pair.remote)),
                current_round_trip_time: pair.round_trip.map(|time| time.as_secs_f64()),
                total_round_trip_time: pair.total_round_trip.as_secs_f64(),
                ..pair.counters.clone()
            })
        });
        statistics.collect()
    }

    fn position(&self, local: SocketAddr, remote: SocketAddr) -> Option<usize> {
        self.pairs
            .iter()
            .position(|pair| pair.local == local && pair.remote == remote)
    }
}

impl CandidatePair {
    fn new(local: SocketAddr, remote: SocketAddr, now: Instant) -> Self {
        Self {
            local,
            remote,
            requested_at: now,
            open_checks: VecDeque::new(),
            round_trip: None,
            counters: PairStatistics::default(),
            total_round_trip: Duration::ZERO,
        }
    }

    fn handle_answer(&mut self, transaction: Transaction, now: Instant) {
        let Some(at) = self
            .open_checks
            .iter()
            .position(|(open_checks, _)| *open_checks == transaction)
        else {
            return;
        };
        let Some((_, requested_at)) = self.open_checks.remove(at) else {
            return;
        };
        let round_trip = now.saturating_duration_since(requested_at);
        self.round_trip = Some(round_trip);
        self.total_round_trip += round_trip;
        self.counters.responses_received += 1;
    }

    fn state(&self, now: Option<Instant>) -> PairState {
        if self.counters.responses_received > 0 {
            return PairState::Succeeded;
        }
        let silence = now.map_or(Duration::ZERO, |now| {
            now.saturating_duration_since(self.requested_at)
        });
        if silence > CHECK_TIMEOUT {
            PairState::Failed
        } else {
            PairState::InProgress
        }
    }
}

/// Parses a STUN header ([RFC 8489, 5](https://www.rfc-editor.org/rfc/rfc8489#section-5));
/// `None` for other packets.
fn read_check(bytes: &[u8]) -> Option<Check> {
    let header: &[u8; 20] = bytes.first_chunk()?;
    if header[0] > 3 || header[4..8] != [0x21, 0x12, 0xa4, 0x42] {
        return None;
    }
    let transaction = *header.last_chunk()?;
    match [header[0], header[1]] {
        [0x00, 0x01] => Some(Check::Request(transaction)),
        [0x01, 0x01] => Some(Check::Success(transaction)),
        _ => Some(Check::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: [u8; 2] = [0x00, 0x01];
    const SUCCESS: [u8; 2] = [0x01, 0x01];

    fn stun(kind: [u8; 2], transaction: u8) -> Vec<u8> {
        let mut bytes = kind.to_vec();
        bytes.extend([0, 0, 0x21, 0x12, 0xa4, 0x42]);
        bytes.extend([transaction; 12]);
        bytes
    }

    fn address(host: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, host], 5000))
    }

    #[test]
    fn checked_pair_succeeds_and_counts_packets() {
        #[expect(clippy::disallowed_methods, reason = "any instant")]
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let (local, remote) = (address(1), address(2));
        let mut pairs = CandidatePairs::default();
        // There is no pair before our own check.
        pairs.handle_received(local, remote, &stun(REQUEST, 9), at(0));
        pairs.handle_sent(local, remote, b"\x80 early", at(0));
        assert!(pairs.pairs.is_empty());
        pairs.handle_sent(local, remote, &stun(REQUEST, 1), at(0));
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::InProgress);
        // An answer without a request.
        pairs.handle_received(local, remote, &stun(SUCCESS, 7), at(10));
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::InProgress);
        pairs.handle_received(local, remote, &stun(SUCCESS, 1), at(40));
        pairs.handle_received(local, remote, &stun(REQUEST, 2), at(50));
        pairs.handle_sent(local, remote, &stun(SUCCESS, 2), at(50));
        pairs.handle_sent(local, remote, &[0x80; 30], at(60));
        pairs.handle_received(local, remote, &[0x80; 50], at(60));
        let pair = &pairs.pairs[0];
        assert_eq!(pair.state(pairs.now), PairState::Succeeded);
        assert_eq!(pair.round_trip, Some(Duration::from_millis(40)));
        let counters = &pair.counters;
        assert_eq!(
            (counters.requests_sent, counters.responses_received),
            (1, 1)
        );
        assert_eq!(
            (counters.requests_received, counters.responses_sent),
            (1, 1)
        );
        assert_eq!((counters.packets_sent, counters.bytes_sent), (1, 30));
        assert_eq!(
            (counters.packets_received, counters.bytes_received),
            (1, 50)
        );
    }

    #[test]
    fn unanswered_pair_fails() {
        #[expect(clippy::disallowed_methods, reason = "any instant")]
        let start = Instant::now();
        let mut pairs = CandidatePairs::default();
        for second in 0..8 {
            let now = start + Duration::from_secs(second);
            let transaction = u8::try_from(second).unwrap();
            pairs.handle_sent(address(1), address(2), &stun(REQUEST, transaction), now);
        }
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::InProgress);
        pairs.handle_received(
            address(1),
            address(3),
            b"of another",
            start + Duration::from_secs(18),
        );
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::Failed);
    }

    #[test]
    fn pairs_and_open_checks_are_bounded() {
        #[expect(clippy::disallowed_methods, reason = "any instant")]
        let now = Instant::now();
        let mut pairs = CandidatePairs::default();
        for port in 0..1000 {
            let remote = SocketAddr::from(([192, 0, 2, 9], port));
            pairs.handle_sent(address(1), remote, &stun(REQUEST, 1), now);
        }
        assert_eq!(pairs.pairs.len(), MAX_PAIRS);
        for transaction in 0..100 {
            let remote = SocketAddr::from(([192, 0, 2, 9], 0));
            pairs.handle_sent(address(1), remote, &stun(REQUEST, transaction), now);
        }
        assert_eq!(pairs.pairs[0].open_checks.len(), MAX_OPEN_CHECKS);
        pairs.clear();
        assert!(pairs.pairs.is_empty());
    }
}
