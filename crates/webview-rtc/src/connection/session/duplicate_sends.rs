//! Sends NACKs and, on lossy paths, retransmissions twice, so that one more loss does not matter.
//!
//! The receiver drops the second copy as a replay
//! ([RFC 3711, 3.3.2](https://www.rfc-editor.org/rfc/rfc3711#section-3.3.2)).
//!
//! Invariant: pure. Media is duplicated on lossy paths only, at most 1/8 of the sent bytes.

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

/// Delay of the duplicate: packets sent together are lost together.
const DUPLICATE_DELAY: Duration = Duration::from_millis(5);
/// On a path with less loss, losing a packet twice is rare.
const MIN_LOSS_SHARE: f64 = 0.02;
const LOSSY_INTERVAL: Duration = Duration::from_secs(5);
/// On a path with less available bitrate, video needs all of it. In bits per second.
const MIN_AVAILABLE_BPS: u64 = 600_000;
/// Duplicates take at most 1/8 of the sent bytes.
const DUPLICATE_DIVISOR: usize = 8;
/// Limit of duplicated bytes at once.
const MAX_BURST_BYTES: usize = 6_000;

#[derive(Debug, Default)]
pub(super) struct DuplicateSends {
    /// SSRCs of retransmission streams ([RFC 4588](https://www.rfc-editor.org/rfc/rfc4588)).
    rtx_ssrcs: HashSet<u32>,
    lossy_until: Option<Instant>,
    allowance: usize,
    queued: VecDeque<(Instant, Datagram)>,
}

impl DuplicateSends {
    pub(super) fn handle_media_sections(&mut self, media_sections: &MediaSections) {
        let sent = media_sections.iter().filter(|section| section.sends());
        self.rtx_ssrcs = sent
            .filter_map(MediaSection::rtp)
            .filter_map(|rtp| rtp.send.rtx)
            .collect();
    }

    /// `loss`: share of our packets lost in the last second, 0 to 1. `available`: available
    /// bitrate, in bits per second. Receiver reports are no source of loss here: they leave out
    /// packets that a retransmission recovered.
    pub(super) fn handle_path(&mut self, loss: f64, available: Option<u64>, now: Instant) {
        if available.is_none_or(|available| available < MIN_AVAILABLE_BPS) {
            self.lossy_until = None;
        } else if loss >= MIN_LOSS_SHARE {
            self.lossy_until = Some(now + LOSSY_INTERVAL);
        }
    }

    pub(super) fn handle_sent(&mut self, datagram: &Datagram, now: Instant) {
        if datagram.transport == Transport::Tcp {
            return;
        }
        let bytes = datagram.bytes.len();
        self.allowance = (self.allowance + bytes / DUPLICATE_DIVISOR).min(MAX_BURST_BYTES);
        let is_duplicated = match Packet::of(&datagram.bytes) {
            Packet::Nack => true,
            Packet::Rtp { ssrc } => {
                let is_allowed = self.rtx_ssrcs.contains(&ssrc)
                    && self.lossy_until.is_some_and(|until| now < until)
                    && self.allowance >= bytes;
                if is_allowed {
                    self.allowance -= bytes;
                }
                is_allowed
            }
            Packet::Rtcp | Packet::Other => false,
        };
        if is_duplicated {
            self.queued
                .push_back((now + DUPLICATE_DELAY, datagram.clone()));
        }
    }

    pub(super) fn poll(&mut self, now: Instant) -> Option<Datagram> {
        let (_, datagram) = self.queued.pop_front_if(|(due, _)| *due <= now)?;
        Some(datagram)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.queued.front().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTX_SSRC: u32 = 7001;

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

    fn nack() -> Datagram {
        let mut bytes = vec![0x81, 205, 0, 3];
        bytes.resize(30, 0);
        datagram(&bytes, Transport::Udp)
    }

    fn lossy(now: Instant) -> DuplicateSends {
        let mut duplicate_sends = DuplicateSends {
            rtx_ssrcs: HashSet::from([RTX_SSRC]),
            ..DuplicateSends::default()
        };
        duplicate_sends.handle_path(0.05, Some(MIN_AVAILABLE_BPS), now);
        duplicate_sends
    }

    /// Counts the duplicates of the sent packets.
    fn count(duplicate_sends: &mut DuplicateSends, sent: &[Datagram], now: Instant) -> usize {
        for datagram in sent {
            duplicate_sends.handle_sent(datagram, now);
        }
        std::iter::from_fn(|| duplicate_sends.poll(now + DUPLICATE_DELAY)).count()
    }

    #[expect(clippy::disallowed_methods, reason = "any instant")]
    fn begin() -> Instant {
        Instant::now()
    }

    #[test]
    fn nacks_are_sent_twice_with_a_delay() {
        let now = begin();
        let mut duplicate_sends = DuplicateSends::default();
        duplicate_sends.handle_sent(&nack(), now);
        assert_eq!(duplicate_sends.poll_timeout(), Some(now + DUPLICATE_DELAY));
        assert_eq!(duplicate_sends.poll(now), None);
        assert_eq!(duplicate_sends.poll(now + DUPLICATE_DELAY), Some(nack()));
        assert_eq!(duplicate_sends.poll_timeout(), None);
    }

    #[test]
    fn retransmissions_are_sent_twice_on_lossy_paths() {
        let now = begin();
        let sent: Vec<Datagram> = [1, 1, 1, 1, 1, 1, 1, 1, 1, RTX_SSRC].map(rtp).to_vec();
        let mut duplicate_sends = lossy(now);
        assert_eq!(count(&mut duplicate_sends, &sent, now), 1);
        assert_eq!(count(&mut duplicate_sends, &sent, now + LOSSY_INTERVAL), 0);
        duplicate_sends.handle_path(0.01, Some(MIN_AVAILABLE_BPS), now + LOSSY_INTERVAL);
        assert_eq!(count(&mut duplicate_sends, &sent, now + LOSSY_INTERVAL), 0);
    }

    #[test]
    fn narrow_path_gets_no_duplicates_of_media() {
        let now = begin();
        let mut duplicate_sends = lossy(now);
        duplicate_sends.handle_path(0.05, Some(MIN_AVAILABLE_BPS - 1), now);
        let sent = [rtp(1), rtp(RTX_SSRC), nack()];
        duplicate_sends.allowance = MAX_BURST_BYTES;
        assert_eq!(count(&mut duplicate_sends, &sent, now), 1);
    }

    #[test]
    fn duplicates_are_an_eighth_at_most() {
        let now = begin();
        let sent = vec![rtp(RTX_SSRC); 800];
        let max = sent.len() / DUPLICATE_DIVISOR;
        let is_duplicated = count(&mut lossy(now), &sent, now);
        assert!((max - 1..=max).contains(&is_duplicated), "{is_duplicated}");
        let mut rested = lossy(now);
        count(&mut rested, &vec![rtp(1); 800], now);
        assert_eq!(count(&mut rested, &vec![rtp(RTX_SSRC); 8], now), 6);
    }

    #[test]
    fn other_packets_are_sent_once() {
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
        // TCP retransmits by itself.
        sent.push(Datagram {
            transport: Transport::Tcp,
            ..nack()
        });
        assert_eq!(count(&mut lossy(now), &sent, now), 0);
    }
}
