//! G.711 (ITU-T Recommendation G.711): 8 bits per sample at 8 kHz, what every telephone has.
//!
//! Invariant: pure. Every byte is a valid sample.

mod decoder;
mod encoder;
mod rate_filter;

use super::AudioCodec;

pub(super) use decoder::G711Decoder;
pub(crate) use encoder::G711Encoder;

/// Playout and capture samples for one sample of G.711.
const RATE_RATIO: usize = AudioCodec::Pcmu.media_time_per_unit() as usize;

/// The logarithmic scale of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Law {
    Mu,
    A,
}

/// Added to the magnitude before the µ-law, so that every segment begins at a power of two.
const MU_BIAS: u16 = 132;
const MU_MAX_MAGNITUDE: u16 = i16::MAX as u16 - MU_BIAS;
const SIGN: u8 = 0x80;
/// The A-law inverts every other bit.
const A_MASK: u8 = 0x55;

impl Law {
    fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Mu => encode_mu(sample),
            Self::A => encode_a(sample),
        }
    }

    fn decode(self, code: u8) -> i16 {
        match self {
            Self::Mu => decode_mu(code),
            Self::A => decode_a(code),
        }
    }
}

fn encode_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { SIGN } else { 0 };
    let magnitude = sample.unsigned_abs().min(MU_MAX_MAGNITUDE) + MU_BIAS;
    // 0 to 7: the bias sets at least bit 7, and bit 15 is never set.
    let segment = 8 - magnitude.leading_zeros() as u8;
    let step = (magnitude >> (segment + 3)) as u8 & 0x0f;
    !(sign | (segment << 4) | step)
}

fn decode_mu(code: u8) -> i16 {
    let code = !code;
    let step = i16::from(code & 0x0f);
    let bias = MU_BIAS as i16;
    let magnitude = (((step << 3) + bias) << ((code >> 4) & 7)) - bias;
    if code & SIGN == 0 {
        magnitude
    } else {
        -magnitude
    }
}

fn encode_a(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 {
        (0, !sample)
    } else {
        (SIGN, sample)
    };
    // 12 bits with the sign: 0 to 2047.
    let magnitude = magnitude.unsigned_abs() >> 4;
    // The first two segments have steps of the same size.
    let segment = (12 - magnitude.leading_zeros() as i16).max(1) as u8;
    let code = if magnitude < 32 {
        magnitude as u8
    } else {
        (segment << 4) | ((magnitude >> (segment - 1)) as u8 & 0x0f)
    };
    (sign | code) ^ A_MASK
}

fn decode_a(code: u8) -> i16 {
    let code = code ^ A_MASK;
    let segment = (code >> 4) & 7;
    let step = i16::from(code & 0x0f);
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (segment - 1),
    };
    if code & SIGN == 0 {
        -magnitude
    } else {
        magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(law: Law, codes: &[(i16, u8)]) {
        for (sample, code) in codes {
            assert_eq!(law.encode(*sample), *code, "{law:?} {sample}");
        }
    }

    /// Values of the tables of G.711.
    #[test]
    fn samples_have_the_codes_of_the_recommendation() {
        check(
            Law::Mu,
            &[
                (0, 0xff),
                (-1, 0x7f),
                (i16::MAX, 0x80),
                (i16::MIN, 0x00),
                (1000, 0xce),
                (-1000, 0x4e),
            ],
        );
        check(
            Law::A,
            &[
                (0, 0xd5),
                (-1, 0x55),
                (i16::MAX, 0xaa),
                (i16::MIN, 0x2a),
                (1000, 0xfa),
                (-1000, 0x7a),
            ],
        );
    }

    #[test]
    fn every_code_survives_decoding_and_encoding() {
        for law in [Law::Mu, Law::A] {
            for code in 0..=u8::MAX {
                let sample = law.decode(code);
                // The µ-law has two codes for zero.
                if law == Law::Mu && code == 0x7f {
                    assert_eq!(sample, 0);
                    continue;
                }
                assert_eq!(law.encode(sample), code, "{law:?} {sample}");
            }
        }
    }

    #[test]
    fn error_is_small_against_the_sample() {
        for law in [Law::Mu, Law::A] {
            for sample in i16::MIN..=i16::MAX {
                let decoded = law.decode(law.encode(sample));
                let error = (f64::from(decoded) - f64::from(sample)).abs();
                let magnitude = f64::from(sample).abs();
                assert!(error <= (magnitude / 16.0).max(9.0) + 135.0 * magnitude / 8192.0);
            }
        }
    }
}
