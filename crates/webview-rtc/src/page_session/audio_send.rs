//! Captured audio: one encoder per source, shared by all connections that send it.
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
    audio::{AudioEncoder, Channels},
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
    sources: BTreeMap<SourceId, SourceEncoder>,
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

struct SourceEncoder {
    encoder: AudioEncoder,
    allowance: Bucket,
    samples: Vec<f32>,
}

impl AudioSend {
    pub(super) fn handle_audio(
        &mut self,
        now: Instant,
        audio: CapturedAudio<'_>,
        path: WorstPath,
    ) -> Vec<EncodedAudio> {
        let Some(channels) = Channels::from_count(audio.samples.channels()) else {
            return Vec::new();
        };
        let source = self
            .sources
            .entry(audio.source)
            .or_insert_with(|| SourceEncoder::new(channels));
        source.encoder.set_expected_loss(path.loss);
        let max = MAX_BITRATE_PER_CHANNEL * u32::from(audio.samples.channels());
        source
            .encoder
            .set_bitrate(path.bitrate.map_or(max, |bitrate| bitrate.min(max)));
        let mut packets = Vec::new();
        let mut capture = Duration::from_micros(audio.timestamp);
        for frame in audio.samples.frames() {
            if source.allowance.take(MAX_FRAME_RATE, now).is_ok() {
                packets.extend(source.encode(channels, frame, capture));
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

impl SourceEncoder {
    fn new(channels: Channels) -> Self {
        Self {
            encoder: AudioEncoder::new(channels),
            allowance: Bucket::default(),
            samples: Vec::new(),
        }
    }

    fn encode(
        &mut self,
        channels: Channels,
        frame: Samples<'_>,
        capture: Duration,
    ) -> Option<EncodedAudio> {
        self.samples.clear();
        self.samples.extend(frame.iter());
        let packet = self.encoder.encode(channels, &self.samples, capture)?;
        Some(EncodedAudio {
            packet: Arc::new(packet),
            // A packet of 20 ms starts with the frame before.
            captured: capture.saturating_sub(FRAME_DURATION),
        })
    }
}

impl fmt::Debug for SourceEncoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SourceEncoder")
            .finish_non_exhaustive()
    }
}
