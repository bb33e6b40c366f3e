//! One allocation: who may be reached through it, and until when (RFC 8656, 3).
//!
//! Invariant: pure. It holds at most `MOST_PEERS` permissions and as many channels; of a channel
//! number and a peer each stands for one other at most.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use stun_types::message::TransactionId;

use super::{consent::Consent, members::Presence};

/// What is granted to who does not say, and the most there is. RFC 8656 recommends an hour for the
/// latter; here credentials that were not renewed are to end soon.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);
const PERMISSION: Duration = Duration::from_secs(300);
const CHANNEL: Duration = Duration::from_secs(600);
const MOST_PEERS: usize = 128;
/// An allocation of a lost member through which no peer has sent for so long carries no call: a
/// connection is checked every five seconds (RFC 7675, 5.1).
pub(super) const IDLE: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Allocation {
    /// As peers see it.
    pub(super) relayed: SocketAddr,
    pub(super) username: String,
    /// Of the request that made it, which may come again.
    pub(super) asked: TransactionId,
    pub(super) expires: Instant,
    pub(super) consent: Consent,
    /// When a peer sent something, or when it was made.
    heard: Instant,
    permissions: HashMap<IpAddr, Instant>,
    channels: Vec<Channel>,
}

#[derive(Debug, Clone, Copy)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    expires: Instant,
}

/// How what a peer sends is handed to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Channel(u16),
    Indication,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotBound {
    /// Number or peer is bound otherwise.
    Taken,
    Full,
}

/// It holds as many as it may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Allocation {
    pub(super) fn new(
        relayed: SocketAddr,
        username: String,
        asked: TransactionId,
        now: Instant,
        lifetime: Duration,
    ) -> Self {
        Self {
            relayed,
            username,
            asked,
            expires: now + lifetime,
            consent: Consent::new(now),
            heard: now,
            permissions: HashMap::new(),
            channels: Vec::new(),
        }
    }

    pub(super) fn permit(&mut self, peer: IpAddr, now: Instant) -> Result<(), Full> {
        if !self.permissions.contains_key(&peer) && self.permissions.len() >= MOST_PEERS {
            self.permissions.retain(|_, expires| *expires > now);
            if self.permissions.len() >= MOST_PEERS {
                return Err(Full);
            }
        }
        self.permissions.insert(peer, now + PERMISSION);
        Ok(())
    }

    /// Also permits the peer.
    pub(super) fn bind(
        &mut self,
        number: u16,
        peer: SocketAddr,
        now: Instant,
    ) -> Result<(), NotBound> {
        self.channels.retain(|channel| channel.expires > now);
        let expires = now + CHANNEL;
        let count = self.channels.len();
        let known = self
            .channels
            .iter_mut()
            .find(|channel| channel.number == number || channel.peer == peer);
        match known {
            Some(channel) if channel.number == number && channel.peer == peer => {
                channel.expires = expires;
            }
            Some(_) => return Err(NotBound::Taken),
            None if count >= MOST_PEERS => return Err(NotBound::Full),
            None => self.channels.push(Channel {
                number,
                peer,
                expires,
            }),
        }
        self.permit(peer.ip(), now).map_err(|Full| NotBound::Full)
    }

    /// To whom channel data of this number go.
    pub(super) fn peer(&self, number: u16, now: Instant) -> Option<SocketAddr> {
        self.channels
            .iter()
            .find(|channel| channel.number == number && channel.expires > now)
            .map(|channel| channel.peer)
    }

    pub(super) fn permits(&self, peer: IpAddr, now: Instant) -> bool {
        self.permissions
            .get(&peer)
            .is_some_and(|expires| *expires > now)
    }

    /// When it ends if nothing else happens.
    pub(super) fn ends(&self, presence: Presence) -> Instant {
        match presence {
            Presence::Present => self.expires,
            Presence::Lost(since) => self.expires.min(self.heard.max(since) + IDLE),
        }
    }

    /// What a peer sent. `None` from whom nothing may come.
    pub(super) fn handle_datagram(
        &mut self,
        from: SocketAddr,
        payload: &[u8],
        now: Instant,
    ) -> Option<Form> {
        let form = self.admit(from, now)?;
        self.heard = now;
        self.consent.handle_datagram(from, payload);
        Some(form)
    }

    /// A bound channel is permission enough.
    fn admit(&self, from: SocketAddr, now: Instant) -> Option<Form> {
        let channel = self
            .channels
            .iter()
            .find(|channel| channel.peer == from && channel.expires > now);
        match channel {
            Some(channel) => Some(Form::Channel(channel.number)),
            None => self.permits(from.ip(), now).then_some(Form::Indication),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocation(now: Instant) -> Allocation {
        let relayed = "192.0.2.1:50000".parse().unwrap();
        Allocation::new(relayed, "1:ann".to_owned(), 1.into(), now, LIFETIME)
    }

    fn peer(last: u8, port: u16) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, last], port))
    }

    #[test]
    fn a_permission_is_for_an_address_and_lapses() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        assert_eq!(allocation.admit(peer(1, 9), now), None);
        allocation.permit(peer(1, 0).ip(), now).unwrap();
        assert_eq!(allocation.admit(peer(1, 9), now), Some(Form::Indication));
        assert_eq!(allocation.admit(peer(2, 9), now), None);
        assert!(allocation.permits(peer(1, 0).ip(), now + PERMISSION - Duration::from_secs(1)));
        assert!(!allocation.permits(peer(1, 0).ip(), now + PERMISSION));
    }

    #[test]
    fn a_channel_is_for_one_peer_and_lapses() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        assert_eq!(allocation.bind(0x4000, peer(1, 9), now), Ok(()));
        assert_eq!(allocation.bind(0x4000, peer(1, 9), now), Ok(()));
        let taken = Err(NotBound::Taken);
        assert_eq!(allocation.bind(0x4000, peer(2, 9), now), taken);
        assert_eq!(allocation.bind(0x4001, peer(1, 9), now), taken);
        assert_eq!(allocation.bind(0x4001, peer(1, 8), now), Ok(()));
        assert_eq!(allocation.peer(0x4000, now), Some(peer(1, 9)));
        assert_eq!(allocation.peer(0x4002, now), None);
        let channel = Some(Form::Channel(0x4001));
        assert_eq!(allocation.admit(peer(1, 8), now), channel);
        assert_eq!(allocation.admit(peer(1, 7), now), Some(Form::Indication));
        let later = now + CHANNEL;
        assert_eq!(allocation.peer(0x4000, later), None);
        assert_eq!(allocation.admit(peer(1, 9), later), None);
        assert_eq!(allocation.bind(0x4000, peer(2, 9), later), Ok(()));
    }

    #[test]
    fn allocation_of_a_lost_member_lasts_while_peers_send() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut allocation = allocation(now);
        allocation.permit(peer(1, 0).ip(), now).unwrap();
        let lost = Presence::Lost(at(100));
        assert_eq!(allocation.ends(Presence::Present), at(600));
        assert_eq!(allocation.ends(lost), at(115), "nobody ever sent");
        allocation.handle_datagram(peer(1, 9), b"media", at(104));
        assert_eq!(allocation.ends(lost), at(119));
        allocation.handle_datagram(peer(2, 9), b"not permitted", at(110));
        assert_eq!(allocation.ends(lost), at(119));
        allocation.permit(peer(1, 0).ip(), at(580)).unwrap();
        allocation.handle_datagram(peer(1, 9), b"media", at(590));
        assert_eq!(allocation.ends(lost), at(600));
    }

    #[test]
    fn it_fills_up_and_forgets_what_has_lapsed() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        for port in 0..128 {
            allocation.bind(0x4000 + port, peer(1, port), now).unwrap();
        }
        let full = Err(NotBound::Full);
        assert_eq!(allocation.bind(0x5000, peer(1, 5000), now), full);
        for last in 2..=128 {
            allocation.permit(peer(last, 0).ip(), now).unwrap();
        }
        assert_eq!(allocation.permit(peer(200, 0).ip(), now), Err(Full));
        assert_eq!(allocation.permit(peer(2, 0).ip(), now), Ok(()));
        let later = now + CHANNEL;
        assert_eq!(allocation.bind(0x5000, peer(200, 1), later), Ok(()));
    }
}
