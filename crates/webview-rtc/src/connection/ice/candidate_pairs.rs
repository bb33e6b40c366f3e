//! The pairs of candidates, told from the checks that pass (RFC 8445, 7): the stack keeps its own
//! list to itself.
//!
//! Invariant: pure. A pair is known from our first check on it, so nothing that a peer sends makes
//! the list grow.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::candidates::{self, Candidates, Side};
use crate::wire::statistics::{PairState, PairStatistics};

/// More than the stack checks at a time.
const PAIRS: usize = 128;
/// Requests of one pair that may wait for their answers; the stack sends far fewer.
const OPEN: usize = 16;
/// A check is repeated at least every three seconds. Later than this, it was given up.
const GIVEN_UP: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(in crate::connection) struct CandidatePairs {
    pairs: Vec<CandidatePair>,
    now: Option<Instant>,
}

#[derive(Debug)]
struct CandidatePair {
    /// The base.
    local: SocketAddr,
    remote: SocketAddr,
    asked_at: Instant,
    open: VecDeque<(Transaction, Instant)>,
    round_trip: Option<Duration>,
    /// Without candidates, state and times; those are put in when it is told.
    counted: PairStatistics,
    all_round_trips: Duration,
}

type Transaction = [u8; 12];

/// A STUN message as far as it matters here.
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
            (None, Some(Check::Request(_))) if self.pairs.len() < PAIRS => {
                self.pairs.push(CandidatePair::new(local, remote, now));
                self.pairs.len() - 1
            }
            (None, Some(_) | None) => return,
        };
        let pair = &mut self.pairs[index];
        match check {
            Some(Check::Request(transaction)) => {
                pair.counted.requests_sent += 1;
                pair.asked_at = now;
                // Sent again, an answer may be to either: the first is the longest it can be.
                if pair.open.iter().any(|(open, _)| *open == transaction) {
                    return;
                }
                if pair.open.len() >= OPEN {
                    pair.open.pop_front();
                }
                pair.open.push_back((transaction, now));
            }
            Some(Check::Success(_)) => pair.counted.responses_sent += 1,
            Some(Check::Other) => {}
            None => {
                pair.counted.packets_sent += 1;
                pair.counted.bytes_sent += bytes.len() as u64;
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
            Some(Check::Request(_)) => pair.counted.requests_received += 1,
            Some(Check::Success(transaction)) => pair.handle_answer(transaction, now),
            Some(Check::Other) => {}
            None => {
                pair.counted.packets_received += 1;
                pair.counted.bytes_received += bytes.len() as u64;
            }
        }
    }

    /// An ICE restart begins with a new list.
    pub(in crate::connection) fn forget(&mut self) {
        self.pairs.clear();
    }

    /// The other ends, also those that nobody told (peer reflexive).
    pub(in crate::connection) fn remotes(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.pairs.iter().map(|pair| pair.remote)
    }

    pub(in crate::connection) fn statistics(
        &self,
        candidates: &Candidates,
        selected: Option<(SocketAddr, SocketAddr)>,
    ) -> Vec<PairStatistics> {
        let told = self.pairs.iter().filter_map(|pair| {
            Some(PairStatistics {
                local_candidate: candidates.local_id(pair.local)?,
                remote_candidate: candidates::id(Side::Remote, pair.remote),
                state: pair.state(self.now),
                nominated: selected == Some((pair.local, pair.remote)),
                current_round_trip_time: pair.round_trip.map(|time| time.as_secs_f64()),
                total_round_trip_time: pair.all_round_trips.as_secs_f64(),
                ..pair.counted.clone()
            })
        });
        told.collect()
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
            asked_at: now,
            open: VecDeque::new(),
            round_trip: None,
            counted: PairStatistics::default(),
            all_round_trips: Duration::ZERO,
        }
    }

    fn handle_answer(&mut self, transaction: Transaction, now: Instant) {
        let Some(at) = self.open.iter().position(|(open, _)| *open == transaction) else {
            return;
        };
        let Some((_, asked_at)) = self.open.remove(at) else {
            return;
        };
        let round_trip = now.saturating_duration_since(asked_at);
        self.round_trip = Some(round_trip);
        self.all_round_trips += round_trip;
        self.counted.responses_received += 1;
    }

    fn state(&self, now: Option<Instant>) -> PairState {
        if self.counted.responses_received > 0 {
            return PairState::Succeeded;
        }
        let silence = now.map_or(Duration::ZERO, |now| {
            now.saturating_duration_since(self.asked_at)
        });
        if silence > GIVEN_UP {
            PairState::Failed
        } else {
            PairState::InProgress
        }
    }
}

/// RFC 8489, 5: nothing where it is no STUN.
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
    fn a_pair_is_checked_succeeds_and_carries() {
        #[expect(clippy::disallowed_methods, reason = "any moment")]
        let begin = Instant::now();
        let at = |millis| begin + Duration::from_millis(millis);
        let (local, remote) = (address(1), address(2));
        let mut pairs = CandidatePairs::default();
        // Before a check of ours there is no pair, whatever comes.
        pairs.handle_received(local, remote, &stun(REQUEST, 9), at(0));
        pairs.handle_sent(local, remote, b"\x80 early", at(0));
        assert!(pairs.pairs.is_empty());
        pairs.handle_sent(local, remote, &stun(REQUEST, 1), at(0));
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::InProgress);
        // An answer to nothing.
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
        let counted = &pair.counted;
        assert_eq!((counted.requests_sent, counted.responses_received), (1, 1));
        assert_eq!((counted.requests_received, counted.responses_sent), (1, 1));
        assert_eq!((counted.packets_sent, counted.bytes_sent), (1, 30));
        assert_eq!((counted.packets_received, counted.bytes_received), (1, 50));
    }

    #[test]
    fn what_is_never_answered_has_failed() {
        #[expect(clippy::disallowed_methods, reason = "any moment")]
        let begin = Instant::now();
        let mut pairs = CandidatePairs::default();
        for second in 0..8 {
            let now = begin + Duration::from_secs(second);
            let transaction = u8::try_from(second).unwrap();
            pairs.handle_sent(address(1), address(2), &stun(REQUEST, transaction), now);
        }
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::InProgress);
        pairs.handle_received(
            address(1),
            address(3),
            b"of another",
            begin + Duration::from_secs(18),
        );
        assert_eq!(pairs.pairs[0].state(pairs.now), PairState::Failed);
    }

    #[test]
    fn the_list_and_what_is_open_are_bounded() {
        #[expect(clippy::disallowed_methods, reason = "any moment")]
        let now = Instant::now();
        let mut pairs = CandidatePairs::default();
        for port in 0..1000 {
            let remote = SocketAddr::from(([192, 0, 2, 9], port));
            pairs.handle_sent(address(1), remote, &stun(REQUEST, 1), now);
        }
        assert_eq!(pairs.pairs.len(), PAIRS);
        for transaction in 0..100 {
            let remote = SocketAddr::from(([192, 0, 2, 9], 0));
            pairs.handle_sent(address(1), remote, &stun(REQUEST, transaction), now);
        }
        assert_eq!(pairs.pairs[0].open.len(), OPEN);
        pairs.forget();
        assert!(pairs.pairs.is_empty());
    }
}
