//! RTCP that came once more. The stack drops RTP that it knows, but would answer a request for lost
//! packets as often as it comes.
//!
//! Invariant: only what is the same to the last byte is dropped, so nobody outside can keep anything
//! out by it.

use std::collections::VecDeque;

use crate::connection::packet::Packet;

/// More than come while a copy is under way.
const KNOWN: usize = 32;

#[derive(Debug, Default)]
pub(super) struct RtcpDedup(VecDeque<Vec<u8>>);

impl RtcpDedup {
    /// Whether this came just before. What is no RTCP never did.
    pub(super) fn is_known(&mut self, datagram: &[u8]) -> bool {
        match Packet::of(datagram) {
            Packet::Request | Packet::Rtcp => {}
            Packet::Rtp { .. } | Packet::Other => return false,
        }
        if self.0.iter().any(|known| known == datagram) {
            return true;
        }
        if self.0.len() == KNOWN {
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
    fn the_same_request_counts_once() {
        let mut rtcp_dedup = RtcpDedup::default();
        let request = |index: u8| [0x81, 205, 0, 2, index];
        assert!(!rtcp_dedup.is_known(&request(1)));
        assert!(!rtcp_dedup.is_known(&request(2)));
        assert!(rtcp_dedup.is_known(&request(1)));
        // Another time is another index (RFC 3711, 3.4).
        assert!(!rtcp_dedup.is_known(&request(3)));
    }

    #[test]
    fn few_are_kept_and_nothing_but_rtcp() {
        let mut rtcp_dedup = RtcpDedup::default();
        for index in 0..=KNOWN as u8 {
            assert!(!rtcp_dedup.is_known(&[0x81, 205, index]));
        }
        assert_eq!(rtcp_dedup.0.len(), KNOWN);
        assert!(!rtcp_dedup.is_known(&[0x81, 205, 0]));
        for other in [&[0x80, 97, 1][..], &[22, 205, 1], &[0x81], &[]] {
            assert!(!rtcp_dedup.is_known(other));
            assert!(!rtcp_dedup.is_known(other));
        }
    }
}
