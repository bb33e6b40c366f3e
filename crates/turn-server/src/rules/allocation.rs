//! One allocation: its permissions, its channels and its lifetime (RFC 8656, 6, 9 and
//! 12).
//!
//! Invariant: pure. It holds at most `MAX_PEERS` permissions and `MAX_PEERS` channels. A channel
//! number is bound to one peer, and a peer to one channel number.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use stun_types::message::TransactionId;

use super::{consent::Consent, members::Presence};

/// Default and maximum lifetime. RFC 8656, 7.2, recommends a maximum of one hour. A shorter one
/// ends allocations soon after their credentials expire.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(600);
/// RFC 8656, 9.
const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);
/// RFC 8656, 12.
const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);
const MAX_PEERS: usize = 128;
/// An allocation of a lost member ends after this time without a datagram from a peer. An ICE peer
/// sends a consent check every five seconds (RFC 7675, 5.1).
const LOST_MEMBER_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The state of one allocation.
#[derive(Debug)]
pub(crate) struct Allocation {
    /// The relayed transport address.
    pub(crate) relayed: SocketAddr,
    pub(crate) username: String,
    /// Transaction of the Allocate request. A retransmission has the same.
    pub(crate) transaction: TransactionId,
    pub(crate) expires: Instant,
    pub(crate) consent: Consent,
    /// When a peer last sent a datagram, initially the creation time.
    last_peer_datagram: Instant,
    permissions: HashMap<IpAddr, Instant>,
    channels: Vec<Channel>,
}

#[derive(Debug, Clone, Copy)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    expires: Instant,
}

/// How a datagram from a peer is sent to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Channel(u16),
    Indication,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindError {
    /// The channel number or the peer has another binding.
    InUse,
    Full,
}

/// The allocation holds `MAX_PEERS` permissions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Allocation {
    pub(crate) fn new(
        relayed: SocketAddr,
        username: String,
        transaction: TransactionId,
        now: Instant,
        lifetime: Duration,
    ) -> Self {
        Self {
            relayed,
            username,
            transaction,
            expires: now + lifetime,
            consent: Consent::new(now),
            last_peer_datagram: now,
            permissions: HashMap::new(),
            channels: Vec::new(),
        }
    }

    pub(crate) fn permit(&mut self, peer: IpAddr, now: Instant) -> Result<(), Full> {
        if !self.permissions.contains_key(&peer) && self.permissions.len() >= MAX_PEERS {
            self.permissions.retain(|_, expires| *expires > now);
            if self.permissions.len() >= MAX_PEERS {
                return Err(Full);
            }
        }
        self.permissions.insert(peer, now + PERMISSION_LIFETIME);
        Ok(())
    }

    /// Binds a channel. Also installs a permission for the peer (RFC 8656, 12.2).
    pub(crate) fn bind(
        &mut self,
        number: u16,
        peer: SocketAddr,
        now: Instant,
    ) -> Result<(), BindError> {
        self.channels.retain(|channel| channel.expires > now);
        let expires = now + CHANNEL_LIFETIME;
        let count = self.channels.len();
        let known = self
            .channels
            .iter_mut()
            .find(|channel| channel.number == number || channel.peer == peer);
        match known {
            Some(channel) if channel.number == number && channel.peer == peer => {
                channel.expires = expires;
            }
            Some(_) => return Err(BindError::InUse),
            None if count >= MAX_PEERS => return Err(BindError::Full),
            None => self.channels.push(Channel {
                number,
                peer,
                expires,
            }),
        }
        self.permit(peer.ip(), now).map_err(|Full| BindError::Full)
    }

    /// The peer that this channel number is bound to.
    pub(crate) fn peer(&self, number: u16, now: Instant) -> Option<SocketAddr> {
        self.channels
            .iter()
            .find(|channel| channel.number == number && channel.expires > now)
            .map(|channel| channel.peer)
    }

    pub(crate) fn permits(&self, peer: IpAddr, now: Instant) -> bool {
        self.permissions
            .get(&peer)
            .is_some_and(|expires| *expires > now)
    }

    /// When the allocation ends without a refresh and without datagrams from peers.
    pub(crate) fn deadline(&self, presence: Presence) -> Instant {
        match presence {
            Presence::Present => self.expires,
            Presence::Lost(since) => self
                .expires
                .min(self.last_peer_datagram.max(since) + LOST_MEMBER_IDLE_TIMEOUT),
        }
    }

    /// Handles a datagram from a peer. `None` for a peer without a permission.
    pub(crate) fn handle_datagram(
        &mut self,
        from: SocketAddr,
        payload: &[u8],
        now: Instant,
    ) -> Option<Delivery> {
        let delivery = self.delivery_for(from, now)?;
        self.last_peer_datagram = now;
        self.consent.handle_datagram(from, payload);
        Some(delivery)
    }

    /// A bound channel includes the permission.
    fn delivery_for(&self, from: SocketAddr, now: Instant) -> Option<Delivery> {
        let channel = self
            .channels
            .iter()
            .find(|channel| channel.peer == from && channel.expires > now);
        match channel {
            Some(channel) => Some(Delivery::Channel(channel.number)),
            None => self.permits(from.ip(), now).then_some(Delivery::Indication),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocation(now: Instant) -> Allocation {
        let relayed = "192.0.2.1:50000".parse().unwrap();
        Allocation::new(relayed, "1:ann".to_owned(), 1.into(), now, MAX_LIFETIME)
    }

    fn peer(last: u8, port: u16) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, last], port))
    }

    #[test]
    fn permission_covers_an_address_and_expires() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        assert_eq!(allocation.delivery_for(peer(1, 9), now), None);
        allocation.permit(peer(1, 0).ip(), now).unwrap();
        assert_eq!(
            allocation.delivery_for(peer(1, 9), now),
            Some(Delivery::Indication)
        );
        assert_eq!(allocation.delivery_for(peer(2, 9), now), None);
        assert!(allocation.permits(
            peer(1, 0).ip(),
            now + PERMISSION_LIFETIME - Duration::from_secs(1)
        ));
        assert!(!allocation.permits(peer(1, 0).ip(), now + PERMISSION_LIFETIME));
    }

    #[test]
    fn channel_covers_one_peer_and_expires() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        assert_eq!(allocation.bind(0x4000, peer(1, 9), now), Ok(()));
        assert_eq!(allocation.bind(0x4000, peer(1, 9), now), Ok(()));
        let in_use = Err(BindError::InUse);
        assert_eq!(allocation.bind(0x4000, peer(2, 9), now), in_use);
        assert_eq!(allocation.bind(0x4001, peer(1, 9), now), in_use);
        assert_eq!(allocation.bind(0x4001, peer(1, 8), now), Ok(()));
        assert_eq!(allocation.peer(0x4000, now), Some(peer(1, 9)));
        assert_eq!(allocation.peer(0x4002, now), None);
        let channel = Some(Delivery::Channel(0x4001));
        assert_eq!(allocation.delivery_for(peer(1, 8), now), channel);
        assert_eq!(
            allocation.delivery_for(peer(1, 7), now),
            Some(Delivery::Indication)
        );
        let later = now + CHANNEL_LIFETIME;
        assert_eq!(allocation.peer(0x4000, later), None);
        assert_eq!(allocation.delivery_for(peer(1, 9), later), None);
        assert_eq!(allocation.bind(0x4000, peer(2, 9), later), Ok(()));
    }

    #[test]
    fn allocation_of_a_lost_member_lasts_while_peers_send() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut allocation = allocation(now);
        allocation.permit(peer(1, 0).ip(), now).unwrap();
        let lost = Presence::Lost(at(100));
        assert_eq!(allocation.deadline(Presence::Present), at(600));
        assert_eq!(allocation.deadline(lost), at(115), "nobody ever sent");
        allocation.handle_datagram(peer(1, 9), b"media", at(104));
        assert_eq!(allocation.deadline(lost), at(119));
        allocation.handle_datagram(peer(2, 9), b"not permitted", at(110));
        assert_eq!(allocation.deadline(lost), at(119));
        allocation.permit(peer(1, 0).ip(), at(580)).unwrap();
        allocation.handle_datagram(peer(1, 9), b"media", at(590));
        assert_eq!(allocation.deadline(lost), at(600));
    }

    #[test]
    fn full_allocation_drops_expired_entries() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        for port in 0..128 {
            allocation.bind(0x4000 + port, peer(1, port), now).unwrap();
        }
        let full = Err(BindError::Full);
        assert_eq!(allocation.bind(0x5000, peer(1, 5000), now), full);
        for last in 2..=128 {
            allocation.permit(peer(last, 0).ip(), now).unwrap();
        }
        assert_eq!(allocation.permit(peer(200, 0).ip(), now), Err(Full));
        assert_eq!(allocation.permit(peer(2, 0).ip(), now), Ok(()));
        let later = now + CHANNEL_LIFETIME;
        assert_eq!(allocation.bind(0x5000, peer(200, 1), later), Ok(()));
    }
}
