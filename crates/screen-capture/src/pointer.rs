//! The pointer, drawn into a copy of the captured rows: the X server leaves it out of them.
//!
//! Invariant: pixels outside the rows are not touched.

use crate::{image::PIXEL_BYTES, rows::Rows};

/// The shape of the pointer: premultiplied ARGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Where in the shape it points.
    pub(crate) hot_x: u16,
    pub(crate) hot_y: u16,
    pub(crate) pixels: Vec<u32>,
}

/// A pointer above the captured picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    pub(crate) shape: Shape,
    /// Where it points, in pixels of the picture.
    pub(crate) x: i32,
    pub(crate) y: i32,
}

impl Pointer {
    /// The rows it covers in a picture of this height.
    pub(crate) fn rows(&self, height: u16) -> Option<Rows> {
        let top = self.top();
        Rows::clipped(top, top + i32::from(self.shape.height), height)
    }

    /// Draws it into `pixels`, which are these rows of a picture of this width.
    pub(crate) fn draw(&self, pixels: &mut [u8], rows: Rows, width: u16) {
        let left = self.x - i32::from(self.shape.hot_x);
        let top = self.top() - i32::from(rows.range().start);
        let shape_width = usize::from(self.shape.width).max(1);
        let stride = usize::from(width) * PIXEL_BYTES;
        for (y, line) in (top..).zip(self.shape.pixels.chunks(shape_width)) {
            let Ok(y) = usize::try_from(y) else { continue };
            let Some(row) = pixels.chunks_exact_mut(stride).nth(y) else {
                return;
            };
            for (x, source) in (left..).zip(line) {
                let Ok(x) = usize::try_from(x) else { continue };
                if let Some(target) = row.chunks_exact_mut(PIXEL_BYTES).nth(x) {
                    blend(target, *source);
                }
            }
        }
    }

    fn top(&self) -> i32 {
        self.y - i32::from(self.shape.hot_y)
    }
}

/// `source` over `target`.
fn blend(target: &mut [u8], source: u32) {
    let [blue, green, red, alpha] = source.to_le_bytes();
    for (target, source) in target.iter_mut().zip([blue, green, red]) {
        let behind = u16::from(*target) * (255 - u16::from(alpha)) / 255;
        *target = source.saturating_add(u8::try_from(behind).unwrap_or(u8::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPAQUE_RED: u32 = 0xffff_0000;
    const HALF_WHITE: u32 = 0x8080_8080;

    fn pointer(x: i32, y: i32) -> Pointer {
        let shape = Shape {
            width: 2,
            height: 2,
            hot_x: 1,
            hot_y: 1,
            pixels: vec![OPAQUE_RED, 0, HALF_WHITE, OPAQUE_RED],
        };
        Pointer { shape, x, y }
    }

    /// Draws into rows 2 and 3 of a picture of three columns, whose pixels are all 100.
    fn drawn(pointer: &Pointer) -> Vec<[u8; 3]> {
        let mut pixels = [100; 2 * 3 * PIXEL_BYTES];
        pointer.draw(&mut pixels, Rows::new(2..4).unwrap(), 3);
        let pixels = pixels.chunks_exact(PIXEL_BYTES);
        pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
    }

    #[test]
    fn pointer_is_blended_at_its_hot_spot() {
        let (old, red, half) = ([100; 3], [0, 0, 255], [177; 3]);
        assert_eq!(drawn(&pointer(1, 3)), [red, old, old, half, red, old]);
    }

    #[test]
    fn pointer_outside_the_rows_changes_nothing() {
        for (x, y) in [(1, 0), (1, 9), (-5, 3), (9, 3)] {
            assert_eq!(drawn(&pointer(x, y)), [[100; 3]; 6], "{x} {y}");
        }
    }

    #[test]
    fn pointer_covers_its_rows() {
        assert_eq!(pointer(0, 3).rows(10), Rows::new(2..4));
        assert_eq!(pointer(0, 0).rows(10), Rows::new(0..1));
        assert_eq!(pointer(0, 99).rows(10), None);
    }
}
