//! Reads little-endian numbers from the front of a message.
//!
//! Invariant: never reads past the end.

use super::FrameError;

pub(super) struct Cursor<'a> {
    remaining: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { remaining: message }
    }

    pub(super) fn u8(&mut self) -> Result<u8, FrameError> {
        self.take().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, FrameError> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, FrameError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, FrameError> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.remaining
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (taken, remaining) = self
            .remaining
            .split_first_chunk()
            .ok_or(FrameError::Short)?;
        self.remaining = remaining;
        Ok(*taken)
    }
}
