//! Opus' decoder, and what can be read off a packet without decoding it.
//!
//! Invariant: whatever the bytes are, a decode gives as many samples as it was asked for or none.

use ropus::{
    DecodeMode, Decoder,
    opus::decoder::{
        opus_packet_get_nb_channels, opus_packet_get_nb_samples, opus_packet_has_lbrr,
    },
};

use super::{Channels, SAMPLE_RATE};

/// Samples a channel in the longest packet: 120 ms (RFC 6716, 2.1.4).
const LONGEST: usize = 5760;
/// Concealment comes in steps of 2.5 ms.
pub(super) const STEP: usize = 120;

/// Samples a channel in this packet; `None` where it is not Opus.
pub(super) fn duration(bytes: &[u8]) -> Option<usize> {
    let samples = opus_packet_get_nb_samples(bytes, SAMPLE_RATE as i32).ok()?;
    usize::try_from(samples).ok().filter(|samples| *samples > 0)
}

/// Of a packet that has a duration.
pub(super) fn channels(bytes: &[u8]) -> Channels {
    match opus_packet_get_nb_channels(bytes) {
        2 => Channels::Stereo,
        _ => Channels::Mono,
    }
}

/// Whether this packet has the one before in it (RFC 6716, 2.1.7).
pub(super) fn carries_previous(bytes: &[u8]) -> bool {
    let Ok(length) = i32::try_from(bytes.len()) else {
        return false;
    };
    length > 0 && opus_packet_has_lbrr(bytes, length).unwrap_or(false)
}

pub(super) struct AudioDecoder {
    channels: Channels,
    /// None only where Opus refuses to begin, which it does not at 48 kHz.
    decoder: Option<Decoder>,
    scratch: Vec<f32>,
}

impl std::fmt::Debug for AudioDecoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioDecoder")
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

impl AudioDecoder {
    pub(super) fn new(channels: Channels) -> Self {
        Self {
            channels,
            decoder: Decoder::new(SAMPLE_RATE, channels.codec()).ok(),
            scratch: vec![0.0; LONGEST * channels.count()],
        }
    }

    pub(super) fn channels(&self) -> Channels {
        self.channels
    }

    /// The packet's sound, interleaved; empty where it is broken.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> &[f32] {
        self.run(bytes, LONGEST, DecodeMode::Normal)
    }

    /// So many samples a channel of the sound before this packet, as far as it carries them.
    pub(super) fn recover(&mut self, next: &[u8], samples: usize) -> &[f32] {
        self.run(next, samples, DecodeMode::Fec)
    }

    /// So many samples a channel (whole [`STEP`]s) in place of what is not there.
    pub(super) fn conceal(&mut self, samples: usize) -> &[f32] {
        self.run(&[], samples, DecodeMode::Normal)
    }

    fn run(&mut self, bytes: &[u8], samples: usize, mode: DecodeMode) -> &[f32] {
        let channels = self.channels.count();
        let room = &mut self.scratch[..samples.min(LONGEST) * channels];
        let decoded = self
            .decoder
            .as_mut()
            .and_then(|decoder| decoder.decode_float(bytes, room, mode).ok())
            .unwrap_or(0);
        &self.scratch[..decoded.min(samples) * channels]
    }
}
