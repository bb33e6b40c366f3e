//! Buffered packets, ordered by media time.
//!
//! Invariant: bounded in packets, bytes and span. Every packet in it is Opus with a duration.

use std::{collections::BTreeMap, time::Instant};

use crate::audio::{SAMPLE_RATE, decoder};

/// More than the longest useful delay with the shortest packets in use (10 ms).
const MAX_PACKETS: usize = 100;
/// A packet lasts at most 120 ms; no encoder needs more bytes for it.
const MAX_PACKET_BYTES: usize = 8 * 1024;
/// Audio this far before the newest packet is useless.
const MAX_SPAN_SAMPLES: u64 = SAMPLE_RATE as u64;

#[derive(Debug, Clone)]
pub(super) struct BufferedPacket {
    pub(super) sequence: u64,
    pub(super) media_time: u64,
    /// Samples per channel.
    pub(super) duration: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) arrival: Instant,
    /// Delay against the fastest packet, in samples.
    pub(super) relative_delay: u64,
}

impl BufferedPacket {
    /// `None` for bytes that are not Opus.
    pub(super) fn new(
        sequence: u64,
        media_time: u64,
        bytes: &[u8],
        arrival: Instant,
    ) -> Option<Self> {
        if bytes.len() > MAX_PACKET_BYTES {
            return None;
        }
        let duration = decoder::duration(bytes)? as u64;
        // Leaves room for arithmetic.
        if media_time > u64::MAX / 4 {
            return None;
        }
        Some(Self {
            sequence,
            media_time,
            duration,
            bytes: bytes.to_vec(),
            arrival,
            relative_delay: 0,
        })
    }

    pub(super) fn end(&self) -> u64 {
        self.media_time + self.duration
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// `dropped`: older packets removed to keep the bounds.
    Inserted {
        dropped: u64,
    },
    Duplicate,
}

#[derive(Debug, Default)]
pub(super) struct PacketBuffer {
    packets: BTreeMap<u64, BufferedPacket>,
}

impl PacketBuffer {
    pub(super) fn push(&mut self, packet: BufferedPacket) -> Pushed {
        if self.packets.contains_key(&packet.media_time) {
            return Pushed::Duplicate;
        }
        self.packets.insert(packet.media_time, packet);
        let mut dropped = 0;
        while self.packets.len() > MAX_PACKETS || self.span() > MAX_SPAN_SAMPLES {
            self.packets.pop_first();
            dropped += 1;
        }
        Pushed::Inserted { dropped }
    }

    pub(super) fn first(&self) -> Option<&BufferedPacket> {
        self.packets.first_key_value().map(|(_, packet)| packet)
    }

    pub(super) fn pop_first(&mut self) -> Option<BufferedPacket> {
        self.packets.pop_first().map(|(_, packet)| packet)
    }

    pub(super) fn clear(&mut self) -> u64 {
        let dropped = self.packets.len() as u64;
        self.packets.clear();
        dropped
    }

    /// Samples from the start of the first packet to the end of the last.
    pub(super) fn span(&self) -> u64 {
        let first = self.packets.first_key_value();
        let last = self.packets.last_key_value();
        match (first, last) {
            (Some((start, _)), Some((_, last))) => last.end() - start,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// TOC of one 20 ms frame of wideband SILK, and some bytes.
    const PACKET: [u8; 4] = [0x48, 1, 2, 3];

    fn packet(media_time: u64) -> BufferedPacket {
        BufferedPacket::new(0, media_time, &PACKET, Instant::now()).unwrap()
    }

    #[test]
    fn non_opus_packet_is_refused() {
        let now = Instant::now();
        assert!(BufferedPacket::new(0, 0, &[], now).is_none());
        // Code 3 with no frame, and with more than 120 ms.
        assert!(BufferedPacket::new(0, 0, &[0x4b, 0], now).is_none());
        assert!(BufferedPacket::new(0, 0, &[0x4b, 63], now).is_none());
        assert!(BufferedPacket::new(0, 0, &vec![0x48; MAX_PACKET_BYTES + 1], now).is_none());
        assert!(BufferedPacket::new(0, u64::MAX, &PACKET, now).is_none());
        assert_eq!(packet(7).duration, 960);
    }

    proptest! {
        #[test]
        fn buffer_stays_bounded_and_ordered(times in prop::collection::vec(0_u64..100_000_000, 1..400)) {
            let mut packet_buffer = PacketBuffer::default();
            for time in times {
                packet_buffer.push(packet(time));
                prop_assert!(packet_buffer.span() <= MAX_SPAN_SAMPLES);
                prop_assert!(packet_buffer.packets.len() <= MAX_PACKETS);
            }
            let mut last = None;
            while let Some(packet) = packet_buffer.pop_first() {
                prop_assert!(last < Some(packet.media_time));
                last = Some(packet.media_time);
            }
        }
    }
}
