//! A picture made smaller: each of its pixels is the mean of those that it stands for.
//!
//! Invariant: the shape stays, both sides have at least one pixel, and nothing is made larger.

use crate::image::PIXEL_BYTES;

/// A small picture of a screen or a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub width: u16,
    pub height: u16,
    /// Red, green, blue and 255 for each pixel, in rows.
    pub rgba: Vec<u8>,
}

/// Takes the rows of a picture from top to bottom.
#[derive(Debug)]
pub(crate) struct Scaler {
    from: (usize, usize),
    to: (usize, usize),
    next_row: usize,
    sums: Vec<[u64; 3]>,
    counts: Vec<u64>,
}

impl Scaler {
    /// `from` has no side of 0.
    pub(crate) fn new(from: (u16, u16), max: (u16, u16)) -> Self {
        let (width, height) = (f64::from(from.0), f64::from(from.1));
        let scale = f64::from(max.0) / width;
        let scale = scale.min(f64::from(max.1) / height).min(1.0);
        let side = |length: f64| ((length * scale).round() as usize).max(1);
        let to = (side(width), side(height));
        Self {
            from: (usize::from(from.0), usize::from(from.1)),
            to,
            next_row: 0,
            sums: vec![[0; 3]; to.0 * to.1],
            counts: vec![0; to.0 * to.1],
        }
    }

    /// Whole rows, four bytes per pixel, blue first. Rows below the picture change nothing.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for row in bytes.chunks_exact(self.from.0 * PIXEL_BYTES) {
            if self.next_row == self.from.1 {
                return;
            }
            let start = self.next_row * self.to.1 / self.from.1 * self.to.0;
            self.next_row += 1;
            for (x, pixel) in row.chunks_exact(PIXEL_BYTES).enumerate() {
                let at = start + x * self.to.0 / self.from.0;
                let sum = &mut self.sums[at];
                for (sum, value) in sum.iter_mut().zip([pixel[2], pixel[1], pixel[0]]) {
                    *sum += u64::from(value);
                }
                self.counts[at] += 1;
            }
        }
    }

    /// Rows that were not added are black.
    pub(crate) fn finish(self) -> Thumbnail {
        let pixels = self.sums.iter().zip(&self.counts);
        let rgba = pixels.flat_map(|(sum, &count)| {
            let count = count.max(1);
            let [red, green, blue] = sum.map(|sum| (sum / count) as u8);
            [red, green, blue, u8::MAX]
        });
        Thumbnail {
            width: self.to.0 as u16,
            height: self.to.1 as u16,
            rgba: rgba.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_size(from: (u16, u16), max: (u16, u16), expect: (u16, u16)) {
        let made = Scaler::new(from, max).finish();
        assert_eq!((made.width, made.height), expect);
        let pixels = usize::from(expect.0) * usize::from(expect.1);
        assert_eq!(made.rgba.len(), pixels * 4);
    }

    #[test]
    fn thumbnail_keeps_the_shape_and_is_never_larger() {
        check_size((1920, 1080), (240, 150), (240, 135));
        check_size((1080, 1920), (240, 150), (84, 150));
        check_size((100, 60), (240, 150), (100, 60));
        check_size((1, 1), (240, 150), (1, 1));
        check_size((7680, 1), (240, 150), (240, 1));
        check_size((32_767, 32_767), (240, 150), (150, 150));
    }

    #[test]
    fn pixels_are_means_of_those_they_stand_for() {
        let mut scaler = Scaler::new((4, 2), (2, 1));
        // Blue, green, red.
        scaler.add(&[[0, 0, 100, 0], [0, 0, 200, 0], [8, 0, 0, 0], [4, 0, 0, 0]].concat());
        scaler.add(&[[0, 0, 100, 0], [0, 0, 200, 0], [8, 40, 0, 0], [4, 40, 0, 0]].concat());
        scaler.add(&[9; 16]);
        assert_eq!(scaler.finish().rgba, [150, 0, 0, 255, 0, 20, 6, 255]);
    }
}
