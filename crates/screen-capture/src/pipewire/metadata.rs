//! What comes with a picture: which part of it counts, what has changed, and the pointer.
//!
//! Invariant: everything is read within the bounds of its metadata; what makes no sense is as if it
//! were not there.

use super::{format::PixelFormat, pod::word};
use crate::pointer::Shape;

/// `enum spa_meta_type`.
pub(super) const HEADER: u32 = 1;
pub(super) const CROP: u32 = 2;
pub(super) const DAMAGE: u32 = 3;
pub(super) const CURSOR: u32 = 5;
pub(super) const TRANSFORM: u32 = 8;

const HEADER_CORRUPTED: u32 = 1 << 1;
const REGION_BYTES: u32 = 16;
const MAX_REGIONS: u32 = 16;
const CURSOR_BYTES: u32 = 28;
const BITMAP_BYTES: u32 = 20;
/// Of a pointer, also of a large one on a dense screen.
const MAX_CURSOR_SIDE: u32 = 512;

/// Metadata that is asked for, with its sizes in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) kind: u32,
    pub(super) default: u32,
    pub(super) smallest: u32,
    pub(super) largest: u32,
}

pub(super) const WANTED: [Wanted; 5] = [
    fixed(HEADER, 32),
    fixed(CROP, REGION_BYTES),
    Wanted {
        kind: DAMAGE,
        default: REGION_BYTES * MAX_REGIONS,
        smallest: REGION_BYTES,
        largest: REGION_BYTES * MAX_REGIONS,
    },
    Wanted {
        kind: CURSOR,
        default: cursor_bytes(64),
        smallest: cursor_bytes(1),
        largest: cursor_bytes(MAX_CURSOR_SIDE),
    },
    fixed(TRANSFORM, 4),
];

const fn fixed(kind: u32, bytes: u32) -> Wanted {
    Wanted {
        kind,
        default: bytes,
        smallest: bytes,
        largest: bytes,
    }
}

const fn cursor_bytes(side: u32) -> u32 {
    CURSOR_BYTES + BITMAP_BYTES + side * side * 4
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// `enum spa_meta_videotransform_value`: how the desktop turned its content for this picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Transform {
    /// Mirrored at the vertical axis first.
    pub(super) is_flipped: bool,
    /// Then turned counter-clockwise, in quarters.
    pub(super) quarters: u8,
}

/// The pointer in a picture that says something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cursor {
    Hidden,
    At {
        x: i32,
        y: i32,
        /// `None` if it is as before.
        shape: Option<Shape>,
    },
}

pub(super) fn is_corrupted(header: &[u8]) -> bool {
    word(header, 0).is_some_and(|flags| flags & HEADER_CORRUPTED != 0)
}

/// `None` for an empty one.
pub(super) fn region(bytes: &[u8]) -> Option<Region> {
    let region = Region {
        x: word(bytes, 0)?.cast_signed(),
        y: word(bytes, 4)?.cast_signed(),
        width: word(bytes, 8)?,
        height: word(bytes, 12)?,
    };
    (region.width > 0 && region.height > 0).then_some(region)
}

/// Up to the first empty one.
pub(super) fn regions(bytes: &[u8]) -> impl Iterator<Item = Region> {
    bytes.chunks_exact(16).map_while(region)
}

pub(super) fn transform(bytes: &[u8]) -> Transform {
    let value = word(bytes, 0).unwrap_or(0);
    match u8::try_from(value) {
        Ok(value @ 0..8) => Transform {
            is_flipped: value >= 4,
            quarters: value % 4,
        },
        Ok(_) | Err(_) => Transform::default(),
    }
}

/// `None` if the bytes are no cursor.
pub(super) fn cursor(bytes: &[u8]) -> Option<Cursor> {
    let id = word(bytes, 0)?;
    let (x, y) = (
        word(bytes, 8)?.cast_signed(),
        word(bytes, 12)?.cast_signed(),
    );
    let hot_spot = (word(bytes, 16)?, word(bytes, 20)?);
    let at = word(bytes, 24)?;
    if id == 0 {
        return Some(Cursor::Hidden);
    }
    let shape = if at < CURSOR_BYTES {
        None
    } else {
        let bitmap = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
        bitmap.and_then(|bitmap| shape(bitmap, hot_spot))
    };
    Some(Cursor::At { x, y, shape })
}

/// A bitmap with its pixels.
fn shape(bytes: &[u8], (hot_x, hot_y): (u32, u32)) -> Option<Shape> {
    let format = word(bytes, 0)?;
    let (width, height) = (word(bytes, 4)?, word(bytes, 8)?);
    let stride = usize::try_from(word(bytes, 12)?).ok()?;
    let offset = word(bytes, 16)?;
    let sides = 1..=MAX_CURSOR_SIDE;
    if offset < BITMAP_BYTES || !sides.contains(&width) || !sides.contains(&height) {
        // Nothing is to be seen of it.
        return Some(invisible());
    }
    let format = PixelFormat::of(format)?;
    let alpha = format.alpha?;
    let row_bytes = usize::try_from(width).ok()? * format.bytes;
    if stride < row_bytes {
        return None;
    }
    let data = bytes.get(usize::try_from(offset).ok()?..)?;
    let mut pixels = Vec::new();
    for y in 0..usize::try_from(height).ok()? {
        let row = data.get(y.checked_mul(stride)?..)?.get(..row_bytes)?;
        pixels.extend(row.chunks_exact(format.bytes).map(|pixel| {
            let [blue, green, red] = [format.blue, format.green, format.red].map(|at| pixel[at]);
            u32::from_le_bytes([blue, green, red, pixel[alpha]])
        }));
    }
    Some(Shape {
        width: u16::try_from(width).ok()?,
        height: u16::try_from(height).ok()?,
        hot_x: u16::try_from(hot_x).unwrap_or(0),
        hot_y: u16::try_from(hot_y).unwrap_or(0),
        pixels,
    })
}

fn invisible() -> Shape {
    Shape {
        width: 0,
        height: 0,
        hot_x: 0,
        hot_y: 0,
        pixels: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// A cursor at 5, 6 whose bitmap follows at once.
    fn with_bitmap(bitmap: &[u32]) -> Vec<u8> {
        let cursor = [1, 0, 5, 6, 1, 0, CURSOR_BYTES];
        bytes(&[&cursor, bitmap].concat())
    }

    const RGBA: u32 = 11;

    #[test]
    fn cursor_has_place_and_shape() {
        // Two pixels of two rows; each row has four bytes more.
        let red = u32::from_ne_bytes([255, 0, 0, 255]);
        let faint = u32::from_ne_bytes([0, 0, 64, 64]);
        let bitmap = [RGBA, 2, 2, 12, BITMAP_BYTES, red, faint, 9, 0, red, 9];
        let shape = Shape {
            width: 2,
            height: 2,
            hot_x: 1,
            hot_y: 0,
            pixels: vec![0xffff_0000, 0x4000_0040, 0, 0xffff_0000],
        };
        let expect = Cursor::At {
            x: 5,
            y: 6,
            shape: Some(shape),
        };
        assert_eq!(cursor(&with_bitmap(&bitmap)), Some(expect));
    }

    #[test]
    fn cursor_without_a_bitmap_keeps_its_shape() {
        let moved = Cursor::At {
            x: -1,
            y: 7,
            shape: None,
        };
        let minus_one = (-1_i32).cast_unsigned();
        assert_eq!(cursor(&bytes(&[1, 0, minus_one, 7, 0, 0, 0])), Some(moved));
        assert_eq!(cursor(&bytes(&[0; 7])), Some(Cursor::Hidden));
        assert_eq!(cursor(&bytes(&[1; 6])), None);
    }

    #[test]
    fn impossible_bitmaps_give_no_pixels() {
        let check = |bitmap: &[u32], expect: Option<usize>| {
            let Some(Cursor::At { shape, .. }) = cursor(&with_bitmap(bitmap)) else {
                panic!("no cursor: {bitmap:?}");
            };
            assert_eq!(shape.map(|shape| shape.pixels.len()), expect, "{bitmap:?}");
        };
        // No offset, no size, or too large: there is nothing to be seen.
        check(&[RGBA, 1, 1, 4, 0, 0], Some(0));
        check(&[RGBA, 0, 1, 4, BITMAP_BYTES, 0], Some(0));
        check(&[RGBA, u32::MAX, u32::MAX, 4, BITMAP_BYTES, 0], Some(0));
        // Beyond the metadata, rows over each other, a format without transparency, or none.
        check(&[RGBA, 1, 1, 4, u32::MAX, 0], None);
        check(&[RGBA, 1, 2, 4, BITMAP_BYTES, 0], None);
        check(&[RGBA, 2, 2, 4, BITMAP_BYTES, 0, 0, 0], None);
        check(&[8, 1, 1, 4, BITMAP_BYTES, 0], None);
        check(&[0, 1, 1, 4, BITMAP_BYTES, 0], None);
        check(&[RGBA, 1, 1], None);
    }

    #[test]
    fn damage_ends_with_the_first_empty_region() {
        let words = [1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8];
        let found: Vec<_> = regions(&bytes(&words)).collect();
        let region = Region {
            x: 1,
            y: 2,
            width: 3,
            height: 4,
        };
        assert_eq!(found, [region]);
    }

    #[test]
    fn unknown_transform_is_none() {
        let check = |value: u32, is_flipped: bool, quarters: u8| {
            let expect = Transform {
                is_flipped,
                quarters,
            };
            assert_eq!(transform(&bytes(&[value])), expect, "{value}");
        };
        check(0, false, 0);
        check(3, false, 3);
        check(5, true, 1);
        check(8, false, 0);
        check(u32::MAX, false, 0);
    }
}
