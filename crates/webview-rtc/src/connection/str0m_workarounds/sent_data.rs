//! Counts the bytes of each data channel that were sent for the first time, for `bufferedAmount`
//! ([W3C webrtc-pc, 6.2](https://www.w3.org/TR/webrtc/#dom-datachannel-bufferedamount)).
//!
//! Retired by: str0m telling them. Its `buffered_amount` falls when the peer acknowledges, a round
//! trip later, so a page that waits for `bufferedamountlow` would stall each time.
//!
//! Invariant: str0m writes its packets inside of calls of the session. So the counts of this thread
//! since the last [`take`] are those of the session that takes them.

use std::cell::RefCell;

use super::sctp_packet::{
    DATA_CHUNK, DATA_HEADER_BYTES, PPID_RANGE, STREAM_RANGE, TSN_RANGE, chunks,
};

/// Messages that open a channel ([RFC 8832, 8.1](https://www.rfc-editor.org/rfc/rfc8832#section-8.1)).
const PPID_CONTROL: u32 = 50;

/// Bytes of messages, by SCTP stream.
pub(in crate::connection) type SentBytes = Vec<(u16, usize)>;

thread_local! {
    static SENT: RefCell<SentBytes> = const { RefCell::new(Vec::new()) };
}

/// The counts since the last call.
pub(in crate::connection) fn take() -> SentBytes {
    SENT.with_borrow_mut(std::mem::take)
}

/// The data of one association.
#[derive(Debug, Default)]
pub(super) struct SentData {
    last_tsn: Option<u32>,
}

impl SentData {
    /// `placeholder`: the payload of an empty message.
    pub(super) fn handle_packet(&mut self, packet: &[u8], placeholder: &[u8]) {
        SENT.with_borrow_mut(|sent| sent.extend(self.new_data(packet, placeholder)));
    }

    fn new_data(&mut self, packet: &[u8], placeholder: &[u8]) -> SentBytes {
        let mut sent = Vec::new();
        for chunk in chunks(packet) {
            if chunk[0] != DATA_CHUNK || chunk.len() < DATA_HEADER_BYTES {
                continue;
            }
            let number = |range: std::ops::Range<usize>| {
                let bytes = chunk[range].iter();
                bytes.fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte))
            };
            let tsn = number(TSN_RANGE);
            // Serial number arithmetic ([RFC 1982](https://www.rfc-editor.org/rfc/rfc1982)).
            let is_new = self
                .last_tsn
                .is_none_or(|last| tsn != last && tsn.wrapping_sub(last) < 1 << 31);
            if !is_new {
                continue;
            }
            self.last_tsn = Some(tsn);
            let payload = &chunk[DATA_HEADER_BYTES..];
            if number(PPID_RANGE) == PPID_CONTROL || payload == placeholder {
                continue;
            }
            let stream = u16::try_from(number(STREAM_RANGE)).unwrap_or_default();
            sent.push((stream, payload.len()));
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACEHOLDER: [u8; 4] = [7; 4];

    fn data(tsn: u32, stream: u16, ppid: u32, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(DATA_HEADER_BYTES + payload.len()).unwrap();
        let mut chunk = vec![DATA_CHUNK, 3];
        chunk.extend(length.to_be_bytes());
        chunk.extend(tsn.to_be_bytes());
        chunk.extend(stream.to_be_bytes());
        chunk.extend([0, 0]);
        chunk.extend(ppid.to_be_bytes());
        chunk.extend(payload);
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    }

    fn packet(chunks: &[Vec<u8>]) -> Vec<u8> {
        [vec![0; 12], chunks.concat()].concat()
    }

    #[test]
    fn data_counts_once_and_by_stream() {
        let mut sent_data = SentData::default();
        let sack = vec![3, 0, 0, 8, 0, 0, 0, 1];
        let first = packet(&[
            sack.clone(),
            data(u32::MAX, 1, 50, b"open"),
            data(0, 1, 51, b"hello"),
            data(1, 3, 53, &PLACEHOLDER),
        ]);
        assert_eq!(sent_data.new_data(&first, &PLACEHOLDER), [(1, 5)]);
        assert_eq!(sent_data.new_data(&first, &PLACEHOLDER), []);
        let later = packet(&[data(1, 3, 53, b"again"), data(2, 3, 53, b"news"), sack]);
        assert_eq!(sent_data.new_data(&later, &PLACEHOLDER), [(3, 4)]);
        for malformed in [vec![], packet(&[vec![0, 3, 0, 5, 1]]), vec![0; 16]] {
            assert_eq!(sent_data.new_data(&malformed, &PLACEHOLDER), []);
        }
    }
}
