//! Second duplicate_sends of what a path that loses packets must not lose once more: requests for what was
//! lost, and what is sent again.
//!
//! Invariant: pure. Where nothing is lost nothing is copied, and duplicate_sends of media take at most an
//! eighth of what is sent. Whichever of the two comes second is dropped as a replay (RFC 3711, 3.3.2).

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use super::Datagram;
use crate::{
    connection::{
        media_sections::{MediaSection, MediaSections},
        packet::Packet,
    },
    network::Transport,
};

/// What is sent together is lost together.
const APART: Duration = Duration::from_millis(5);
/// A path that loses less than this hardly loses a packet twice.
const LOSSY: f64 = 0.02;
const REMEMBERED: Duration = Duration::from_secs(5);
/// Where a path carries less, in bits a second, pictures need all of it.
const AMPLE: u64 = 600_000;
/// Of what is sent, the part that may be sent as duplicate_sends.
const SHARE: usize = 8;
/// In bytes, what may be copied at once.
const BURST: usize = 6_000;

#[derive(Debug, Default)]
pub(super) struct DuplicateSends {
    /// The SSRCs on which packets are sent again (RFC 4588).
    again: HashSet<u32>,
    lossy_until: Option<Instant>,
    allowance: usize,
    waiting: VecDeque<(Instant, Datagram)>,
}

impl DuplicateSends {
    pub(super) fn handle_media_sections(&mut self, lines: &MediaSections) {
        let sent = lines.iter().filter(|line| line.sends());
        self.again = sent
            .filter_map(MediaSection::rtp)
            .filter_map(|rtp| rtp.send.rtx)
            .collect();
    }

    /// What the path lost of our packets in the last second, 0 to 1, and what it carries, in bits a
    /// second. What receivers report of losses does not help: it leaves out what came when it was
    /// sent again.
    pub(super) fn handle_path(&mut self, lost: f64, carried: Option<u64>, now: Instant) {
        if carried.is_none_or(|carried| carried < AMPLE) {
            self.lossy_until = None;
        } else if lost >= LOSSY {
            self.lossy_until = Some(now + REMEMBERED);
        }
    }

    pub(super) fn handle_sent(&mut self, datagram: &Datagram, now: Instant) {
        if datagram.transport == Transport::Tcp {
            return;
        }
        let bytes = datagram.bytes.len();
        self.allowance = (self.allowance + bytes / SHARE).min(BURST);
        let copied = match Packet::of(&datagram.bytes) {
            Packet::Request => true,
            Packet::Rtp { ssrc } => {
                let wanted = self.again.contains(&ssrc)
                    && self.lossy_until.is_some_and(|until| now < until)
                    && self.allowance >= bytes;
                if wanted {
                    self.allowance -= bytes;
                }
                wanted
            }
            Packet::Rtcp | Packet::Other => false,
        };
        if copied {
            self.waiting.push_back((now + APART, datagram.clone()));
        }
    }

    pub(super) fn poll(&mut self, now: Instant) -> Option<Datagram> {
        let (_, datagram) = self.waiting.pop_front_if(|(due, _)| *due <= now)?;
        Some(datagram)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGAIN: u32 = 7001;

    fn datagram(bytes: &[u8], transport: Transport) -> Datagram {
        Datagram {
            transport,
            source: "192.0.2.1:1".parse().unwrap(),
            destination: "192.0.2.2:2".parse().unwrap(),
            bytes: bytes.to_owned(),
        }
    }

    fn rtp(ssrc: u32) -> Datagram {
        let mut bytes = vec![0x90, 97, 0, 1, 0, 0, 0, 1];
        bytes.extend(ssrc.to_be_bytes());
        bytes.resize(1_000, 0);
        datagram(&bytes, Transport::Udp)
    }

    fn request() -> Datagram {
        let mut bytes = vec![0x81, 205, 0, 3];
        bytes.resize(30, 0);
        datagram(&bytes, Transport::Udp)
    }

    fn lossy(now: Instant) -> DuplicateSends {
        let mut duplicate_sends = DuplicateSends {
            again: HashSet::from([AGAIN]),
            ..DuplicateSends::default()
        };
        duplicate_sends.handle_path(0.05, Some(AMPLE), now);
        duplicate_sends
    }

    /// How many of those that were sent come again.
    fn count(duplicate_sends: &mut DuplicateSends, sent: &[Datagram], now: Instant) -> usize {
        for datagram in sent {
            duplicate_sends.handle_sent(datagram, now);
        }
        std::iter::from_fn(|| duplicate_sends.poll(now + APART)).count()
    }

    #[expect(clippy::disallowed_methods, reason = "any moment")]
    fn begin() -> Instant {
        Instant::now()
    }

    #[test]
    fn requests_come_twice_and_a_little_apart() {
        let now = begin();
        let mut duplicate_sends = DuplicateSends::default();
        duplicate_sends.handle_sent(&request(), now);
        assert_eq!(duplicate_sends.poll_timeout(), Some(now + APART));
        assert_eq!(duplicate_sends.poll(now), None);
        assert_eq!(duplicate_sends.poll(now + APART), Some(request()));
        assert_eq!(duplicate_sends.poll_timeout(), None);
    }

    #[test]
    fn what_is_sent_again_comes_twice_where_packets_are_lost() {
        let now = begin();
        let sent: Vec<Datagram> = [1, 1, 1, 1, 1, 1, 1, 1, 1, AGAIN].map(rtp).to_vec();
        let mut duplicate_sends = lossy(now);
        assert_eq!(count(&mut duplicate_sends, &sent, now), 1);
        assert_eq!(count(&mut duplicate_sends, &sent, now + REMEMBERED), 0);
        duplicate_sends.handle_path(0.01, Some(AMPLE), now + REMEMBERED);
        assert_eq!(count(&mut duplicate_sends, &sent, now + REMEMBERED), 0);
    }

    #[test]
    fn a_narrow_path_gets_no_copies_of_media() {
        let now = begin();
        let mut duplicate_sends = lossy(now);
        duplicate_sends.handle_path(0.05, Some(AMPLE - 1), now);
        let sent = [rtp(1), rtp(AGAIN), request()];
        duplicate_sends.allowance = BURST;
        assert_eq!(count(&mut duplicate_sends, &sent, now), 1);
    }

    #[test]
    fn copies_are_an_eighth_at_most() {
        let now = begin();
        let sent = vec![rtp(AGAIN); 800];
        let most = sent.len() / SHARE;
        let copied = count(&mut lossy(now), &sent, now);
        assert!((most - 1..=most).contains(&copied), "{copied}");
        let mut rested = lossy(now);
        count(&mut rested, &vec![rtp(1); 800], now);
        assert_eq!(count(&mut rested, &vec![rtp(AGAIN); 8], now), 6);
    }

    #[test]
    fn nothing_else_comes_twice() {
        let now = begin();
        let reports = [200, 201, 204].map(|kind| {
            let mut bytes = vec![0x81, kind, 0, 3];
            bytes.resize(30, 0);
            datagram(&bytes, Transport::Udp)
        });
        let transport_feedback = [0x8f, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1];
        let handshake = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let others = [&transport_feedback[..], &handshake, &[0x81, 205], &[]];
        let mut sent = reports.to_vec();
        sent.extend(others.map(|bytes| datagram(bytes, Transport::Udp)));
        // What is lost of a stream comes by itself.
        sent.push(Datagram {
            transport: Transport::Tcp,
            ..request()
        });
        assert_eq!(count(&mut lossy(now), &sent, now), 0);
    }
}
