//! Classifies datagrams by their unencrypted headers
//! ([RFC 3711, 3.1 and 3.4](https://www.rfc-editor.org/rfc/rfc3711#section-3.1)).
//!
//! Invariant: every datagram has a class; neither RTP nor RTCP means [`Packet::Other`].

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet {
    Rtp {
        ssrc: u32,
    },
    /// A compound RTCP packet that starts with a NACK
    /// ([RFC 4585, 6.2.1](https://www.rfc-editor.org/rfc/rfc4585#section-6.2.1)).
    Nack,
    Rtcp,
    /// STUN, DTLS, or truncated.
    Other,
}

impl Packet {
    pub(super) const RTP_HEADER_BYTES: usize = 12;

    pub(super) fn of(datagram: &[u8]) -> Self {
        // RFC 7983, 7 and RFC 5761, 4.
        match datagram {
            [129 | 161, 205, _, _, _, _, _, _, _, _, _, _, ..] => Self::Nack,
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, _, _, _, _, _, _, _, a, b, c, d, ..] => Self::Rtp {
                ssrc: u32::from_be_bytes([*a, *b, *c, *d]),
            },
            _ => Self::Other,
        }
    }
}
