//! The byte stream below a WebSocket. Counts fragments, which tungstenite hides ([RFC 6455,
//! 5.4](https://www.rfc-editor.org/rfc/rfc6455#section-5.4)): a peer may send millions of empty
//! ones.
//!
//! Invariant: passes every byte unchanged. Above a number of uncounted fragments it reads nothing
//! more, so the cost of one read is bounded.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Stops reading at this number of uncounted fragments.
const MAX_UNCOUNTED_FRAMES: u32 = 64;
/// Bytes accepted after the close: more than a burst in flight.
const MAX_CLOSING_BYTES: usize = 4 * 1024 * 1024;
const MAX_HEADER_BYTES: usize = 14;

#[derive(Debug)]
pub(crate) struct Fragments<S> {
    stream: S,
    position: FramePosition,
    uncounted: u32,
    phase: Phase,
}

/// Position of the next byte in its frame.
#[derive(Debug, Clone, Copy)]
enum FramePosition {
    Header {
        bytes: [u8; MAX_HEADER_BYTES],
        count: usize,
    },
    /// Remaining bytes of payload.
    Payload(u64),
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Open,
    /// Remaining bytes that are accepted.
    Closing(usize),
}

impl<S> Fragments<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            position: FramePosition::START,
            uncounted: 0,
            phase: Phase::Open,
        }
    }

    /// Number of fragments since the last call.
    pub(crate) fn take_count(&mut self) -> u32 {
        std::mem::take(&mut self.uncounted)
    }

    /// Stops counting.
    pub(crate) fn close(&mut self) {
        self.phase = Phase::Closing(MAX_CLOSING_BYTES);
    }

    fn handle_bytes(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            match &mut self.position {
                FramePosition::Payload(left) => {
                    let here =
                        usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                    *left -= here as u64;
                    bytes = &bytes[here..];
                    if *left == 0 {
                        self.position = FramePosition::START;
                    }
                }
                FramePosition::Header {
                    bytes: header,
                    count,
                } => {
                    header[*count] = *first;
                    *count += 1;
                    bytes = rest;
                    let Some(payload) = payload_length(&header[..*count]) else {
                        continue;
                    };
                    let is_final = header[0] & 0x80 != 0;
                    self.uncounted += u32::from(!is_final);
                    self.position = match payload {
                        0 => FramePosition::START,
                        length => FramePosition::Payload(length),
                    };
                }
            }
        }
    }
}

impl FramePosition {
    const START: Self = Self::Header {
        bytes: [0; MAX_HEADER_BYTES],
        count: 0,
    };
}

/// Payload length of a complete header ([RFC 6455,
/// 5.2](https://www.rfc-editor.org/rfc/rfc6455#section-5.2)). `None` if it is incomplete.
fn payload_length(header: &[u8]) -> Option<u64> {
    let [_, second, rest @ ..] = header else {
        return None;
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (bytes, length) = match second & 0x7f {
        126 => (
            2,
            rest.first_chunk()
                .map(|two| u64::from(u16::from_be_bytes(*two))),
        ),
        127 => (
            8,
            rest.first_chunk().map(|eight| u64::from_be_bytes(*eight)),
        ),
        short => (0, Some(u64::from(short))),
    };
    length.filter(|_| rest.len() == bytes + mask)
}

impl<S: AsyncRead + Unpin> AsyncRead for Fragments<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match this.phase {
            Phase::Open if this.uncounted >= MAX_UNCOUNTED_FRAMES => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            // Reports the end of the stream.
            Phase::Closing(0) => return Poll::Ready(Ok(())),
            Phase::Open | Phase::Closing(_) => {}
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let new = &buffer.filled()[before..];
        match &mut this.phase {
            Phase::Open => this.handle_bytes(new),
            Phase::Closing(left) => *left = left.saturating_sub(new.len()),
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Fragments<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FINAL_TEXT: u8 = 0x81;
    const FIRST_TEXT: u8 = 0x01;
    const MIDDLE: u8 = 0x00;
    const LAST: u8 = 0x80;
    const PING: u8 = 0x89;

    fn frame(first: u8, payload: usize) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload {
            0..126 => bytes.push(0x80 | payload as u8),
            126..65536 => {
                bytes.push(0x80 | 126);
                bytes.extend((payload as u16).to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend((payload as u64).to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        // Bytes inside of a payload may look like a frame.
        bytes.extend(std::iter::repeat_n(MIDDLE, payload));
        bytes
    }

    /// The frames cut into reads of these lengths. Returns the count.
    fn count(frames: &[(u8, usize)], cuts: &[usize]) -> u32 {
        let bytes: Vec<u8> = frames
            .iter()
            .flat_map(|(first, payload)| frame(*first, *payload))
            .collect();
        let mut fragments = Fragments::new(());
        let mut rest = &bytes[..];
        for cut in cuts.iter().cycle() {
            let (read, more) = rest.split_at((*cut).clamp(1, rest.len().max(1)).min(rest.len()));
            fragments.handle_bytes(read);
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
        fragments.take_count()
    }

    #[test]
    fn fragments_are_counted() {
        let whole = [
            (FINAL_TEXT, 0),
            (FINAL_TEXT, 125),
            (PING, 5),
            (FINAL_TEXT, 70_000),
        ];
        let parts = [
            (FIRST_TEXT, 0),
            (MIDDLE, 0),
            (PING, 0),
            (MIDDLE, 126),
            (LAST, 0),
        ];
        for cuts in [&[1][..], &[2], &[3, 5], &[4096], &[1_000_000]] {
            assert_eq!(count(&whole, cuts), 0, "{cuts:?}");
            assert_eq!(count(&parts, cuts), 3, "{cuts:?}");
            assert_eq!(count(&[(MIDDLE, 0); 10_000], cuts), 10_000, "{cuts:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fragment_count_does_not_depend_on_reads(
            frames in prop::collection::vec(
                (prop::sample::select(vec![FINAL_TEXT, FIRST_TEXT, MIDDLE, LAST, PING]), 0..700_usize),
                0..30,
            ),
            cuts in prop::collection::vec(1..900_usize, 1..8),
        ) {
            let expect = frames.iter().filter(|(first, _)| first & 0x80 == 0).count();
            prop_assert_eq!(count(&frames, &cuts) as usize, expect);
        }
    }
}
