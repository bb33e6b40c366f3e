//! Audio decoder of any codec, and properties of a packet that are readable without decoding.
//!
//! Invariant: for any input bytes, a decode yields the requested number of samples or none.

mod opus;

use self::opus::OpusDecoder;
use super::{
    AudioCodec, Channels,
    g711::{G711Decoder, Law},
};

/// The longest packet: 120 ms
/// ([RFC 6716, 2.1.4](https://www.rfc-editor.org/rfc/rfc6716#section-2.1.4)). Samples per channel.
const MAX_PACKET_SAMPLES: usize = 5760;
/// Concealment works in steps of 2.5 ms.
pub(super) const CONCEALMENT_STEP_SAMPLES: usize = 120;

/// Samples per channel in this packet; `None` for bytes that are not of this codec.
pub(super) fn duration(codec: AudioCodec, bytes: &[u8]) -> Option<usize> {
    match codec {
        AudioCodec::Opus => opus::duration(bytes),
        AudioCodec::Pcmu | AudioCodec::Pcma => {
            let samples = G711Decoder::duration(bytes);
            (1..=MAX_PACKET_SAMPLES)
                .contains(&samples)
                .then_some(samples)
        }
    }
}

/// Channels of a packet that has a duration.
pub(super) fn channels(codec: AudioCodec, bytes: &[u8]) -> Channels {
    match codec {
        AudioCodec::Opus => opus::channels(bytes),
        AudioCodec::Pcmu | AudioCodec::Pcma => Channels::Mono,
    }
}

/// Whether this packet carries in-band FEC for the previous one.
pub(super) fn has_fec(codec: AudioCodec, bytes: &[u8]) -> bool {
    match codec {
        AudioCodec::Opus => opus::has_fec(bytes),
        AudioCodec::Pcmu | AudioCodec::Pcma => false,
    }
}

#[derive(Debug)]
pub(super) struct AudioDecoder {
    codec: AudioCodec,
    decoder: CodecDecoder,
}

#[derive(Debug)]
enum CodecDecoder {
    Opus(Box<OpusDecoder>),
    G711(G711Decoder),
}

impl AudioDecoder {
    pub(super) fn new(codec: AudioCodec, channels: Channels) -> Self {
        let decoder = match codec {
            AudioCodec::Opus => CodecDecoder::Opus(Box::new(OpusDecoder::new(channels))),
            AudioCodec::Pcmu => CodecDecoder::G711(G711Decoder::new(Law::Mu, channels)),
            AudioCodec::Pcma => CodecDecoder::G711(G711Decoder::new(Law::A, channels)),
        };
        Self { codec, decoder }
    }

    pub(super) fn codec(&self) -> AudioCodec {
        self.codec
    }

    pub(super) fn channels(&self) -> Channels {
        match &self.decoder {
            CodecDecoder::Opus(decoder) => decoder.channels(),
            CodecDecoder::G711(decoder) => decoder.channels(),
        }
    }

    /// Decoded samples of the packet, interleaved; empty for a corrupt packet.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> &[f32] {
        match &mut self.decoder {
            CodecDecoder::Opus(decoder) => decoder.decode(bytes),
            CodecDecoder::G711(decoder) => decoder.decode(bytes),
        }
    }

    /// Samples of the packet before `next`, from its in-band FEC. `samples` is per channel.
    pub(super) fn decode_fec(&mut self, next: &[u8], samples: usize) -> &[f32] {
        match &mut self.decoder {
            CodecDecoder::Opus(decoder) => decoder.decode_fec(next, samples),
            CodecDecoder::G711(_) => &[],
        }
    }

    /// Concealment for a missing packet. `samples` is per channel, a multiple of
    /// [`CONCEALMENT_STEP_SAMPLES`].
    pub(super) fn conceal(&mut self, samples: usize) -> &[f32] {
        match &mut self.decoder {
            CodecDecoder::Opus(decoder) => decoder.conceal(samples),
            CodecDecoder::G711(decoder) => decoder.conceal(samples),
        }
    }
}
