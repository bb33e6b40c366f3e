//! Statistics of one connection, named as in [W3C webrtc-stats](https://www.w3.org/TR/webrtc-stats/).
//!
//! Packet counters are current; values from RTCP reports are as old as the last report.
//!
//! Invariant: pure. Counters exist only for negotiated streams, so a peer cannot make them grow.

use std::{
    collections::HashMap,
    net::SocketAddr,
    ops::RangeInclusive,
    time::{Instant, SystemTime},
};

use str0m::{
    media::{Mid, SenderFeedback},
    stats::{MediaEgressStats, MediaIngressStats, PeerStats},
};

use super::{
    bandwidth::{Bandwidth, Sent},
    ice::{
        candidate_pairs::CandidatePairs,
        candidates::{self, Candidates, Side},
    },
    media_sections::{MediaSection, MediaSections},
    packet::Packet,
};
use crate::wire::{
    negotiated::{Codec, Rtp},
    statistics::{
        InboundStatistics, OutboundStatistics, RemoteOutboundStatistics, Statistics,
        TransportStatistics,
    },
};

/// The shortest authentication tag of the SRTP profiles in use
/// ([RFC 3711, 5.2](https://www.rfc-editor.org/rfc/rfc3711#section-5.2)).
const AUTH_TAG_BYTES: usize = 10;
/// A larger jump of sequence numbers is a reset, not loss.
const SEQUENCE_RESET_DISTANCE: u64 = 3000;

#[derive(Debug, Default)]
pub(super) struct Stats {
    /// Datagrams that could not be parsed.
    pub(super) malformed: u64,
    /// Datagrams that belong to no stream of this connection.
    pub(super) foreign: u64,
    pub(super) bandwidth: Bandwidth,
    transport: TransportStatistics,
    selected: Option<AddressPair>,
    sent: HashMap<u32, Counter>,
    received: HashMap<u32, Counter>,
    ingress: HashMap<Mid, MediaIngressStats>,
    egress: HashMap<Mid, MediaEgressStats>,
    losses: HashMap<Mid, SequenceLoss>,
    /// Payload types of the last packets.
    sent_types: HashMap<Mid, u8>,
    received_types: HashMap<Mid, u8>,
    reported: HashMap<Mid, RemoteOutboundStatistics>,
    pairs: CandidatePairs,
}

/// Local and remote address.
type AddressPair = (SocketAddr, SocketAddr);

#[derive(Debug, Clone, Copy, Default)]
struct Counter {
    packets: u64,
    /// Payload bytes.
    bytes: u64,
}

/// Lost packets, computed from the extended sequence numbers of received ones.
#[derive(Debug, Clone, Copy)]
struct SequenceLoss {
    first: u64,
    last: u64,
    received: u64,
    /// Lost before the last sequence reset.
    lost_before: u64,
}

impl Stats {
    /// Keeps counters for the streams of the new session and drops all others.
    pub(super) fn handle_media_sections(&mut self, media_sections: &MediaSections) {
        let mut sent = HashMap::new();
        let mut received = HashMap::new();
        for rtp in media_sections.iter().filter_map(MediaSection::rtp) {
            for ssrc in std::iter::once(rtp.send.ssrc).chain(rtp.send.rtx) {
                sent.insert(ssrc, self.sent.get(&ssrc).copied().unwrap_or_default());
            }
            for stream in &rtp.receive {
                for ssrc in std::iter::once(stream.ssrc).chain(stream.rtx) {
                    let counter = self.received.get(&ssrc).copied().unwrap_or_default();
                    received.insert(ssrc, counter);
                }
            }
        }
        self.sent = sent;
        self.received = received;
        let is_rtp = |mid: &Mid| {
            media_sections
                .by_mid(*mid)
                .is_some_and(|section| section.rtp().is_some())
        };
        self.ingress.retain(|mid, _| is_rtp(mid));
        self.egress.retain(|mid, _| is_rtp(mid));
        self.losses.retain(|mid, _| is_rtp(mid));
        self.sent_types.retain(|mid, _| is_rtp(mid));
        self.received_types.retain(|mid, _| is_rtp(mid));
        self.reported.retain(|mid, _| is_rtp(mid));
    }

    pub(super) fn handle_sent(&mut self, (local, remote): AddressPair, bytes: &[u8], now: Instant) {
        self.pairs.handle_sent(local, remote, bytes, now);
        self.transport.packets_sent += 1;
        self.transport.bytes_sent += bytes.len() as u64;
        count(&mut self.sent, bytes);
    }

    pub(super) fn handle_received(
        &mut self,
        (local, remote): AddressPair,
        bytes: &[u8],
        now: Instant,
    ) {
        self.pairs.handle_received(local, remote, bytes, now);
        self.transport.packets_received += 1;
        self.transport.bytes_received += bytes.len() as u64;
        count(&mut self.received, bytes);
    }

    pub(super) fn handle_sent_type(&mut self, mid: Mid, payload_type: u8) {
        self.sent_types.insert(mid, payload_type);
    }

    pub(super) fn handle_received_type(&mut self, mid: Mid, payload_type: u8) {
        self.received_types.insert(mid, payload_type);
    }

    /// Counts packets that were received, retransmitted ones included.
    pub(super) fn handle_media(&mut self, mid: Mid, sequence: RangeInclusive<u64>) {
        let (start, end) = sequence.into_inner();
        let count = end.saturating_sub(start) + 1;
        let losses = self.losses.entry(mid).or_insert(SequenceLoss {
            first: start,
            last: start,
            received: 0,
            lost_before: 0,
        });
        if start > losses.last + SEQUENCE_RESET_DISTANCE
            || end + SEQUENCE_RESET_DISTANCE < losses.first
        {
            *losses = SequenceLoss {
                first: start,
                last: start,
                received: 0,
                lost_before: losses.total(),
            };
        }
        losses.first = losses.first.min(start);
        losses.last = losses.last.max(end);
        losses.received += count;
    }

    pub(super) fn handle_peer(&mut self, stats: &PeerStats) {
        let Some(pair) = &stats.selected_candidate_pair else {
            return;
        };
        let selected = (pair.local.addr, pair.remote.addr);
        if self.selected != Some(selected) {
            self.selected = Some(selected);
            self.transport.selected_candidate_pair_changes += 1;
        }
    }

    /// An ICE restart starts with new candidate pairs.
    pub(super) fn handle_restart(&mut self) {
        self.pairs.clear();
    }

    pub(super) fn handle_sender_report(&mut self, feedback: &SenderFeedback) {
        let info = &feedback.sender_info;
        let since_1970 = info.ntp_time.duration_since(SystemTime::UNIX_EPOCH);
        let reported = self.reported.entry(feedback.mid).or_default();
        reported.reports_sent += 1;
        reported.packets_sent = u64::from(info.sender_packet_count);
        reported.bytes_sent = u64::from(info.sender_octet_count);
        reported.remote_timestamp = since_1970.unwrap_or_default().as_secs_f64() * 1000.0;
    }

    pub(super) fn handle_ingress(&mut self, stats: MediaIngressStats) {
        self.ingress.insert(stats.mid, stats);
    }

    pub(super) fn handle_egress(&mut self, stats: &MediaEgressStats) {
        // Fields missing from this report keep their last value.
        let mut stats = stats.clone();
        if let Some(before) = self.egress.remove(&stats.mid) {
            stats.loss = stats.loss.or(before.loss);
            stats.remote = stats.remote.or(before.remote);
        }
        self.egress.insert(stats.mid, stats);
    }

    pub(super) fn bytes_sent(&self, media_sections: &MediaSections) -> Sent {
        let retransmitted = media_sections.iter().filter_map(MediaSection::rtp);
        let retransmitted = retransmitted.map(|rtp| counted(&self.sent, rtp.send.rtx).bytes);
        Sent {
            total: self.sent.values().map(|counter| counter.bytes).sum(),
            retransmitted: retransmitted.sum(),
        }
    }

    /// All statistics except those of the data channels. A received stream has them from its first
    /// packet on, and a stream that pauses keeps them (W3C webrtc-stats, the lifetime of
    /// RTP objects).
    pub(super) fn statistics(
        &self,
        media_sections: &MediaSections,
        candidates: &Candidates,
    ) -> Statistics {
        let mut transport = self.transport.clone();
        transport.available_outgoing_bitrate = self.bandwidth.estimate().map(as_f64);
        if let Some((local, remote)) = self.selected {
            transport.local_candidate = candidates.local_id(local);
            transport.remote_candidate = Some(candidates::id(Side::Remote, remote));
        }
        let outbound = media_sections.iter().filter_map(|section| {
            let outbound = self.outbound(section, section.rtp()?);
            (section.sends() || outbound.packets_sent > 0).then_some(outbound)
        });
        let inbound = media_sections.iter().filter_map(|section| {
            let inbound = self.inbound(section, section.rtp()?);
            (inbound.packets_received > 0).then_some(inbound)
        });
        Statistics {
            transport,
            outbound: outbound.collect(),
            inbound: inbound.collect(),
            candidates: candidates.statistics(self.remotes()),
            candidate_pairs: self.pairs.statistics(candidates, self.selected),
            channels: Vec::new(),
        }
    }

    fn remotes(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        let selected = self.selected.map(|(_, remote)| remote);
        self.pairs.remotes().chain(selected)
    }

    fn outbound(&self, section: &MediaSection, rtp: &Rtp) -> OutboundStatistics {
        let main = counted(&self.sent, Some(rtp.send.ssrc));
        let retransmitted = counted(&self.sent, rtp.send.rtx);
        let mut statistics = OutboundStatistics {
            mid: section.name().to_owned(),
            ssrc: rtp.send.ssrc,
            payload_type: self.sent_types.get(&section.mid).copied(),
            packets_sent: main.packets + retransmitted.packets,
            bytes_sent: main.bytes + retransmitted.bytes,
            retransmitted_packets_sent: retransmitted.packets,
            retransmitted_bytes_sent: retransmitted.bytes,
            ..OutboundStatistics::default()
        };
        let Some(stats) = self.egress.get(&section.mid) else {
            return statistics;
        };
        statistics.nack_count = stats.nacks;
        statistics.pli_count = stats.plis;
        statistics.fir_count = stats.firs;
        statistics.round_trip_time = stats.rtt.map(|time| time.as_secs_f64());
        statistics.fraction_lost = stats.loss.map(f64::from);
        if let Some(remote) = &stats.remote {
            statistics.remote_packets_lost = i64::try_from(remote.packets_lost).ok();
            statistics.remote_jitter =
                Some(f64::from(remote.jitter) / clock_rate(rtp, statistics.payload_type));
        }
        statistics
    }

    fn inbound(&self, section: &MediaSection, rtp: &Rtp) -> InboundStatistics {
        let mut total = Counter::default();
        for stream in &rtp.receive {
            for ssrc in [Some(stream.ssrc), stream.rtx] {
                let counter = counted(&self.received, ssrc);
                total.packets += counter.packets;
                total.bytes += counter.bytes;
            }
        }
        let lost = self.losses.get(&section.mid).map_or(0, SequenceLoss::total);
        let mut statistics = InboundStatistics {
            mid: section.name().to_owned(),
            receiver: Some(rtp.receiver),
            ssrc: rtp.receive.first().map_or(0, |stream| stream.ssrc),
            payload_type: self.received_types.get(&section.mid).copied(),
            packets_received: total.packets,
            bytes_received: total.bytes,
            packets_lost: i64::try_from(lost).unwrap_or(i64::MAX),
            remote: self.reported.get(&section.mid).cloned(),
            ..InboundStatistics::default()
        };
        let Some(stats) = self.ingress.get(&section.mid) else {
            return statistics;
        };
        // Without signaled SSRCs, only str0m knows the packets of this section.
        statistics.packets_received = statistics.packets_received.max(stats.packets);
        statistics.bytes_received = statistics.bytes_received.max(stats.bytes);
        statistics.jitter = f64::from(stats.jitter) / clock_rate(rtp, statistics.payload_type);
        statistics.nack_count = stats.nacks;
        statistics.pli_count = stats.plis;
        statistics.fir_count = stats.firs;
        statistics
    }
}

impl SequenceLoss {
    fn total(&self) -> u64 {
        let expected = self.last - self.first + 1;
        self.lost_before + expected.saturating_sub(self.received)
    }
}

fn counted(counters: &HashMap<u32, Counter>, ssrc: Option<u32>) -> Counter {
    ssrc.and_then(|ssrc| counters.get(&ssrc).copied())
        .unwrap_or_default()
}

/// Counts an RTP packet of a known stream.
fn count(counters: &mut HashMap<u32, Counter>, bytes: &[u8]) {
    let (Packet::Rtp { ssrc }, Some((header, rest))) = (
        Packet::of(bytes),
        bytes.split_at_checked(Packet::RTP_HEADER_BYTES),
    ) else {
        return;
    };
    let (Some(counter), Some(first)) = (counters.get_mut(&ssrc), header.first()) else {
        return;
    };
    let sources = usize::from(first & 0x0f) * 4;
    let extension = if first & 0x10 == 0 {
        0
    } else {
        match rest.get(sources + 2..sources + 4) {
            Some([high, low]) => 4 + usize::from(u16::from_be_bytes([*high, *low])) * 4,
            _ => 0,
        }
    };
    counter.packets += 1;
    counter.bytes += rest
        .len()
        .saturating_sub(sources + extension + AUTH_TAG_BYTES) as u64;
}

/// Of this payload type, else of the first codec.
fn clock_rate(rtp: &Rtp, payload_type: Option<u8>) -> f64 {
    let is_used = |codec: &&Codec| Some(codec.payload_type) == payload_type;
    let codec = rtp.codecs.iter().find(is_used).or(rtp.codecs.first());
    f64::from(codec.map_or(90_000, |codec| codec.clock_rate))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no path carries 2^53 bits a second"
)]
fn as_f64(bits: u64) -> f64 {
    bits as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_gap_is_loss_and_sequence_reset_is_not() {
        let mid = Mid::from("0");
        let mut stats = Stats::default();
        let lost = |stats: &Stats| stats.losses.get(&mid).map_or(0, SequenceLoss::total);
        stats.handle_media(mid, 10..=10);
        stats.handle_media(mid, 12..=14);
        assert_eq!(lost(&stats), 1);
        stats.handle_media(mid, 11..=11);
        assert_eq!(lost(&stats), 0);
        stats.handle_media(mid, 16..=16);
        stats.handle_media(mid, 60_000..=60_000);
        assert_eq!(lost(&stats), 1);
        stats.handle_media(mid, 60_002..=60_002);
        assert_eq!(lost(&stats), 2);
    }

    #[test]
    fn packets_are_counted_per_ssrc() {
        let packet = |ssrc: u32, payload: usize| {
            let mut bytes = vec![0x90, 96, 0, 1, 0, 0, 0, 0];
            bytes.extend(ssrc.to_be_bytes());
            // One word of header extensions.
            bytes.extend([0xbe, 0xde, 0, 1, 0, 0, 0, 0]);
            bytes.extend(vec![0; payload + AUTH_TAG_BYTES]);
            bytes
        };
        let mut counters = HashMap::from([(7, Counter::default())]);
        count(&mut counters, &packet(7, 100));
        count(&mut counters, &packet(8, 100));
        let mut report = packet(7, 100);
        report[1] = 200;
        count(&mut counters, &report);
        for length in 0..24 {
            count(&mut counters, &packet(7, 4)[..length]);
        }
        let counter = counters[&7];
        assert_eq!(counter.bytes, 100);
        assert_eq!(counter.packets, 13);
    }
}
