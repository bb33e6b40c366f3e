//! Reads the SCTP packets that str0m writes, before they are encrypted.
//!
//! Invariant: pure. A malformed chunk ends the iteration.

use std::ops::Range;

/// Ports, verification tag, checksum
/// ([RFC 9260, 3.1](https://www.rfc-editor.org/rfc/rfc9260#section-3.1)).
pub(super) const COMMON_HEADER_BYTES: usize = 12;
/// Type, flags, length.
pub(super) const CHUNK_HEADER_BYTES: usize = 4;
/// Also TSN, stream, sequence number and payload protocol identifier
/// ([RFC 9260, 3.3.1](https://www.rfc-editor.org/rfc/rfc9260#section-3.3.1)).
pub(super) const DATA_HEADER_BYTES: usize = 16;
pub(super) const TSN_RANGE: Range<usize> = 4..8;
pub(super) const STREAM_RANGE: Range<usize> = 8..10;
pub(super) const PPID_RANGE: Range<usize> = 12..16;
pub(super) const DATA_CHUNK: u8 = 0;

/// Chunks without padding.
pub(super) fn chunks(packet: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = packet.get(COMMON_HEADER_BYTES..).unwrap_or_default();
    std::iter::from_fn(move || {
        let header = rest.get(..CHUNK_HEADER_BYTES)?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let chunk = rest
            .get(..length)
            .filter(|chunk| chunk.len() >= CHUNK_HEADER_BYTES)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(chunk)
    })
}
