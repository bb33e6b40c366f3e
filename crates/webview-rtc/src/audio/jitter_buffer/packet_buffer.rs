//! Buffered packets, ordered by media time.
//!
//! Invariant: bounded in packets, bytes and span. Every packet in it has a duration.

use std::{collections::BTreeMap, time::Instant};

use crate::audio::{AudioCodec, SAMPLE_RATE, decoder};

/// More than the longest useful delay with the shortest packets in use (10 ms).
const MAX_PACKETS: usize = 100;
/// A packet lasts at most 120 ms; no encoder needs more bytes for it.
const MAX_PACKET_BYTES: usize = 8 * 1024;
/// Audio this far before the newest packet is useless.
const MAX_SPAN_SAMPLES: u64 = SAMPLE_RATE as u64;

#[derive(Debug, Clone)]
pub(super) struct BufferedPacket {
    pub(super) codec: AudioCodec,
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
    /// `None` for bytes that are not of this codec.
    pub(super) fn new(
        codec: AudioCodec,
        sequence: u64,
        media_time: u64,
        bytes: &[u8],
        arrival: Instant,
    ) -> Option<Self> {
        if bytes.len() > MAX_PACKET_BYTES {
            return None;
        }
        let duration = decoder::duration(codec, bytes)? as u64;
        // Leaves room for arithmetic.
        if media_time > u64::MAX / 4 {
            return None;
        }
        Some(Self {
            codec,
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
        BufferedPacket::new(AudioCodec::Opus, 0, media_time, &PACKET, Instant::now()).unwrap()
    }

    fn check(codec: AudioCodec, media_time: u64, bytes: &[u8], expect: Option<u64>) {
        let packet = BufferedPacket::new(codec, 0, media_time, bytes, Instant::now());
        assert_eq!(packet.map(|packet| packet.duration), expect, "{codec:?}");
    }

    #[test]
    fn packet_without_a_valid_duration_is_refused() {
        let opus = AudioCodec::Opus;
        check(opus, 7, &PACKET, Some(960));
        check(opus, 0, &[], None);
        // Code 3 with no frame, and with more than 120 ms.
        check(opus, 0, &[0x4b, 0], None);
        check(opus, 0, &[0x4b, 63], None);
        check(opus, 0, &vec![0x48; MAX_PACKET_BYTES + 1], None);
        check(opus, u64::MAX, &PACKET, None);
        for g711 in [AudioCodec::Pcmu, AudioCodec::Pcma] {
            check(g711, 0, &[0; 160], Some(960));
            check(g711, 0, &[0; 960], Some(5760));
            check(g711, 0, &[0; 961], None);
            check(g711, 0, &[], None);
        }
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
