//! The RTP source of the audio that a receiver plays, with its level
//! ([webrtc-pc, 5.3](https://www.w3.org/TR/webrtc/#dom-rtcrtpcontributingsource)).
//!
//! Invariant: pure and bounded. A source counts when its audio leaves the jitter buffer, not when it
//! arrives.

use std::collections::VecDeque;

use crate::{
    audio::{AudioCodec, linear_level},
    connection::{AudioPacket, PacketSources},
    wire::{event::RtpSource, id::ReceiverId},
};

/// More packets than the jitter buffer holds.
const MAX_QUEUED_PACKETS: usize = 128;

#[derive(Debug, Default)]
pub(super) struct PlayedSource {
    /// Not played yet, in order of arrival.
    queued: VecDeque<QueuedPacket>,
    playing: Option<QueuedPacket>,
    /// Level of the last frame, 0 to 1.
    frame_level: f64,
    has_played: bool,
}

#[derive(Debug)]
struct QueuedPacket {
    codec: AudioCodec,
    media_time: u64,
    /// From RFC 6464, 0 to 1.
    level: Option<f32>,
    sources: PacketSources,
}

impl PlayedSource {
    pub(super) fn handle_packet(&mut self, packet: &AudioPacket, sources: PacketSources) {
        if self.queued.len() == MAX_QUEUED_PACKETS {
            self.queued.pop_front();
        }
        self.queued.push_back(QueuedPacket {
            codec: packet.codec,
            media_time: packet.media_time,
            level: packet.level.map(|level| linear_level(level.decibels)),
            sources,
        });
    }

    /// A frame leaves the jitter buffer. `playing` is its media time; `None` while no audio of the
    /// sender plays.
    pub(super) fn handle_frame(&mut self, playing: Option<u64>, level: f64) {
        let Some(playing) = playing else {
            return;
        };
        self.frame_level = level;
        self.has_played = true;
        let mut newest = None;
        self.queued.retain_mut(|packet| {
            if packet.media_time > playing {
                return true;
            }
            if newest.is_none_or(|newest| newest <= packet.media_time) {
                newest = Some(packet.media_time);
                self.playing = Some(QueuedPacket {
                    codec: packet.codec,
                    media_time: packet.media_time,
                    level: packet.level,
                    sources: std::mem::take(&mut packet.sources),
                });
            }
            false
        });
    }

    /// The source that was played since the last report.
    pub(super) fn take_report(&mut self, receiver: ReceiverId) -> Option<RtpSource> {
        if !std::mem::take(&mut self.has_played) {
            return None;
        }
        let playing = self.playing.as_ref()?;
        Some(RtpSource {
            receiver,
            ssrc: playing.sources.ssrc,
            contributing: playing.sources.contributing.clone(),
            // RTP has 32 bits of it.
            rtp_timestamp: playing.codec.rtp_time(playing.media_time) as u32,
            audio_level: Some(playing.level.unwrap_or(self.frame_level as f32).min(1.0)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::AudioLevel;

    const RECEIVER: ReceiverId = ReceiverId(3);

    fn arrive(source: &mut PlayedSource, number: u64, decibels: Option<u8>) {
        arrive_as(AudioCodec::Opus, source, number, decibels);
    }

    fn arrive_as(codec: AudioCodec, source: &mut PlayedSource, number: u64, decibels: Option<u8>) {
        let packet = AudioPacket {
            codec,
            sequence: number,
            media_time: number * 960,
            starts_talkspurt: false,
            level: decibels.map(|decibels| AudioLevel {
                decibels,
                has_voice: true,
            }),
            bytes: Vec::new(),
        };
        let sources = PacketSources {
            ssrc: 7,
            contributing: vec![number as u32],
        };
        source.handle_packet(&packet, sources);
    }

    /// Expects the RTP timestamp, the level and the contributing source of the report.
    fn check(source: &mut PlayedSource, expect: Option<(u32, f32, u32)>) {
        let report = source.take_report(RECEIVER);
        let report = report.map(|report| {
            assert_eq!((report.receiver, report.ssrc), (RECEIVER, 7));
            let level = report.audio_level.unwrap();
            (report.rtp_timestamp, level, report.contributing[0])
        });
        assert_eq!(report, expect);
    }

    #[test]
    fn packet_is_reported_when_it_plays_not_when_it_arrives() {
        let mut source = PlayedSource::default();
        arrive(&mut source, 1, Some(20));
        arrive(&mut source, 2, Some(40));
        check(&mut source, None);
        source.handle_frame(None, 0.5);
        check(&mut source, None);
        source.handle_frame(Some(960), 0.5);
        check(&mut source, Some((960, 0.1, 1)));
        check(&mut source, None);
        source.handle_frame(Some(1440), 0.5);
        check(&mut source, Some((960, 0.1, 1)));
        source.handle_frame(Some(1920), 0.5);
        check(&mut source, Some((1920, 0.01, 2)));
    }

    #[test]
    fn packet_without_a_level_has_that_of_its_frame() {
        let mut source = PlayedSource::default();
        arrive(&mut source, 1, None);
        source.handle_frame(Some(960), 0.25);
        source.handle_frame(Some(1440), 0.5);
        check(&mut source, Some((960, 0.5, 1)));
        arrive(&mut source, 2, Some(127));
        source.handle_frame(Some(1920), 0.5);
        check(&mut source, Some((1920, 0.0, 2)));
    }

    #[test]
    fn reordered_packets_are_reported_in_media_order() {
        let mut source = PlayedSource::default();
        for number in [2, 1, 4, 3] {
            arrive(&mut source, number, Some(0));
        }
        source.handle_frame(Some(2 * 960), 0.5);
        check(&mut source, Some((1920, 1.0, 2)));
        source.handle_frame(Some(3 * 960), 0.5);
        check(&mut source, Some((2880, 1.0, 3)));
    }

    #[test]
    fn packets_that_are_never_played_are_bounded() {
        let mut source = PlayedSource::default();
        for number in 0..1000 {
            arrive(&mut source, number, None);
        }
        assert_eq!(source.queued.len(), MAX_QUEUED_PACKETS);
        source.handle_frame(Some(u64::MAX), 0.5);
        check(&mut source, Some((999 * 960, 0.5, 999)));
        assert!(source.queued.is_empty());
    }

    #[test]
    fn rtp_timestamp_counts_in_the_clock_of_the_codec() {
        let mut source = PlayedSource::default();
        arrive_as(AudioCodec::Pcmu, &mut source, 3, None);
        source.handle_frame(Some(3 * 960), 0.5);
        check(&mut source, Some((3 * 160, 0.5, 3)));
    }

    #[test]
    fn rtp_timestamp_wraps_as_on_the_wire() {
        let mut source = PlayedSource::default();
        let number = (1 << 32) / 960 + 1;
        arrive(&mut source, number, None);
        source.handle_frame(Some(number * 960), 0.5);
        let expect = (number * 960 - (1 << 32)) as u32;
        check(&mut source, Some((expect, 0.5, number as u32)));
    }
}
