//! One captured source's sound as packets of Opus, coded once however many connections send it.
//!
//! Invariant: media time is the capture clock's. It goes on by the samples given, through silence
//! that is not sent (DTX) too, and jumps where the capture had a hole; it never goes back.

use std::time::Duration;

use ropus::{Application, Bitrate, Encoder, InbandFec};

use super::{
    Channels, FRAME_10MS,
    capture_clock::{CaptureClock, Continuity},
    level,
};
use crate::connection::AudioPacket;

/// 20 ms, what every Opus endpoint prefers.
const PACKET: usize = 2 * FRAME_10MS;
/// Half of what full complexity costs, and no worse to hear at a call's bitrates.
const COMPLEXITY: u8 = 5;
/// Opus needs about 20 kbit/s to have room for FEC; below 12 speech suffers.
const LOWEST_BITRATE: u32 = 12_000;
/// RFC 7587, 3.1.1: fullband speech needs 28 to 40 kbit/s a channel.
const BITRATE_PER_CHANNEL: u32 = 32_000;
/// Less is not worth redundancy.
const NO_LOSS: f64 = 0.005;
/// A packet of two bytes or less says only that nothing is sent (RFC 6716, 2.1.9).
const NOTHING: usize = 2;
/// Mean square from which on sound is sent even where it never changes (-40 dB): to Opus' voice
/// detector a steady tone is noise, and noise need not be sent.
const AUDIBLE: f64 = 1e-4;
/// The largest packet of 20 ms (RFC 6716, 3.4: 1275 bytes and the TOC).
const MAX_PACKET: usize = 1276;

/// Settings that survive a change of the source's channels.
#[derive(Debug, Clone, Copy)]
struct Wishes {
    /// None is the default for the channels.
    bitrate: Option<u32>,
    loss_percent: u8,
}

pub struct AudioEncoder {
    channels: Channels,
    encoder: Option<Encoder>,
    wishes: Wishes,
    /// The 10 ms that wait for the other half of their packet.
    half: Vec<f32>,
    clock: Option<CaptureClock>,
    sequence: u64,
    /// Whether the last 20 ms were not sent.
    silent: bool,
}

impl std::fmt::Debug for AudioEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioEncoder")
            .field("channels", &self.channels)
            .field("wishes", &self.wishes)
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

impl AudioEncoder {
    #[must_use]
    pub fn new(channels: Channels) -> Self {
        let wishes = Wishes {
            bitrate: None,
            loss_percent: 0,
        };
        Self {
            channels,
            encoder: build(channels, wishes),
            wishes,
            half: Vec::with_capacity(2 * PACKET),
            clock: None,
            sequence: 0,
            silent: false,
        }
    }

    /// Takes 10 ms of interleaved 48 kHz samples in -1 to 1, the first of which was captured at
    /// `capture` of any steady clock. Gives a packet for every 20 ms that are not silence, and in
    /// silence about every 400 ms. `sequence` counts packets; `media_time` is of the capture clock.
    ///
    /// A source may change its channels between pieces. A piece of another length is not sound of
    /// this form and is dropped.
    pub fn encode(
        &mut self,
        channels: Channels,
        samples: &[f32],
        capture: Duration,
    ) -> Option<AudioPacket> {
        if samples.len() != FRAME_10MS * channels.count() {
            return None;
        }
        if channels != self.channels {
            self.channels = channels;
            self.half.clear();
            self.encoder = build(channels, self.wishes);
        }

        let clock = self
            .clock
            .get_or_insert_with(|| CaptureClock::starting_at(capture));
        let (media_time, continuity) = clock.advance(capture);
        if continuity == Continuity::Hole {
            self.half.clear();
        }
        // A NaN would poison the codec's memory for good.
        self.half.extend(samples.iter().map(|sample| {
            if sample.is_finite() {
                sample.clamp(-1.0, 1.0)
            } else {
                0.0
            }
        }));
        if self.half.len() < PACKET * channels.count() {
            return None;
        }

        let mut bytes = vec![0; MAX_PACKET];
        let length = self.encoder.as_mut().and_then(|encoder| {
            let quiet = level::power(&self.half) < AUDIBLE;
            encoder.set_dtx(quiet).ok()?;
            encoder.encode_float(&self.half, &mut bytes).ok()
        });
        self.half.clear();
        let length = length?;
        if length <= NOTHING {
            self.silent = true;
            return None;
        }
        bytes.truncate(length);
        let sequence = self.sequence;
        self.sequence += 1;
        Some(AudioPacket {
            sequence,
            // The packet began with the piece before.
            media_time: media_time.saturating_sub(FRAME_10MS as u64),
            starts_talkspurt: std::mem::take(&mut self.silent) || sequence == 0,
            bytes,
        })
    }

    /// In bits a second; never below 12,000. FEC has room from about 20,000 on.
    pub fn set_bitrate(&mut self, bitrate: u32) {
        let bitrate = bitrate.max(LOWEST_BITRATE);
        if self.wishes.bitrate.replace(bitrate) == Some(bitrate) {
            return;
        }
        if let Some(encoder) = &mut self.encoder {
            // Opus clamps by itself; there is nothing to refuse.
            let _ = encoder.set_bitrate(Bitrate::Bits(bitrate));
        }
    }

    /// The worst receiver's share of lost packets, 0 to 1. Above 0, packets carry the one before
    /// in small (in-band FEC).
    pub fn set_expected_loss(&mut self, fraction: f64) {
        let percent = percent(fraction);
        if percent == self.wishes.loss_percent {
            return;
        }
        self.wishes.loss_percent = percent;
        if let Some(encoder) = &mut self.encoder {
            let _ = encoder.set_packet_loss_perc(percent);
        }
    }
}

/// Opus trades quality for redundancy by it; beyond 30 % there is nothing left to trade. At a call's
/// bitrates it gives no redundancy at all for less than 8 %, and for 10 % it takes no more bits.
fn percent(fraction: f64) -> u8 {
    if fraction < NO_LOSS {
        return 0;
    }
    (fraction * 100.0).ceil().clamp(10.0, 30.0) as u8
}

fn build(channels: Channels, wishes: Wishes) -> Option<Encoder> {
    let bitrate = wishes.bitrate.unwrap_or(match channels {
        Channels::Mono => BITRATE_PER_CHANNEL,
        Channels::Stereo => 2 * BITRATE_PER_CHANNEL,
    });
    Encoder::builder(super::SAMPLE_RATE, channels.codec(), Application::Voip)
        .bitrate(Bitrate::Bits(bitrate))
        .complexity(COMPLEXITY)
        .vbr(true)
        .inband_fec(InbandFec::Enabled)
        .packet_loss_perc(wishes.loss_percent)
        .dtx(true)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::simulation::{noise, tone, voice};

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn piece(sound: &[f32], index: usize) -> &[f32] {
        &sound[index * FRAME_10MS..(index + 1) * FRAME_10MS]
    }

    /// Feeds pieces captured at these milliseconds; expects the packets' media times in ms.
    fn check(at: &[u64], expect: &[u64]) {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let sound = tone(440.0, 0.3, at.len() * FRAME_10MS);
        let times: Vec<_> = at
            .iter()
            .enumerate()
            .filter_map(|(index, at)| {
                encoder.encode(Channels::Mono, piece(&sound, index), millis(*at))
            })
            .map(|packet| packet.media_time / 48)
            .collect();
        assert_eq!(times, expect);
    }

    #[test]
    fn media_time_goes_on_by_samples() {
        check(&[1000, 1010, 1020, 1030], &[1000, 1020]);
        // A capture that stamps unevenly is not a hole.
        check(&[1000, 1019, 1021, 1025, 1055, 1056], &[1000, 1020, 1040]);
    }

    #[test]
    fn a_hole_of_the_capture_jumps_it() {
        check(&[0, 10, 20, 30, 530, 540], &[0, 20, 530]);
        // Half a packet before the hole is given up.
        check(&[0, 10, 20, 520, 530], &[0, 520]);
    }

    #[test]
    fn media_time_never_goes_back() {
        check(&[9000, 9010, 0, 10, 20, 30], &[9000, 9020, 9040]);
    }

    #[test]
    fn it_follows_a_drifting_card_without_a_hole() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let silence = [0.0; FRAME_10MS];
        let mut last = None;
        for index in 0..60_000_u64 {
            let capture = Duration::from_micros(index * 10_002);
            if let Some(packet) = encoder.encode(Channels::Mono, &silence, capture) {
                if let Some(last) = last {
                    assert_eq!((packet.media_time - last) % 960, 0);
                }
                last = Some(packet.media_time);
            }
        }
    }

    #[test]
    fn silence_is_sent_only_now_and_then() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let sound = noise(0.0003, 300 * FRAME_10MS);
        let packets: Vec<_> = (0..300)
            .filter_map(|index| {
                let capture = millis(index as u64 * 10);
                encoder.encode(Channels::Mono, piece(&sound, index), capture)
            })
            .collect();
        assert!(packets.len() < 25, "{} packets", packets.len());
        let after = packets.last().unwrap();
        assert!(after.starts_talkspurt);
        assert_eq!(after.sequence, packets.len() as u64 - 1);
        assert_eq!(after.media_time % 960, 0);
    }

    #[test]
    fn a_steady_tone_is_not_silence() {
        for channels in [Channels::Mono, Channels::Stereo] {
            let mut encoder = AudioEncoder::new(channels);
            let sound = tone(440.0, 0.3, 400 * FRAME_10MS);
            let packets = (0..400_usize).filter(|index| {
                let both: Vec<f32> = piece(&sound, *index)
                    .iter()
                    .flat_map(|sample| [*sample, 0.0].into_iter().take(channels.count()))
                    .collect();
                let capture = millis(*index as u64 * 10);
                encoder.encode(channels, &both, capture).is_some()
            });
            assert_eq!(packets.count(), 200);
        }
    }

    #[test]
    fn expected_loss_brings_redundancy_and_bitrate_is_followed() {
        let bytes = |loss: f64, bitrate: u32| -> (usize, usize) {
            let mut encoder = AudioEncoder::new(Channels::Mono);
            encoder.set_expected_loss(loss);
            encoder.set_bitrate(bitrate);
            let sound = voice(200 * FRAME_10MS);
            let packets: Vec<_> = (0..200)
                .filter_map(|index| {
                    let capture = millis(index as u64 * 10);
                    encoder.encode(Channels::Mono, piece(&sound, index), capture)
                })
                .collect();
            let redundant = packets
                .iter()
                .filter(|packet| crate::audio::decoder::carries_previous(&packet.bytes))
                .count();
            let total = packets.iter().map(|packet| packet.bytes.len()).sum();
            (redundant, total)
        };
        assert_eq!(bytes(0.0, 32_000).0, 0);
        assert_eq!(bytes(0.004, 32_000).0, 0);
        for loss in [0.01, 0.05, 0.1] {
            assert!(bytes(loss, 32_000).0 > 70);
        }
        let (_, much) = bytes(0.0, 32_000);
        let (_, little) = bytes(0.0, 1_000);
        assert!(little * 2 < much, "{little} against {much} bytes");
        assert!(little > 1500, "{little} bytes in two seconds");
    }

    #[test]
    fn what_is_no_sound_does_no_harm() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        assert_eq!(encoder.encode(Channels::Mono, &[0.5; 7], millis(0)), None);
        for index in 0..10 {
            let strange = [f32::NAN, f32::INFINITY, -9.0, 1e30].repeat(FRAME_10MS / 4);
            encoder.encode(Channels::Mono, &strange, millis(index * 10));
        }
        let sound = tone(440.0, 0.3, 40 * FRAME_10MS);
        let last = (0..40)
            .filter_map(|index| {
                let capture = millis(100 + index as u64 * 10);
                encoder.encode(Channels::Mono, piece(&sound, index), capture)
            })
            .last();
        assert!(last.unwrap().bytes.len() > 20);
    }

    #[test]
    fn a_source_may_become_stereo() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let sound = tone(440.0, 0.3, 4 * FRAME_10MS);
        encoder.encode(Channels::Mono, piece(&sound, 0), millis(0));
        let both = sound[..2 * FRAME_10MS].to_vec();
        assert_eq!(encoder.encode(Channels::Stereo, &both, millis(10)), None);
        let packet = encoder.encode(Channels::Stereo, &both, millis(20)).unwrap();
        assert_eq!(packet.media_time, 480);
        assert_eq!(
            crate::audio::decoder::channels(&packet.bytes),
            Channels::Stereo
        );
    }
}
