//! A buffer of a stream: its metadata, and the picture in the memory that it names.
//!
//! Invariant: the library's structures are read while the buffer is dequeued, and only within the
//! sizes that they name.
#![expect(unsafe_code, reason = "structures and memory of a C library")]

use std::{ptr, slice};

use super::{
    abi::{self, PwBuffer, SpaChunk, SpaData},
    damage::Damage,
    format::VideoFormat,
    metadata,
    picture::{Chunk, Layout, Memory},
};
use crate::{image::Image, rows::Rows};

/// More than any has.
const MAX_METADATA: u32 = 64;

/// Some compositors send a buffer for the pointer alone.
///
/// # Safety
/// The buffer is dequeued.
pub(super) unsafe fn has_picture(buffer: *mut PwBuffer) -> bool {
    // SAFETY: as above.
    unsafe {
        let header = metadata_of(buffer, metadata::HEADER).unwrap_or_default();
        let Some((data, chunk)) = first_data(buffer) else {
            return false;
        };
        let is_corrupted =
            chunk.flags & abi::CHUNK_CORRUPTED != 0 || metadata::is_corrupted(header);
        chunk.size > 0 && !is_corrupted && !data.data.is_null()
    }
}

/// # Safety
/// The buffer is dequeued, and stays so while the result is used.
unsafe fn first_data<'buffer>(buffer: *mut PwBuffer) -> Option<(&'buffer SpaData, SpaChunk)> {
    // SAFETY: the library's structures are complete; pointers may be null.
    unsafe {
        let buffer = buffer.as_ref()?.buffer.as_ref()?;
        if buffer.n_datas == 0 {
            return None;
        }
        let data = buffer.datas.as_ref()?;
        Some((data, *data.chunk.as_ref()?))
    }
}

/// # Safety
/// As [`first_data`].
pub(super) unsafe fn metadata_of<'buffer>(
    buffer: *mut PwBuffer,
    kind: u32,
) -> Option<&'buffer [u8]> {
    // SAFETY: as in `first_data`.
    unsafe {
        let buffer = buffer.as_ref()?.buffer.as_ref()?;
        if buffer.metas.is_null() || buffer.n_metas > MAX_METADATA {
            return None;
        }
        let metas = slice::from_raw_parts(buffer.metas, usize::try_from(buffer.n_metas).ok()?);
        let meta = metas.iter().find(|meta| meta.kind == kind)?;
        if meta.data.is_null() {
            return None;
        }
        Some(slice::from_raw_parts(
            meta.data.cast(),
            usize::try_from(meta.size).ok()?,
        ))
    }
}

/// The picture of a buffer, and where it is.
pub(super) struct Picture {
    memory: Mapped,
    layout: Layout,
}

impl Picture {
    /// `None` if its numbers are impossible.
    ///
    /// # Safety
    /// The buffer is dequeued, and stays so while the result is used.
    pub(super) unsafe fn of(buffer: *mut PwBuffer, format: VideoFormat) -> Option<Self> {
        // SAFETY: as above.
        let (memory, chunk, crop, transform) = unsafe {
            let (data, chunk) = first_data(buffer)?;
            let memory = Mapped {
                start: data.data.cast(),
                bytes: usize::try_from(data.maxsize).ok()?,
            };
            let crop = metadata_of(buffer, metadata::CROP).and_then(metadata::region);
            let transform = metadata_of(buffer, metadata::TRANSFORM).unwrap_or_default();
            (memory, chunk, crop, metadata::transform(transform))
        };
        let chunk = Chunk {
            offset: chunk.offset,
            stride: chunk.stride,
        };
        let layout = Layout::new(format, chunk, crop, transform, memory.len());
        if layout.is_none() {
            tracing::debug!(
                ?format,
                ?chunk,
                bytes = memory.bytes,
                "an impossible picture"
            );
        }
        Some(Self {
            memory,
            layout: layout?,
        })
    }

    /// Takes what is damaged over into the image, which gets the picture's size.
    pub(super) fn read(&self, damage: &Damage, image: &mut Image) -> Option<Rows> {
        let (width, height) = self.layout.size()?;
        let is_other_size = (image.width(), image.height()) != (width, height);
        let rows = if is_other_size {
            *image = Image::new(width, height);
            Rows::new(0..height)?
        } else {
            self.layout.damaged(damage)?
        };
        let changed = self.layout.update(&self.memory, image, rows);
        // A black picture of another size differs nowhere from the new image.
        if is_other_size { Some(rows) } else { changed }
    }
}

/// Memory of a compositor, which the library has mapped.
struct Mapped {
    start: *const u8,
    bytes: usize,
}

impl Memory for Mapped {
    fn len(&self) -> usize {
        self.bytes
    }

    fn copy(&self, at: usize, target: &mut [u8]) {
        let is_inside = at
            .checked_add(target.len())
            .is_some_and(|end| end <= self.bytes);
        if is_inside {
            // SAFETY: it is inside of the mapping. Another program may write there meanwhile: then
            // the copy has some of both pictures, and the next one comes.
            unsafe {
                ptr::copy_nonoverlapping(self.start.add(at), target.as_mut_ptr(), target.len())
            };
        }
    }
}
