//! Contributing sources of received packets, which str0m does not tell: read from their headers.
//!
//! Invariant: pure and bounded. A header is read before SRTP has authenticated it, so a forged one
//! can name wrong contributing sources for a packet that arrives, and nothing else.

use std::collections::VecDeque;

use crate::connection::packet::Packet;

/// More packets than are reordered or held back by str0m.
const MAX_PACKETS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct ContributingSources {
    packets: VecDeque<Mixed>,
}

/// A packet with contributing sources ([RFC 3550, 5.1](https://www.rfc-editor.org/rfc/rfc3550#section-5.1)).
#[derive(Debug)]
struct Mixed {
    ssrc: u32,
    sequence: u16,
    contributing: Vec<u32>,
}

impl ContributingSources {
    pub(super) fn handle_received(&mut self, datagram: &[u8]) {
        let Some(mixed) = read(datagram) else {
            return;
        };
        if self.packets.len() == MAX_PACKETS {
            self.packets.pop_front();
        }
        self.packets.push_back(mixed);
    }

    /// Those of this packet. `sequence` is extended.
    pub(super) fn take(&mut self, ssrc: u32, sequence: u64) -> Vec<u32> {
        let position = self.packets.iter().position(|packet| {
            packet.ssrc == ssrc && u64::from(packet.sequence) == sequence & u64::from(u16::MAX)
        });
        let packet = position.and_then(|position| self.packets.remove(position));
        packet.map_or_else(Vec::new, |packet| packet.contributing)
    }
}

fn read(datagram: &[u8]) -> Option<Mixed> {
    let Packet::Rtp { ssrc } = Packet::of(datagram) else {
        return None;
    };
    let (header, rest) = datagram.split_at_checked(Packet::RTP_HEADER_BYTES)?;
    let [first, _, high, low, ..] = header else {
        return None;
    };
    let bytes = rest.get(..usize::from(first & 0x0f) * 4)?;
    let (sources, _) = bytes.as_chunks::<4>();
    if sources.is_empty() {
        return None;
    }
    Some(Mixed {
        ssrc,
        sequence: u16::from_be_bytes([*high, *low]),
        contributing: sources
            .iter()
            .map(|source| u32::from_be_bytes(*source))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16, contributing: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0x80 | contributing.len() as u8, 111];
        bytes.extend(sequence.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(ssrc.to_be_bytes());
        for source in contributing {
            bytes.extend(source.to_be_bytes());
        }
        bytes.extend([7; 20]);
        bytes
    }

    #[test]
    fn contributing_sources_belong_to_their_packet() {
        let mut sources = ContributingSources::default();
        sources.handle_received(&packet(1, 65_535, &[10, 11]));
        sources.handle_received(&packet(1, 0, &[12]));
        sources.handle_received(&packet(2, 0, &[13]));
        sources.handle_received(&packet(1, 1, &[]));
        assert_eq!(sources.take(1, 65_536), [12]);
        assert_eq!(sources.take(1, 65_535), [10, 11]);
        assert_eq!(sources.take(1, 65_535), [0; 0]);
        assert_eq!(sources.take(1, 65_537), [0; 0]);
        assert_eq!(sources.take(2, 3 << 16), [13]);
    }

    #[test]
    fn packets_without_end_are_bounded() {
        let mut sources = ContributingSources::default();
        for sequence in 0..1000 {
            sources.handle_received(&packet(1, sequence, &[9]));
        }
        assert_eq!(sources.packets.len(), MAX_PACKETS);
        assert_eq!(sources.take(1, 999), [9]);
        assert_eq!(sources.take(1, 0), [0; 0]);
    }

    #[test]
    fn short_packets_have_no_sources() {
        let mut sources = ContributingSources::default();
        let whole = packet(1, 1, &[10, 11]);
        for length in 0..20 {
            sources.handle_received(&whole[..length]);
        }
        // STUN, DTLS and RTCP.
        for first in [0, 22, 0x83] {
            let mut other = whole.clone();
            other[0] = first;
            other[1] = 200;
            sources.handle_received(&other);
        }
        assert!(sources.packets.is_empty());
    }
}
