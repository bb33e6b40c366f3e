//! The captured picture as the X server gives it: four bytes per pixel, blue first.
//!
//! Invariant: it has exactly `width * height` pixels.

use crate::rows::Rows;

pub(crate) const PIXEL_BYTES: usize = 4;

#[derive(Debug)]
pub(crate) struct Image {
    width: u16,
    height: u16,
    bytes: Vec<u8>,
}

impl Image {
    /// Black.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let bytes = vec![0; usize::from(width) * usize::from(height) * PIXEL_BYTES];
        Self {
            width,
            height,
            bytes,
        }
    }

    pub(crate) fn width(&self) -> u16 {
        self.width
    }

    pub(crate) fn height(&self) -> u16 {
        self.height
    }

    /// The pixels of these rows.
    pub(crate) fn rows(&self, rows: Rows) -> &[u8] {
        let stride = self.stride();
        let range = rows.range();
        &self.bytes[usize::from(range.start) * stride..usize::from(range.end) * stride]
    }

    /// Takes these rows over. Returns those that differ from before. Missing bytes change nothing.
    pub(crate) fn update(&mut self, rows: Rows, bytes: &[u8]) -> Option<Rows> {
        let stride = self.stride();
        let top = rows.range().start;
        let from = usize::from(top) * stride;
        let old = self.bytes[from..].chunks_exact_mut(stride);
        let mut changed = None;
        for ((row, old), new) in (top..).zip(old).zip(bytes.chunks_exact(stride)) {
            if old != new {
                old.copy_from_slice(new);
                changed = Rows::union(changed, Rows::new(row..row + 1));
            }
        }
        changed
    }

    fn stride(&self) -> usize {
        usize::from(self.width) * PIXEL_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn update_returns_only_the_rows_that_differ() {
        let mut image = Image::new(2, 4);
        let all = Rows::new(0..4).unwrap();
        let mut bytes = [0; 2 * 4 * PIXEL_BYTES];
        assert_eq!(image.update(all, &bytes), None);
        bytes[8] = 1;
        bytes[17] = 1;
        assert_eq!(image.update(all, &bytes), Rows::new(1..3));
        assert_eq!(image.rows(all), &bytes);
        assert_eq!(image.update(all, &bytes), None);
    }
}
