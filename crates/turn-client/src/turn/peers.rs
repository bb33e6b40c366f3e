//! The addresses an allocation relays to, each with its channel (RFC 8656, 12).
//!
//! Invariant: a number belongs to one peer for as long as the allocation lives, so no packet ever
//! comes out at another.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

const FIRST: u16 = 0x4000;
/// Far more than a peer has candidates; the protocol ends at 0x4FFF.
const MOST: u16 = 256;
/// Packets kept until the channel is there; ICE sends what was lost again.
const QUEUE: usize = 8;
/// A permission lasts 300 s (RFC 8656, 9), a channel 600 s: renewed in time for the shorter.
const RENEW_AFTER: Duration = Duration::from_secs(240);
/// A renewal that was not answered is asked again after this.
const RENEW_AGAIN: Duration = Duration::from_secs(15);
/// A peer the server refuses is not asked for again so soon.
const REFUSED_FOR: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Send by this channel.
    Channel(u16),
    /// Ask for this channel; the packet is kept.
    Bind(u16),
    /// Kept until the channel is there.
    Queued,
    Dropped,
}

#[derive(Debug)]
enum Channel {
    Binding(VecDeque<Vec<u8>>),
    Bound { renew: Instant },
    Refused { until: Instant },
}

#[derive(Debug, Default)]
pub(super) struct Peers {
    peers: HashMap<SocketAddr, (u16, Channel)>,
    /// At number - `FIRST`.
    numbered: Vec<SocketAddr>,
}

impl Peers {
    pub(super) fn route(&mut self, peer: SocketAddr, bytes: &[u8], now: Instant) -> Route {
        let Some((number, channel)) = self.peers.get_mut(&peer) else {
            return self.begin(peer, bytes);
        };
        match channel {
            Channel::Bound { .. } => Route::Channel(*number),
            Channel::Binding(queue) if queue.len() < QUEUE => {
                queue.push_back(bytes.to_vec());
                Route::Queued
            }
            Channel::Binding(_) => Route::Dropped,
            Channel::Refused { until } if *until <= now => {
                *channel = Channel::Binding(VecDeque::from([bytes.to_vec()]));
                Route::Bind(*number)
            }
            Channel::Refused { .. } => Route::Dropped,
        }
    }

    pub(super) fn of_channel(&self, number: u16) -> Option<SocketAddr> {
        let at = number.checked_sub(FIRST)?;
        self.numbered.get(usize::from(at)).copied()
    }

    /// What waited for it.
    pub(super) fn handle_bound(&mut self, peer: SocketAddr, now: Instant) -> VecDeque<Vec<u8>> {
        let Some((_, channel)) = self.peers.get_mut(&peer) else {
            return VecDeque::new();
        };
        let bound = Channel::Bound {
            renew: now + RENEW_AFTER,
        };
        match std::mem::replace(channel, bound) {
            Channel::Binding(queue) => queue,
            Channel::Bound { .. } | Channel::Refused { .. } => VecDeque::new(),
        }
    }

    pub(super) fn handle_refused(&mut self, peer: SocketAddr, now: Instant) {
        if let Some((_, channel)) = self.peers.get_mut(&peer) {
            *channel = Channel::Refused {
                until: now + REFUSED_FOR,
            };
        }
    }

    pub(super) fn handle_silence(&mut self, peer: SocketAddr, now: Instant) {
        match self.peers.get_mut(&peer) {
            // It still holds, and its renewal is due again soon.
            Some((_, Channel::Bound { .. })) | None => {}
            Some((_, channel)) => *channel = Channel::Refused { until: now },
        }
    }

    /// One channel to ask for again.
    pub(super) fn poll_renewal(&mut self, now: Instant) -> Option<(SocketAddr, u16)> {
        self.peers
            .iter_mut()
            .find_map(|(peer, (number, channel))| match channel {
                Channel::Bound { renew } if *renew <= now => {
                    *renew = now + RENEW_AGAIN;
                    Some((*peer, *number))
                }
                Channel::Bound { .. } | Channel::Binding(_) | Channel::Refused { .. } => None,
            })
    }

    pub(super) fn next_renewal(&self) -> Option<Instant> {
        self.peers
            .values()
            .filter_map(|(_, channel)| match channel {
                Channel::Bound { renew } => Some(*renew),
                Channel::Binding(_) | Channel::Refused { .. } => None,
            })
            .min()
    }

    fn begin(&mut self, peer: SocketAddr, bytes: &[u8]) -> Route {
        let Ok(at) = u16::try_from(self.numbered.len()) else {
            return Route::Dropped;
        };
        if at >= MOST {
            return Route::Dropped;
        }
        let number = FIRST + at;
        self.numbered.push(peer);
        let queue = VecDeque::from([bytes.to_vec()]);
        self.peers.insert(peer, (number, Channel::Binding(queue)));
        Route::Bind(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u16) -> SocketAddr {
        format!("192.0.2.1:{last}").parse().unwrap()
    }

    #[test]
    fn first_packets_wait_for_the_channel() {
        let now = crate::now();
        let mut peers = Peers::default();
        assert_eq!(peers.route(peer(1), &[0], now), Route::Bind(FIRST));
        for _ in 1..QUEUE {
            assert_eq!(peers.route(peer(1), &[1], now), Route::Queued);
        }
        assert_eq!(peers.route(peer(1), &[2], now), Route::Dropped);
        assert_eq!(peers.route(peer(2), &[0], now), Route::Bind(FIRST + 1));
        assert_eq!(peers.handle_bound(peer(1), now).len(), QUEUE);
        assert_eq!(peers.route(peer(1), &[3], now), Route::Channel(FIRST));
        assert_eq!(peers.of_channel(FIRST + 1), Some(peer(2)));
        assert_eq!(peers.of_channel(FIRST + 2), None);
        assert_eq!(peers.of_channel(0), None);
    }

    #[test]
    fn a_refused_peer_is_asked_for_again_later() {
        let now = crate::now();
        let mut peers = Peers::default();
        peers.route(peer(1), &[0], now);
        peers.handle_refused(peer(1), now);
        assert_eq!(peers.route(peer(1), &[0], now), Route::Dropped);
        let later = now + REFUSED_FOR;
        assert_eq!(peers.route(peer(1), &[0], later), Route::Bind(FIRST));
    }

    #[test]
    fn channels_are_renewed_before_the_permission_ends() {
        let now = crate::now();
        let mut peers = Peers::default();
        peers.route(peer(1), &[0], now);
        assert_eq!(peers.next_renewal(), None);
        peers.handle_bound(peer(1), now);
        let due = peers.next_renewal().unwrap();
        assert!(due < now + Duration::from_secs(300));
        assert_eq!(peers.poll_renewal(now), None);
        assert_eq!(peers.poll_renewal(due), Some((peer(1), FIRST)));
        assert_eq!(peers.poll_renewal(due), None);
        peers.handle_silence(peer(1), due);
        assert_eq!(peers.route(peer(1), &[0], due), Route::Channel(FIRST));
        assert!(peers.next_renewal().unwrap() < now + Duration::from_secs(300));
    }

    #[test]
    fn their_number_is_bounded() {
        let now = crate::now();
        let mut peers = Peers::default();
        for at in 1..=MOST {
            assert_eq!(peers.route(peer(at), &[], now), Route::Bind(FIRST + at - 1));
        }
        assert_eq!(peers.route(peer(MOST + 1), &[], now), Route::Dropped);
    }
}
