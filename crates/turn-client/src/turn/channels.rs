//! Channels of an allocation, one per peer (RFC 8656, 12).
//!
//! Invariant: a channel number belongs to one peer for the life of the allocation, so a packet never
//! reaches another peer.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

const FIRST_CHANNEL: u16 = 0x4000;
/// Far more than the candidates of a peer. Channel numbers end at 0x4FFF (RFC 8656, 12).
const MAX_CHANNELS: u16 = 256;
/// Packets per peer that wait for the channel. ICE retransmits lost checks.
const MAX_QUEUED_PACKETS: usize = 8;
/// A permission lasts 300 s (RFC 8656, 9), a channel 600 s (RFC 8656, 12). Renews before the shorter.
const CHANNEL_RENEW_INTERVAL: Duration = Duration::from_secs(240);
/// Retry interval of a renewal without a response.
const CHANNEL_RENEW_RETRY: Duration = Duration::from_secs(15);
/// Retry interval of a refused peer.
const REFUSED_PEER_RETRY: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Send on this channel.
    Channel(u16),
    /// Request this channel. The packet is queued.
    Bind(u16),
    /// The packet waits for the channel.
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
pub(super) struct Channels {
    peers: HashMap<SocketAddr, (u16, Channel)>,
    /// Indexed by channel number - `FIRST_CHANNEL`.
    numbered: Vec<SocketAddr>,
}

impl Channels {
    pub(super) fn route(&mut self, peer: SocketAddr, bytes: &[u8], now: Instant) -> Route {
        let Some((number, channel)) = self.peers.get_mut(&peer) else {
            return self.begin(peer, bytes);
        };
        match channel {
            Channel::Bound { .. } => Route::Channel(*number),
            Channel::Binding(queue) if queue.len() < MAX_QUEUED_PACKETS => {
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

    pub(super) fn peer_of(&self, number: u16) -> Option<SocketAddr> {
        let at = number.checked_sub(FIRST_CHANNEL)?;
        self.numbered.get(usize::from(at)).copied()
    }

    /// Returns the packets that waited for the channel.
    pub(super) fn handle_bound(&mut self, peer: SocketAddr, now: Instant) -> VecDeque<Vec<u8>> {
        let Some((_, channel)) = self.peers.get_mut(&peer) else {
            return VecDeque::new();
        };
        let bound = Channel::Bound {
            renew: now + CHANNEL_RENEW_INTERVAL,
        };
        match std::mem::replace(channel, bound) {
            Channel::Binding(queue) => queue,
            Channel::Bound { .. } | Channel::Refused { .. } => VecDeque::new(),
        }
    }

    pub(super) fn handle_refused(&mut self, peer: SocketAddr, now: Instant) {
        if let Some((_, channel)) = self.peers.get_mut(&peer) {
            *channel = Channel::Refused {
                until: now + REFUSED_PEER_RETRY,
            };
        }
    }

    pub(super) fn handle_request_timeout(&mut self, peer: SocketAddr, now: Instant) {
        match self.peers.get_mut(&peer) {
            // The channel is still bound, and its renewal is retried soon.
            Some((_, Channel::Bound { .. })) | None => {}
            Some((_, channel)) => *channel = Channel::Refused { until: now },
        }
    }

    /// One channel to renew.
    pub(super) fn poll_renewal(&mut self, now: Instant) -> Option<(SocketAddr, u16)> {
        self.peers
            .iter_mut()
            .find_map(|(peer, (number, channel))| match channel {
                Channel::Bound { renew } if *renew <= now => {
                    *renew = now + CHANNEL_RENEW_RETRY;
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
        if at >= MAX_CHANNELS {
            return Route::Dropped;
        }
        let number = FIRST_CHANNEL + at;
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
        let mut channels = Channels::default();
        assert_eq!(
            channels.route(peer(1), &[0], now),
            Route::Bind(FIRST_CHANNEL)
        );
        for _ in 1..MAX_QUEUED_PACKETS {
            assert_eq!(channels.route(peer(1), &[1], now), Route::Queued);
        }
        assert_eq!(channels.route(peer(1), &[2], now), Route::Dropped);
        assert_eq!(
            channels.route(peer(2), &[0], now),
            Route::Bind(FIRST_CHANNEL + 1)
        );
        assert_eq!(
            channels.handle_bound(peer(1), now).len(),
            MAX_QUEUED_PACKETS
        );
        assert_eq!(
            channels.route(peer(1), &[3], now),
            Route::Channel(FIRST_CHANNEL)
        );
        assert_eq!(channels.peer_of(FIRST_CHANNEL + 1), Some(peer(2)));
        assert_eq!(channels.peer_of(FIRST_CHANNEL + 2), None);
        assert_eq!(channels.peer_of(0), None);
    }

    #[test]
    fn refused_peer_is_requested_again_later() {
        let now = crate::now();
        let mut channels = Channels::default();
        channels.route(peer(1), &[0], now);
        channels.handle_refused(peer(1), now);
        assert_eq!(channels.route(peer(1), &[0], now), Route::Dropped);
        let later = now + REFUSED_PEER_RETRY;
        assert_eq!(
            channels.route(peer(1), &[0], later),
            Route::Bind(FIRST_CHANNEL)
        );
    }

    #[test]
    fn channels_are_renewed_before_the_permission_ends() {
        let now = crate::now();
        let mut channels = Channels::default();
        channels.route(peer(1), &[0], now);
        assert_eq!(channels.next_renewal(), None);
        channels.handle_bound(peer(1), now);
        let due = channels.next_renewal().unwrap();
        assert!(due < now + Duration::from_secs(300));
        assert_eq!(channels.poll_renewal(now), None);
        assert_eq!(channels.poll_renewal(due), Some((peer(1), FIRST_CHANNEL)));
        assert_eq!(channels.poll_renewal(due), None);
        channels.handle_request_timeout(peer(1), due);
        assert_eq!(
            channels.route(peer(1), &[0], due),
            Route::Channel(FIRST_CHANNEL)
        );
        assert!(channels.next_renewal().unwrap() < now + Duration::from_secs(300));
    }

    #[test]
    fn number_of_channels_is_bounded() {
        let now = crate::now();
        let mut channels = Channels::default();
        for at in 1..=MAX_CHANNELS {
            assert_eq!(
                channels.route(peer(at), &[], now),
                Route::Bind(FIRST_CHANNEL + at - 1)
            );
        }
        assert_eq!(
            channels.route(peer(MAX_CHANNELS + 1), &[], now),
            Route::Dropped
        );
    }
}
