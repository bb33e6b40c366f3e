//! Opus decoder, and properties of an Opus packet that are readable without decoding.
//!
//! Invariant: for any input bytes, a decode yields the requested number of samples or none.

use ropus::{
    DecodeMode, Decoder,
    opus::decoder::{
        opus_packet_get_nb_channels, opus_packet_get_nb_samples, opus_packet_has_lbrr,
    },
};

use super::MAX_PACKET_SAMPLES;
use crate::audio::{Channels, SAMPLE_RATE};

/// Samples per channel in this packet; `None` for bytes that are not Opus.
pub(super) fn duration(bytes: &[u8]) -> Option<usize> {
    let samples = opus_packet_get_nb_samples(bytes, SAMPLE_RATE as i32).ok()?;
    usize::try_from(samples).ok().filter(|samples| *samples > 0)
}

/// Channels of a packet that has a duration.
pub(super) fn channels(bytes: &[u8]) -> Channels {
    match opus_packet_get_nb_channels(bytes) {
        2 => Channels::Stereo,
        _ => Channels::Mono,
    }
}

/// Whether this packet carries in-band FEC (LBRR) for the previous one
/// ([RFC 6716, 2.1.7](https://www.rfc-editor.org/rfc/rfc6716#section-2.1.7)).
pub(super) fn has_fec(bytes: &[u8]) -> bool {
    let Ok(length) = i32::try_from(bytes.len()) else {
        return false;
    };
    length > 0 && opus_packet_has_lbrr(bytes, length).unwrap_or(false)
}

pub(super) struct OpusDecoder {
    channels: Channels,
    /// `None` only if Opus refuses the sample rate, which it does not at 48 kHz.
    decoder: Option<Decoder>,
    scratch: Vec<f32>,
}

impl std::fmt::Debug for OpusDecoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OpusDecoder")
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

impl OpusDecoder {
    pub(super) fn new(channels: Channels) -> Self {
        Self {
            channels,
            decoder: Decoder::new(SAMPLE_RATE, channels.codec()).ok(),
            scratch: vec![0.0; MAX_PACKET_SAMPLES * channels.count()],
        }
    }

    pub(super) fn channels(&self) -> Channels {
        self.channels
    }

    /// Decoded samples of the packet, interleaved; empty for a corrupt packet.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> &[f32] {
        self.run(bytes, MAX_PACKET_SAMPLES, DecodeMode::Normal)
    }

    /// Samples of the packet before `next`, from its in-band FEC. `samples` is per channel.
    pub(super) fn decode_fec(&mut self, next: &[u8], samples: usize) -> &[f32] {
        self.run(next, samples, DecodeMode::Fec)
    }

    /// Concealment for a missing packet. `samples` is per channel, a multiple of
    /// [`super::CONCEALMENT_STEP_SAMPLES`].
    pub(super) fn conceal(&mut self, samples: usize) -> &[f32] {
        self.run(&[], samples, DecodeMode::Normal)
    }

    fn run(&mut self, bytes: &[u8], samples: usize, mode: DecodeMode) -> &[f32] {
        let channels = self.channels.count();
        let output = &mut self.scratch[..samples.min(MAX_PACKET_SAMPLES) * channels];
        let decoded = self
            .decoder
            .as_mut()
            .and_then(|decoder| decoder.decode_float(bytes, output, mode).ok())
            .unwrap_or(0);
        &self.scratch[..decoded.min(samples) * channels]
    }
}
