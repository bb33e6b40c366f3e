//! Opus encoder of one captured source. Each frame is encoded once for all connections.
//!
//! Invariant: media time follows the capture clock. It advances by the captured samples, also
//! during silence that is not sent (DTX), jumps forward at a capture gap, and never goes back.

use std::time::Duration;

use ropus::{Application, Bitrate, Encoder, InbandFec};

use super::{
    AudioCodec, Channels, FRAME_10MS,
    capture_clock::{CaptureClock, Continuity},
    level,
};
use crate::connection::{AudioLevel, AudioPacket};

/// 20 ms, the packet time that Opus endpoints prefer.
const PACKET_SAMPLES: usize = 2 * FRAME_10MS;
/// Half the cost of full complexity, with no audible difference at the bitrates of a call.
const COMPLEXITY: u8 = 5;
/// FEC needs about 20 kbit/s. Below 12 kbit/s speech degrades.
const MIN_BITRATE: u32 = 12_000;
/// Fullband speech needs 28 to 40 kbit/s per channel
/// ([RFC 7587, 3.1.1](https://www.rfc-editor.org/rfc/rfc7587#section-3.1.1)).
const BITRATE_PER_CHANNEL: u32 = 32_000;
/// Loss below this share is not worth FEC.
const FEC_MIN_LOSS: f64 = 0.005;
/// A packet of at most two bytes means DTX: it is not sent
/// ([RFC 6716, 2.1.9](https://www.rfc-editor.org/rfc/rfc6716#section-2.1.9)).
const MAX_DTX_PACKET_BYTES: usize = 2;
/// Mean square (-40 dB) from which on audio is sent without DTX. The voice detector of Opus takes a
/// steady tone for noise, and DTX would drop it.
const MIN_AUDIBLE_POWER: f64 = 1e-4;
/// The largest packet of 20 ms: 1275 bytes and the TOC
/// ([RFC 6716, 3.4](https://www.rfc-editor.org/rfc/rfc6716#section-3.4)).
const MAX_PACKET_BYTES: usize = 1276;

/// Settings that survive a change of channels.
#[derive(Debug, Clone, Copy)]
struct EncoderSettings {
    /// `None` means the default for the channels.
    bitrate: Option<u32>,
    loss_percent: u8,
}

pub struct AudioEncoder {
    channels: Channels,
    encoder: Option<Encoder>,
    settings: EncoderSettings,
    /// The first 10 ms of the next packet.
    pending: Vec<f32>,
    clock: Option<CaptureClock>,
    sequence: u64,
    /// Whether the last 20 ms were dropped by DTX.
    in_dtx: bool,
}

impl std::fmt::Debug for AudioEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioEncoder")
            .field("channels", &self.channels)
            .field("settings", &self.settings)
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

impl AudioEncoder {
    #[must_use]
    pub fn new(channels: Channels) -> Self {
        let settings = EncoderSettings {
            bitrate: None,
            loss_percent: 0,
        };
        Self {
            channels,
            encoder: build(channels, settings),
            settings,
            pending: Vec::with_capacity(2 * PACKET_SAMPLES),
            clock: None,
            sequence: 0,
            in_dtx: false,
        }
    }

    /// Encodes one frame: 10 ms of interleaved 48 kHz samples, -1 to 1. `capture` is the capture
    /// time of the first sample on any steady clock. Returns a packet every 20 ms, and during
    /// silence about every 400 ms. `sequence` counts packets; `media_time` follows the capture
    /// clock.
    ///
    /// The channels may change between frames. A frame of another length is dropped.
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
            self.pending.clear();
            self.encoder = build(channels, self.settings);
        }

        let clock = self
            .clock
            .get_or_insert_with(|| CaptureClock::starting_at(capture));
        let (media_time, continuity) = clock.advance(capture);
        if continuity == Continuity::Gap {
            self.pending.clear();
        }
        // A NaN would stay in the state of the codec.
        self.pending.extend(samples.iter().map(|sample| {
            if sample.is_finite() {
                sample.clamp(-1.0, 1.0)
            } else {
                0.0
            }
        }));
        if self.pending.len() < PACKET_SAMPLES * channels.count() {
            return None;
        }

        let mut bytes = vec![0; MAX_PACKET_BYTES];
        let power = level::power(&self.pending);
        let is_quiet = power < MIN_AUDIBLE_POWER;
        let length = self.encoder.as_mut().and_then(|encoder| {
            encoder.set_dtx(is_quiet).ok()?;
            encoder.encode_float(&self.pending, &mut bytes).ok()
        });
        self.pending.clear();
        let length = length?;
        if length <= MAX_DTX_PACKET_BYTES {
            self.in_dtx = true;
            return None;
        }
        bytes.truncate(length);
        let sequence = self.sequence;
        self.sequence += 1;
        Some(AudioPacket {
            codec: AudioCodec::Opus,
            sequence,
            // The packet starts with the previous frame.
            media_time: media_time.saturating_sub(FRAME_10MS as u64),
            starts_talkspurt: std::mem::take(&mut self.in_dtx) || sequence == 0,
            level: Some(AudioLevel {
                decibels: level::decibels(power),
                has_voice: !is_quiet,
            }),
            bytes,
        })
    }

    /// In bits per second, at least 12,000. FEC needs about 20,000.
    pub fn set_bitrate(&mut self, bitrate: u32) {
        let bitrate = bitrate.max(MIN_BITRATE);
        if self.settings.bitrate.replace(bitrate) == Some(bitrate) {
            return;
        }
        if let Some(encoder) = &mut self.encoder {
            // Opus clamps the value; it refuses none.
            let _ = encoder.set_bitrate(Bitrate::Bits(bitrate));
        }
    }

    /// Sets the highest loss among the receivers, 0 to 1. Above 0, packets carry in-band FEC for
    /// the previous packet.
    pub fn set_expected_loss(&mut self, fraction: f64) {
        let percent = percent(fraction);
        if percent == self.settings.loss_percent {
            return;
        }
        self.settings.loss_percent = percent;
        if let Some(encoder) = &mut self.encoder {
            let _ = encoder.set_packet_loss_perc(percent);
        }
    }
}

/// Opus trades quality for FEC by this value. At the bitrates of a call it adds no FEC below 8 %;
/// 10 % costs no more bits. Above 30 % quality suffers too much.
fn percent(fraction: f64) -> u8 {
    if fraction < FEC_MIN_LOSS {
        return 0;
    }
    (fraction * 100.0).ceil().clamp(10.0, 30.0) as u8
}

fn build(channels: Channels, settings: EncoderSettings) -> Option<Encoder> {
    let bitrate = settings.bitrate.unwrap_or(match channels {
        Channels::Mono => BITRATE_PER_CHANNEL,
        Channels::Stereo => 2 * BITRATE_PER_CHANNEL,
    });
    Encoder::builder(super::SAMPLE_RATE, channels.codec(), Application::Voip)
        .bitrate(Bitrate::Bits(bitrate))
        .complexity(COMPLEXITY)
        .vbr(true)
        .inband_fec(InbandFec::Enabled)
        .packet_loss_perc(settings.loss_percent)
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

    fn frame(audio: &[f32], index: usize) -> &[f32] {
        &audio[index * FRAME_10MS..(index + 1) * FRAME_10MS]
    }

    /// Encodes frames captured at these milliseconds; expects the media times of the packets in ms.
    fn check(at: &[u64], expect: &[u64]) {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let audio = tone(440.0, 0.3, at.len() * FRAME_10MS);
        let times: Vec<_> = at
            .iter()
            .enumerate()
            .filter_map(|(index, at)| {
                encoder.encode(Channels::Mono, frame(&audio, index), millis(*at))
            })
            .map(|packet| packet.media_time / 48)
            .collect();
        assert_eq!(times, expect);
    }

    #[test]
    fn media_time_advances_by_samples() {
        check(&[1000, 1010, 1020, 1030], &[1000, 1020]);
        // Uneven capture times are not a gap.
        check(&[1000, 1019, 1021, 1025, 1055, 1056], &[1000, 1020, 1040]);
    }

    #[test]
    fn capture_gap_advances_media_time() {
        check(&[0, 10, 20, 30, 530, 540], &[0, 20, 530]);
        // The half packet before the gap is dropped.
        check(&[0, 10, 20, 520, 530], &[0, 520]);
    }

    #[test]
    fn media_time_never_goes_back() {
        check(&[9000, 9010, 0, 10, 20, 30], &[9000, 9020, 9040]);
    }

    #[test]
    fn drifting_capture_clock_makes_no_gap() {
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
    fn silence_is_sent_rarely() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let audio = noise(0.0003, 300 * FRAME_10MS);
        let packets: Vec<_> = (0..300)
            .filter_map(|index| {
                let capture = millis(index as u64 * 10);
                encoder.encode(Channels::Mono, frame(&audio, index), capture)
            })
            .collect();
        assert!(packets.len() < 25, "{} packets", packets.len());
        let after = packets.last().unwrap();
        assert!(after.starts_talkspurt);
        assert_eq!(after.sequence, packets.len() as u64 - 1);
        assert_eq!(after.media_time % 960, 0);
    }

    #[test]
    fn steady_tone_is_not_silence() {
        for channels in [Channels::Mono, Channels::Stereo] {
            let mut encoder = AudioEncoder::new(channels);
            let audio = tone(440.0, 0.3, 400 * FRAME_10MS);
            let packets = (0..400_usize).filter(|index| {
                let both: Vec<f32> = frame(&audio, *index)
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
    fn packet_says_its_level() {
        let levels = |audio: &[f32]| -> Vec<AudioLevel> {
            let mut encoder = AudioEncoder::new(Channels::Mono);
            let packets = (0..4).filter_map(|index| {
                let capture = millis(index as u64 * 10);
                encoder.encode(Channels::Mono, frame(audio, index), capture)
            });
            packets.filter_map(|packet| packet.level).collect()
        };
        // The mean square of a sine is half that of its peak: 3 dB less.
        let loud = AudioLevel {
            decibels: 23,
            has_voice: true,
        };
        assert_eq!(levels(&tone(1000.0, 0.1, 4 * FRAME_10MS)), [loud; 2]);
        let silent = levels(&[0.0; 4 * FRAME_10MS]);
        let silence = AudioLevel {
            decibels: 127,
            has_voice: false,
        };
        assert!(silent.iter().all(|level| *level == silence), "{silent:?}");
    }

    #[test]
    fn expected_loss_enables_fec_and_bitrate_is_followed() {
        let bytes = |loss: f64, bitrate: u32| -> (usize, usize) {
            let mut encoder = AudioEncoder::new(Channels::Mono);
            encoder.set_expected_loss(loss);
            encoder.set_bitrate(bitrate);
            let audio = voice(200 * FRAME_10MS);
            let packets: Vec<_> = (0..200)
                .filter_map(|index| {
                    let capture = millis(index as u64 * 10);
                    encoder.encode(Channels::Mono, frame(&audio, index), capture)
                })
                .collect();
            let with_fec = packets
                .iter()
                .filter(|packet| crate::audio::decoder::has_fec(packet.codec, &packet.bytes))
                .count();
            let total = packets.iter().map(|packet| packet.bytes.len()).sum();
            (with_fec, total)
        };
        assert_eq!(bytes(0.0, 32_000).0, 0);
        assert_eq!(bytes(0.004, 32_000).0, 0);
        for loss in [0.01, 0.05, 0.1] {
            assert!(bytes(loss, 32_000).0 > 70);
        }
        let (_, high) = bytes(0.0, 32_000);
        let (_, low) = bytes(0.0, 1_000);
        assert!(low * 2 < high, "{low} against {high} bytes");
        assert!(low > 1500, "{low} bytes in two seconds");
    }

    #[test]
    fn invalid_samples_do_no_harm() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        assert_eq!(encoder.encode(Channels::Mono, &[0.5; 7], millis(0)), None);
        for index in 0..10 {
            let invalid = [f32::NAN, f32::INFINITY, -9.0, 1e30].repeat(FRAME_10MS / 4);
            encoder.encode(Channels::Mono, &invalid, millis(index * 10));
        }
        let audio = tone(440.0, 0.3, 40 * FRAME_10MS);
        let last = (0..40)
            .filter_map(|index| {
                let capture = millis(100 + index as u64 * 10);
                encoder.encode(Channels::Mono, frame(&audio, index), capture)
            })
            .last();
        assert!(last.unwrap().bytes.len() > 20);
    }

    #[test]
    fn mono_source_becomes_stereo() {
        let mut encoder = AudioEncoder::new(Channels::Mono);
        let audio = tone(440.0, 0.3, 4 * FRAME_10MS);
        encoder.encode(Channels::Mono, frame(&audio, 0), millis(0));
        let both = audio[..2 * FRAME_10MS].to_vec();
        assert_eq!(encoder.encode(Channels::Stereo, &both, millis(10)), None);
        let packet = encoder.encode(Channels::Stereo, &both, millis(20)).unwrap();
        assert_eq!(packet.media_time, 480);
        assert_eq!(
            crate::audio::decoder::channels(packet.codec, &packet.bytes),
            Channels::Stereo
        );
    }
}
