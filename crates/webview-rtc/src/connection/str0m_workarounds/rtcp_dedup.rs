//! Drops duplicate RTCP packets.
//!
//! Retired by: SRTCP replay protection
//! ([RFC 3711, 3.3.2](https://www.rfc-editor.org/rfc/rfc3711#section-3.3.2)) in str0m. str0m 0.25
//! drops replayed RTP, but answers a replayed NACK again.
//!
//! Invariant: only byte-identical packets are dropped, so an attacker cannot block others.

use std::collections::VecDeque;

use crate::connection::packet::Packet;

/// More packets than arrive between a packet and its duplicate.
const MAX_REMEMBERED_PACKETS: usize = 32;

#[derive(Debug, Default)]
pub(in crate::connection) struct RtcpDedup(VecDeque<Vec<u8>>);

impl RtcpDedup {
    /// Whether this RTCP packet arrived before; false for other packets.
    pub(in crate::connection) fn is_duplicate(&mut self, datagram: &[u8]) -> bool {
        match Packet::of(datagram) {
            Packet::Nack | Packet::Rtcp => {}
            Packet::Rtp { .. } | Packet::Other => return false,
        }
        if self.0.iter().any(|remembered| remembered == datagram) {
            return true;
        }
        if self.0.len() == MAX_REMEMBERED_PACKETS {
            self.0.pop_front();
        }
        self.0.push_back(datagram.to_owned());
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identical_nack_is_a_duplicate() {
        let mut rtcp_dedup = RtcpDedup::default();
        let nack = |index: u8| [0x81, 205, 0, 2, index];
        assert!(!rtcp_dedup.is_duplicate(&nack(1)));
        assert!(!rtcp_dedup.is_duplicate(&nack(2)));
        assert!(rtcp_dedup.is_duplicate(&nack(1)));
        // A new SRTCP index makes a new packet (RFC 3711, 3.4).
        assert!(!rtcp_dedup.is_duplicate(&nack(3)));
    }

    #[test]
    fn memory_is_bounded_and_holds_rtcp_only() {
        let mut rtcp_dedup = RtcpDedup::default();
        for index in 0..=MAX_REMEMBERED_PACKETS as u8 {
            assert!(!rtcp_dedup.is_duplicate(&[0x81, 205, index]));
        }
        assert_eq!(rtcp_dedup.0.len(), MAX_REMEMBERED_PACKETS);
        assert!(!rtcp_dedup.is_duplicate(&[0x81, 205, 0]));
        for other in [&[0x80, 97, 1][..], &[22, 205, 1], &[0x81], &[]] {
            assert!(!rtcp_dedup.is_duplicate(other));
            assert!(!rtcp_dedup.is_duplicate(other));
        }
    }
}
