//! G.711 encoder of one captured source.
//!
//! Invariant: as with Opus, media time follows the capture clock. Silence is sent like all else.

use std::time::Duration;

use super::{
    super::{
        AudioCodec, Channels, FRAME_10MS,
        capture_clock::{CaptureClock, Continuity},
        level,
    },
    Law,
    rate_filter::Decimator,
};
use crate::connection::{AudioLevel, AudioPacket};

/// 20 ms ([RFC 3551, 4.5](https://www.rfc-editor.org/rfc/rfc3551#section-4.5)).
const PACKET_SAMPLES: usize = 2 * FRAME_10MS;
/// Mean square (-40 dB) from which on a packet counts as voice.
const MIN_VOICE_POWER: f64 = 1e-4;

#[derive(Debug)]
pub(crate) struct G711Encoder {
    law: Law,
    decimator: Decimator,
    clock: Option<CaptureClock>,
    /// At 48 kHz, mono: the first 10 ms of the next packet.
    pending: Vec<f32>,
    sequence: u64,
}

impl G711Encoder {
    pub(crate) fn new(law: Law) -> Self {
        Self {
            law,
            decimator: Decimator::new(),
            clock: None,
            pending: Vec::with_capacity(PACKET_SAMPLES),
            sequence: 0,
        }
    }

    /// Encodes one frame as [`super::super::AudioEncoder::encode`] does. Returns a packet every
    /// 20 ms. Stereo is mixed.
    pub(crate) fn encode(
        &mut self,
        channels: Channels,
        samples: &[f32],
        capture: Duration,
    ) -> Option<AudioPacket> {
        let count = channels.count();
        if samples.len() != FRAME_10MS * count {
            return None;
        }
        let clock = self
            .clock
            .get_or_insert_with(|| CaptureClock::starting_at(capture));
        let (media_time, continuity) = clock.advance(capture);
        if continuity == Continuity::Gap {
            self.pending.clear();
        }
        let mixed = samples.chunks_exact(count).map(|frame| {
            let sum: f32 = frame.iter().sum();
            let mean = sum / count as f32;
            // A NaN would stay in the filter.
            if mean.is_finite() {
                mean.clamp(-1.0, 1.0)
            } else {
                0.0
            }
        });
        self.pending.extend(mixed);
        if self.pending.len() < PACKET_SAMPLES {
            return None;
        }
        let power = level::power(&self.pending);
        let bytes = self
            .decimator
            .run(self.pending.drain(..))
            .into_iter()
            .map(|sample| {
                let scaled = sample.clamp(-1.0, 1.0) * f32::from(i16::MAX);
                self.law.encode(scaled.round() as i16)
            })
            .collect();
        let sequence = self.sequence;
        self.sequence += 1;
        Some(AudioPacket {
            codec: match self.law {
                Law::Mu => AudioCodec::Pcmu,
                Law::A => AudioCodec::Pcma,
            },
            sequence,
            // The packet starts with the previous frame.
            media_time: media_time.saturating_sub(FRAME_10MS as u64),
            starts_talkspurt: sequence == 0,
            level: Some(AudioLevel {
                decibels: level::decibels(power),
                has_voice: power >= MIN_VOICE_POWER,
            }),
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::simulation::tone;

    #[test]
    fn frames_become_packets_of_160_bytes() {
        let mut encoder = G711Encoder::new(Law::A);
        let audio = tone(400.0, 0.3, 10 * FRAME_10MS);
        let packets: Vec<_> = audio
            .chunks(FRAME_10MS)
            .zip(100..)
            .filter_map(|(frame, index)| {
                encoder.encode(Channels::Mono, frame, Duration::from_millis(index * 10))
            })
            .collect();
        let times: Vec<_> = packets
            .iter()
            .map(|packet| packet.media_time / 48)
            .collect();
        assert_eq!(times, [1000, 1020, 1040, 1060, 1080]);
        assert!(packets.iter().all(|packet| packet.bytes.len() == 160));
        assert!(packets[0].starts_talkspurt && !packets[1].starts_talkspurt);
        assert_eq!(packets[1].level.map(|level| level.decibels), Some(13));
    }

    #[test]
    fn capture_gap_drops_the_half_packet_before_it() {
        let mut encoder = G711Encoder::new(Law::Mu);
        let frame = [0.0; 2 * FRAME_10MS];
        let times: Vec<_> = [0, 10, 20, 520, 530]
            .into_iter()
            .filter_map(|at| encoder.encode(Channels::Stereo, &frame, Duration::from_millis(at)))
            .map(|packet| packet.media_time / 48)
            .collect();
        assert_eq!(times, [0, 520]);
    }
}
