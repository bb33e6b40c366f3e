//! ChannelData, and frames in a byte stream (RFC 8656, 12.4, 12.5).
//!
//! Invariant: pure. A frame is whole and without padding, independent of the chunks of the stream.

use super::Framing;

/// Neither a STUN message nor ChannelData. The stream cannot recover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what the server sent is not TURN")]
pub(crate) struct NotTurn;

#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// Bytes of the buffer that were taken.
    consumed: usize,
}

impl Frames {
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        self.buffer.extend_from_slice(bytes);
    }

    pub(crate) fn take(&mut self) -> Result<Option<Vec<u8>>, NotTurn> {
        let rest = &self.buffer[self.consumed..];
        let Some(header) = rest.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let (length, padded) = match header[0] >> 6 {
            0b00 => (20 + length, 20 + length),
            0b01 => (4 + length, (4 + length).next_multiple_of(4)),
            _ => return Err(NotTurn),
        };
        let Some(whole) = rest.get(..padded) else {
            return Ok(None);
        };
        let frame = whole[..length].to_vec();
        self.consumed += padded;
        Ok(Some(frame))
    }
}

/// `None` for a payload that exceeds a frame.
pub(super) fn channel_data(framing: Framing, number: u16, bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(bytes.len()).ok()?;
    let mut frame = Vec::with_capacity(bytes.len() + 7);
    frame.extend(number.to_be_bytes());
    frame.extend(length.to_be_bytes());
    frame.extend(bytes);
    match framing {
        Framing::Datagram => {}
        Framing::Stream => frame.resize(frame.len().next_multiple_of(4), 0),
    }
    Some(frame)
}

/// Channel number and payload.
pub(super) fn read_channel_data(frame: &[u8]) -> Option<(u16, &[u8])> {
    let (header, rest) = frame.split_first_chunk::<4>()?;
    let number = u16::from_be_bytes([header[0], header[1]]);
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    Some((number, rest.get(..length)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of 4 bytes of attributes, and channel data of 0, 1 and 4 bytes.
    fn stream() -> (Vec<u8>, Vec<Vec<u8>>) {
        let mut message = vec![0x00, 0x01, 0, 4];
        message.extend([7; 20]);
        let frames = vec![
            message,
            vec![0x40, 0x00, 0, 0],
            vec![0x40, 0x01, 0, 1, 9],
            vec![0x7f, 0xff, 0, 4, 1, 2, 3, 4],
        ];
        let mut stream = vec![];
        for frame in &frames {
            stream.extend(frame);
            stream.resize(stream.len().next_multiple_of(4), 0);
        }
        (stream, frames)
    }

    #[test]
    fn stream_chunks_do_not_change_its_frames() {
        let (stream, expect) = stream();
        for piece in 1..=stream.len() {
            let mut frames = Frames::default();
            let mut found = vec![];
            for bytes in stream.chunks(piece) {
                frames.extend(bytes);
                while let Some(frame) = frames.take().unwrap() {
                    found.push(frame);
                }
            }
            assert_eq!(found, expect, "cut every {piece} bytes");
        }
    }

    #[test]
    fn another_protocol_is_refused() {
        for first in [0x80, 0xc0, 0xff] {
            let mut frames = Frames::default();
            frames.extend(&[first, 0, 0, 0]);
            assert_eq!(frames.take(), Err(NotTurn));
        }
    }
}
