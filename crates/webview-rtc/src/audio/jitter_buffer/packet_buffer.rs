//! Packets that wait for their moment, in the order of their media time.
//!
//! Invariant: bounded in packets, bytes and span; every packet in it is Opus with a duration.

use std::{collections::BTreeMap, time::Instant};

use crate::audio::{SAMPLE_RATE, decoder};

/// More than the longest sensible delay at the shortest packets in use (10 ms).
const MAX_PACKETS: usize = 100;
/// A packet is at most 120 ms; no encoder fills more than this.
const MAX_BYTES: usize = 8 * 1024;
/// What lies this far before the newest is of no use any more.
const MAX_SPAN: u64 = SAMPLE_RATE as u64;

#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) sequence: u64,
    pub(super) media_time: u64,
    /// Samples a channel.
    pub(super) duration: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) arrival: Instant,
    /// How much later than the fastest, in samples.
    pub(super) late: u64,
}

impl Waiting {
    /// `None` where it is not Opus.
    pub(super) fn new(
        sequence: u64,
        media_time: u64,
        bytes: &[u8],
        arrival: Instant,
    ) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let duration = decoder::duration(bytes)? as u64;
        // Leaves room to reckon with it.
        if media_time > u64::MAX / 4 {
            return None;
        }
        Some(Self {
            sequence,
            media_time,
            duration,
            bytes: bytes.to_vec(),
            arrival,
            late: 0,
        })
    }

    pub(super) fn end(&self) -> u64 {
        self.media_time + self.duration
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// So many others had to go for it.
    Kept {
        dropped: u64,
    },
    Twice,
}

#[derive(Debug, Default)]
pub(super) struct PacketBuffer {
    packets: BTreeMap<u64, Waiting>,
}

impl PacketBuffer {
    pub(super) fn push(&mut self, packet: Waiting) -> Pushed {
        if self.packets.contains_key(&packet.media_time) {
            return Pushed::Twice;
        }
        self.packets.insert(packet.media_time, packet);
        let mut dropped = 0;
        while self.packets.len() > MAX_PACKETS || self.span() > MAX_SPAN {
            self.packets.pop_first();
            dropped += 1;
        }
        Pushed::Kept { dropped }
    }

    pub(super) fn first(&self) -> Option<&Waiting> {
        self.packets.first_key_value().map(|(_, packet)| packet)
    }

    pub(super) fn pop_first(&mut self) -> Option<Waiting> {
        self.packets.pop_first().map(|(_, packet)| packet)
    }

    pub(super) fn clear(&mut self) -> u64 {
        let dropped = self.packets.len() as u64;
        self.packets.clear();
        dropped
    }

    /// Samples from the first packet's begin to the last one's end.
    pub(super) fn span(&self) -> u64 {
        let first = self.packets.first_key_value();
        let last = self.packets.last_key_value();
        match (first, last) {
            (Some((begin, _)), Some((_, last))) => last.end() - begin,
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

    fn packet(media_time: u64) -> Waiting {
        Waiting::new(0, media_time, &PACKET, Instant::now()).unwrap()
    }

    #[test]
    fn what_is_not_opus_is_refused() {
        let now = Instant::now();
        assert!(Waiting::new(0, 0, &[], now).is_none());
        // Code 3 with no frame, and with more than 120 ms.
        assert!(Waiting::new(0, 0, &[0x4b, 0], now).is_none());
        assert!(Waiting::new(0, 0, &[0x4b, 63], now).is_none());
        assert!(Waiting::new(0, 0, &vec![0x48; MAX_BYTES + 1], now).is_none());
        assert!(Waiting::new(0, u64::MAX, &PACKET, now).is_none());
        assert_eq!(packet(7).duration, 960);
    }

    proptest! {
        #[test]
        fn it_stays_within_its_bounds_and_in_order(times in prop::collection::vec(0_u64..100_000_000, 1..400)) {
            let mut queue = PacketBuffer::default();
            for time in times {
                queue.push(packet(time));
                prop_assert!(queue.span() <= MAX_SPAN);
                prop_assert!(queue.packets.len() <= MAX_PACKETS);
            }
            let mut last = None;
            while let Some(packet) = queue.pop_first() {
                prop_assert!(last < Some(packet.media_time));
                last = Some(packet.media_time);
            }
        }
    }
}
