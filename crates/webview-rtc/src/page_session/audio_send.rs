//! Captured sound: one encoder a source, however many connections send it.
//!
//! Invariant: media time goes on as long as the source is open, also while nobody sends it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    audio::{AudioEncoder, Channels},
    bridge::{
        Rate,
        rate::{Allowance, Verdict},
    },
    connection::AudioPacket,
    wire::{
        frame::{CapturedAudio, Samples},
        id::SourceId,
    },
};

const PIECE_LASTS: Duration = Duration::from_millis(10);
/// Twice what a microphone gives.
const PIECES: Rate = Rate {
    every: Duration::from_millis(5),
    burst: 100,
};
/// What Opus gets a channel when nothing is in the way (RFC 7587, 3.1.1).
const FULL_BITRATE: u32 = 32_000;

#[derive(Debug, Default)]
pub(super) struct AudioSend {
    sources: BTreeMap<SourceId, Coding>,
}

/// The worst of what the connections of a source say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paths {
    /// 0 to 1.
    pub(super) loss: f64,
    /// In bits a second; none is no limit.
    pub(super) bitrate: Option<u32>,
}

/// A packet and when its first sample was captured.
#[derive(Debug)]
pub(super) struct Coded {
    pub(super) packet: Arc<AudioPacket>,
    pub(super) captured: Duration,
}

struct Coding {
    encoder: AudioEncoder,
    pieces: Allowance,
    samples: Vec<f32>,
}

impl AudioSend {
    pub(super) fn handle_sound(
        &mut self,
        now: Instant,
        sound: CapturedAudio<'_>,
        paths: Paths,
    ) -> Vec<Coded> {
        let Some(channels) = Channels::from_count(sound.samples.channels()) else {
            return Vec::new();
        };
        let coding = self
            .sources
            .entry(sound.source)
            .or_insert_with(|| Coding::new(channels));
        coding.encoder.set_expected_loss(paths.loss);
        let full = FULL_BITRATE * u32::from(sound.samples.channels());
        coding
            .encoder
            .set_bitrate(paths.bitrate.map_or(full, |bitrate| bitrate.min(full)));
        let mut packets = Vec::new();
        let mut capture = Duration::from_micros(sound.timestamp);
        for piece in sound.samples.pieces() {
            if coding.pieces.take(now) == Verdict::Pass {
                packets.extend(coding.encode(channels, piece, capture));
            }
            capture += PIECE_LASTS;
        }
        packets
    }

    /// The source is closed.
    pub(super) fn close(&mut self, source: SourceId) {
        self.sources.remove(&source);
    }
}

impl Coding {
    fn new(channels: Channels) -> Self {
        Self {
            encoder: AudioEncoder::new(channels),
            pieces: Allowance::new(PIECES),
            samples: Vec::new(),
        }
    }

    fn encode(
        &mut self,
        channels: Channels,
        piece: Samples<'_>,
        capture: Duration,
    ) -> Option<Coded> {
        self.samples.clear();
        self.samples.extend(piece.iter());
        let packet = self.encoder.encode(channels, &self.samples, capture)?;
        Some(Coded {
            packet: Arc::new(packet),
            // It began with the piece before.
            captured: capture.saturating_sub(PIECE_LASTS),
        })
    }
}

impl fmt::Debug for Coding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Coding").finish_non_exhaustive()
    }
}
