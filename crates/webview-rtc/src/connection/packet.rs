//! What shows of a datagram without its keys: headers are not encrypted (RFC 3711, 3.1 and 3.4).
//!
//! Invariant: total; whatever is no packet of RTP or RTCP is another.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet {
    Rtp {
        ssrc: u32,
    },
    /// A compound RTCP packet that begins with a NACK (RFC 4585, 6.2.1).
    Request,
    Rtcp,
    /// STUN or DTLS, or cut short.
    Other,
}

impl Packet {
    pub(super) const RTP_HEADER: usize = 12;

    pub(super) fn of(datagram: &[u8]) -> Self {
        // RFC 7983, 7 and RFC 5761, 4.
        match datagram {
            [129 | 161, 205, _, _, _, _, _, _, _, _, _, _, ..] => Self::Request,
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, _, _, _, _, _, _, _, a, b, c, d, ..] => Self::Rtp {
                ssrc: u32::from_be_bytes([*a, *b, *c, *d]),
            },
            _ => Self::Other,
        }
    }
}
