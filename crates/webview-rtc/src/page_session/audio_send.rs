//! Captured audio: one encoder per source and codec, shared by all connections that send it.
//!
//! Invariant: media time advances while the source is open, also without a sender.

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use gcra_limit::{Bucket, Rate};

use crate::{
    audio::{AudioCodec, AudioEncoder, Channels, G711Encoder, Law},
    connection::AudioPacket,
    wire::{
        frame::{CapturedAudio, Samples},
        id::SourceId,
    },
};

const FRAME_DURATION: Duration = Duration::from_millis(10);
/// Twice the rate of a microphone.
const MAX_FRAME_RATE: Rate = Rate::one_per(Duration::from_millis(5), 100);
/// Opus bitrate per channel without a limit, in bits per second (RFC 7587, 3.1.1).
const MAX_BITRATE_PER_CHANNEL: u32 = 32_000;

#[derive(Debug, Default)]
pub(super) struct AudioSend {
    sources: BTreeMap<SourceId, SourceEncoders>,
}

/// The worst path of all senders of a source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WorstPath {
    /// 0 to 1.
    pub(super) loss: f64,
    /// In bits per second; `None` without a limit.
    pub(super) bitrate: Option<u32>,
}

/// A packet with the capture time of its first sample.
#[derive(Debug)]
pub(super) struct EncodedAudio {
    pub(super) packet: Arc<AudioPacket>,
    pub(super) captured: Duration,
}

#[derive(Default)]
struct SourceEncoders {
    encoders: BTreeMap<AudioCodec, Encoder>,
    allowance: Bucket,
    samples: Vec<f32>,
}

enum Encoder {
    Opus(Box<AudioEncoder>),
    G711(G711Encoder),
}

impl AudioSend {
    /// Encodes the audio with each of these codecs.
    pub(super) fn handle_audio(
        &mut self,
        now: Instant,
        audio: CapturedAudio<'_>,
        paths: &BTreeMap<AudioCodec, WorstPath>,
    ) -> Vec<EncodedAudio> {
        let Some(channels) = Channels::from_count(audio.samples.channels()) else {
            return Vec::new();
        };
        if paths.is_empty() {
            return Vec::new();
        }
        let source = self.sources.entry(audio.source).or_default();
        source.set_paths(channels, paths);
        let mut packets = Vec::new();
        let mut capture = Duration::from_micros(audio.timestamp);
        for frame in audio.samples.frames() {
            if source.allowance.take(MAX_FRAME_RATE, now).is_ok() {
                source.encode(channels, frame, capture, paths, &mut packets);
            }
            capture += FRAME_DURATION;
        }
        packets
    }

    /// The source is closed.
    pub(super) fn close(&mut self, source: SourceId) {
        self.sources.remove(&source);
    }
}

impl SourceEncoders {
    fn set_paths(&mut self, channels: Channels, paths: &BTreeMap<AudioCodec, WorstPath>) {
        for (codec, path) in paths {
            let encoder = self
                .encoders
                .entry(*codec)
                .or_insert_with(|| Encoder::new(*codec, channels));
            encoder.set_path(channels, *path);
        }
    }

    fn encode(
        &mut self,
        channels: Channels,
        frame: Samples<'_>,
        capture: Duration,
        paths: &BTreeMap<AudioCodec, WorstPath>,
        packets: &mut Vec<EncodedAudio>,
    ) {
        self.samples.clear();
        self.samples.extend(frame.iter());
        for (codec, encoder) in &mut self.encoders {
            // An encoder that is used again finds the gap by the capture time.
            if !paths.contains_key(codec) {
                continue;
            }
            let packet = encoder.encode(channels, &self.samples, capture);
            packets.extend(packet.map(|packet| EncodedAudio {
                packet: Arc::new(packet),
                // A packet of 20 ms starts with the frame before.
                captured: capture.saturating_sub(FRAME_DURATION),
            }));
        }
    }
}

impl Encoder {
    fn new(codec: AudioCodec, channels: Channels) -> Self {
        match codec {
            AudioCodec::Opus => Self::Opus(Box::new(AudioEncoder::new(channels))),
            AudioCodec::Pcmu => Self::G711(G711Encoder::new(Law::Mu)),
            AudioCodec::Pcma => Self::G711(G711Encoder::new(Law::A)),
        }
    }

    /// G.711 has one bitrate and no FEC.
    fn set_path(&mut self, channels: Channels, path: WorstPath) {
        let Self::Opus(encoder) = self else {
            return;
        };
        encoder.set_expected_loss(path.loss);
        let max = MAX_BITRATE_PER_CHANNEL * channels.count() as u32;
        encoder.set_bitrate(path.bitrate.map_or(max, |bitrate| bitrate.min(max)));
    }

    fn encode(
        &mut self,
        channels: Channels,
        samples: &[f32],
        capture: Duration,
    ) -> Option<AudioPacket> {
        match self {
            Self::Opus(encoder) => encoder.encode(channels, samples, capture),
            Self::G711(encoder) => encoder.encode(channels, samples, capture),
        }
    }
}

impl fmt::Debug for SourceEncoders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SourceEncoders")
            .finish_non_exhaustive()
    }
}
