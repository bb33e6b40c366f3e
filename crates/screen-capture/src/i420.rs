//! Frames in I420: BT.601 in limited range, which decoders of VP8 assume (RFC 6386, 2).
//!
//! Invariant: a band has whole pairs of rows, and its planes are without padding.

use crate::{
    image::{Image, PIXEL_BYTES},
    pointer::Pointer,
    rows::Rows,
};

/// Maximum size of a band, unless two rows are more. Other messages pass between bands.
pub const MAX_BAND_BYTES: usize = 512 << 10;

/// What changed since the frame before. The first frame, and one of another size, has all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// In pixels, even.
    pub width: u16,
    /// In pixels, even.
    pub height: u16,
    /// At least one, from top to bottom.
    pub bands: Vec<Band>,
}

/// Rows of a frame: the Y plane, then U, then V.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Even.
    pub top: u16,
    pub bytes: Vec<u8>,
}

/// `None` if the image has no pair of rows or columns, or the rows no pair within it.
pub(crate) fn frame(image: &Image, rows: Rows, pointer: Option<&Pointer>) -> Option<Frame> {
    let (width, height) = (image.width() & !1, image.height() & !1);
    if width == 0 {
        return None;
    }
    let range = rows.even(height)?.range();
    let step = band_rows(width);
    let bands = (range.start..range.end).step_by(usize::from(step));
    let bands = bands.filter_map(|top| {
        let rows = Rows::new(top..range.end.min(top.saturating_add(step)))?;
        let bytes = match pointer {
            None => convert(image.rows(rows), image.width()),
            Some(pointer) => {
                let mut pixels = image.rows(rows).to_vec();
                pointer.draw(&mut pixels, rows, image.width());
                convert(&pixels, image.width())
            }
        };
        Some(Band { top, bytes })
    });
    Some(Frame {
        width,
        height,
        bands: bands.collect(),
    })
}

fn band_rows(width: u16) -> u16 {
    let pair = usize::from(width) * 3;
    let pairs = (MAX_BAND_BYTES / pair).max(1);
    u16::try_from(pairs * 2).unwrap_or(u16::MAX - 1)
}

/// An even number of rows of this width. An odd last column is left out.
fn convert(pixels: &[u8], width: u16) -> Vec<u8> {
    let stride = usize::from(width) * PIXEL_BYTES;
    let columns = usize::from(width & !1);
    let row_bytes = columns * PIXEL_BYTES;
    let luma_bytes = pixels.len() / stride * columns;
    let mut bytes = vec![0; luma_bytes + luma_bytes / 2];
    let (luma, chroma) = bytes.split_at_mut(luma_bytes);
    let (blue, red) = chroma.split_at_mut(luma_bytes / 4);
    let pairs = pixels.chunks_exact(2 * stride);
    let outputs = luma
        .chunks_exact_mut(2 * columns)
        .zip(blue.chunks_exact_mut(columns / 2))
        .zip(red.chunks_exact_mut(columns / 2));
    for (pair, ((luma, blue), red)) in pairs.zip(outputs) {
        let (upper, lower) = (&pair[..row_bytes], &pair[stride..stride + row_bytes]);
        let (luma_upper, luma_lower) = luma.split_at_mut(columns);
        convert_luma(upper, luma_upper);
        convert_luma(lower, luma_lower);
        convert_chroma(upper, lower, blue, red);
    }
    bytes
}

fn convert_luma(pixels: &[u8], luma: &mut [u8]) {
    for (pixel, luma) in pixels.chunks_exact(PIXEL_BYTES).zip(luma) {
        let [blue, green, red] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
        // At most 235.
        *luma = (((66 * red + 129 * green + 25 * blue + 128) >> 8) + 16) as u8;
    }
}

/// The mean of four pixels for each pair of samples.
fn convert_chroma(upper: &[u8], lower: &[u8], blue_plane: &mut [u8], red_plane: &mut [u8]) {
    let squares = upper
        .chunks_exact(2 * PIXEL_BYTES)
        .zip(lower.chunks_exact(2 * PIXEL_BYTES));
    for ((upper, lower), (u, v)) in squares.zip(blue_plane.iter_mut().zip(red_plane)) {
        let mean = |channel: usize| {
            let next = channel + PIXEL_BYTES;
            let of = |pixels: &[u8], index: usize| i32::from(pixels[index]);
            (of(upper, channel) + of(upper, next) + of(lower, channel) + of(lower, next) + 2) >> 2
        };
        let (blue, green, red) = (mean(0), mean(1), mean(2));
        // Both are from 16 to 240.
        *u = (((112 * blue - 74 * green - 38 * red + 128) >> 8) + 128) as u8;
        *v = (((112 * red - 94 * green - 18 * blue + 128) >> 8) + 128) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(image: &Image) -> Rows {
        Rows::new(0..image.height()).unwrap()
    }

    fn filled(width: u16, height: u16, pixel: [u8; 4]) -> Image {
        let mut image = Image::new(width, height);
        let bytes = pixel.repeat(usize::from(width) * usize::from(height));
        image.update(all(&image), &bytes);
        image
    }

    #[track_caller]
    fn check_colour(pixel: [u8; 4], expect: [u8; 3]) {
        let image = filled(4, 2, pixel);
        let frame = frame(&image, all(&image), None).unwrap();
        let [y, u, v] = expect;
        let bytes = [vec![y; 8], vec![u; 2], vec![v; 2]].concat();
        assert_eq!(frame.bands, [Band { top: 0, bytes }]);
    }

    #[test]
    fn colours_are_those_of_bt_601() {
        check_colour([0, 0, 0, 0], [16, 128, 128]);
        check_colour([255, 255, 255, 255], [235, 128, 128]);
        check_colour([0, 0, 255, 0], [82, 90, 240]);
        check_colour([0, 255, 0, 0], [144, 54, 34]);
        check_colour([255, 0, 0, 0], [41, 240, 110]);
    }

    #[test]
    fn odd_last_row_and_column_are_left_out() {
        let image = filled(5, 3, [255; 4]);
        let frame = frame(&image, all(&image), None).unwrap();
        assert_eq!((frame.width, frame.height), (4, 2));
        assert_eq!(frame.bands[0].bytes.len(), 4 * 2 * 3 / 2);
    }

    #[test]
    fn image_without_a_pair_of_pixels_has_no_frame() {
        for (width, height) in [(1, 9), (9, 1)] {
            let image = filled(width, height, [255; 4]);
            assert_eq!(frame(&image, all(&image), None), None);
        }
    }

    #[test]
    fn large_frame_has_several_bands() {
        let image = filled(1920, 1080, [9; 4]);
        let bands = frame(&image, all(&image), None).unwrap().bands;
        let total: usize = bands.iter().map(|band| band.bytes.len()).sum();
        assert_eq!(total, 1920 * 1080 * 3 / 2);
        let mut top = 0;
        for band in &bands {
            assert!(band.bytes.len() <= MAX_BAND_BYTES);
            assert_eq!(usize::from(band.top), top);
            top += band.bytes.len() * 2 / 3 / 1920;
        }
        assert_eq!(top, 1080);
    }
}
