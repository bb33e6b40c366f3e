//! Where the pixels of one picture are in memory that another program writes.
//!
//! Invariant: a layout lies within its memory, so no row is read outside.

use super::{
    damage::Damage,
    format::{PixelFormat, VideoFormat},
    metadata::{Region, Transform},
};
use crate::{
    image::{Image, PIXEL_BYTES},
    rows::Rows,
};

/// Memory that may change while it is read.
pub(super) trait Memory {
    fn len(&self) -> usize;

    /// Copies from `at`. The caller has checked that it is inside.
    fn copy(&self, at: usize, target: &mut [u8]);
}

/// What the other program says about the valid part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    pub(super) offset: u32,
    pub(super) stride: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pixels: PixelFormat,
    /// Of the first pixel that counts.
    start: usize,
    stride: usize,
    width: usize,
    height: usize,
    /// Rows above the part that counts.
    above: usize,
    transform: Transform,
}

impl Layout {
    /// `None` if it does not lie in a memory of this size.
    pub(super) fn new(
        format: VideoFormat,
        chunk: Chunk,
        crop: Option<Region>,
        transform: Transform,
        memory_bytes: usize,
    ) -> Option<Self> {
        let VideoFormat {
            pixels,
            width,
            height,
        } = format;
        let row_bytes = width * pixels.bytes;
        let stride = match usize::try_from(chunk.stride).ok()? {
            0 => row_bytes,
            stride => stride,
        };
        let offset = usize::try_from(chunk.offset).ok()?;
        let end = stride
            .checked_mul(height.checked_sub(1)?)?
            .checked_add(row_bytes)?
            .checked_add(offset)?;
        if stride < row_bytes || end > memory_bytes {
            return None;
        }
        let (x, y, width, height) = crop
            .and_then(|crop| inside(crop, width, height))
            .unwrap_or((0, 0, width, height));
        Some(Self {
            pixels,
            start: offset + y * stride + x * pixels.bytes,
            stride,
            width,
            height,
            above: y,
            transform,
        })
    }

    /// Width and height of the picture as people see it.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        let width = u16::try_from(self.width).ok()?;
        let height = u16::try_from(self.height).ok()?;
        Some(if self.transform.quarters.is_multiple_of(2) {
            (width, height)
        } else {
            (height, width)
        })
    }

    /// The rows of the picture that this damage is in.
    pub(super) fn damaged(&self, damage: &Damage) -> Option<Rows> {
        let (_, height) = self.size()?;
        let is_turned = self.transform != Transform::default();
        match damage {
            Damage::Nothing => None,
            Damage::Rows(rows) if !is_turned => {
                let above = i32::try_from(self.above).ok()?;
                let top = rows.start.saturating_sub(above);
                Rows::clipped(top, rows.end.saturating_sub(above), height)
            }
            Damage::Rows(_) | Damage::Everything => Rows::new(0..height),
        }
    }

    /// Takes these rows over. The image has the picture's size. Returns the rows that differ from
    /// before.
    pub(super) fn update(
        &self,
        memory: &(impl Memory + ?Sized),
        image: &mut Image,
        rows: Rows,
    ) -> Option<Rows> {
        if self.transform != Transform::default() {
            return image.update(rows, &self.turned(memory));
        }
        let mut row = Row::new(self.width, self.pixels);
        let mut changed = None;
        for y in rows.range() {
            let pixels = row.read(memory, self.start + usize::from(y) * self.stride);
            let differs = Rows::new(y..y + 1).and_then(|rows| image.update(rows, pixels));
            changed = Rows::union(changed, differs);
        }
        changed
    }

    /// The whole picture as people see it: the desktop's transformation undone.
    fn turned(&self, memory: &(impl Memory + ?Sized)) -> Vec<u8> {
        let mut row = Row::new(self.width, self.pixels);
        let mut bytes = Vec::with_capacity(self.width * self.height * PIXEL_BYTES);
        for y in 0..self.height {
            bytes.extend_from_slice(row.read(memory, self.start + y * self.stride));
        }
        let Transform {
            is_flipped,
            quarters,
        } = self.transform;
        let is_upright = quarters % 2 == 0;
        let (width, height) = if is_upright {
            (self.width, self.height)
        } else {
            (self.height, self.width)
        };
        let mut turned = Vec::with_capacity(bytes.len());
        for y in 0..height {
            for x in 0..width {
                let x = if is_flipped { width - 1 - x } else { x };
                let (from_x, from_y) = match quarters {
                    0 => (x, y),
                    1 => (y, width - 1 - x),
                    2 => (width - 1 - x, height - 1 - y),
                    _ => (height - 1 - y, x),
                };
                let at = (from_y * self.width + from_x) * PIXEL_BYTES;
                turned.extend_from_slice(&bytes[at..at + PIXEL_BYTES]);
            }
        }
        turned
    }
}

/// The part of a picture of this size that a region covers.
fn inside(region: Region, width: usize, height: usize) -> Option<(usize, usize, usize, usize)> {
    let x = usize::try_from(region.x).ok()?;
    let y = usize::try_from(region.y).ok()?;
    let right = width.min(x.checked_add(usize::try_from(region.width).ok()?)?);
    let bottom = height.min(y.checked_add(usize::try_from(region.height).ok()?)?);
    (x < right && y < bottom).then(|| (x, y, right - x, bottom - y))
}

/// Reads rows into the order of bytes that an image has.
struct Row {
    format: PixelFormat,
    read: Vec<u8>,
    converted: Vec<u8>,
}

impl Row {
    fn new(width: usize, format: PixelFormat) -> Self {
        Self {
            format,
            read: vec![0; width * format.bytes],
            converted: vec![u8::MAX; width * PIXEL_BYTES],
        }
    }

    fn read(&mut self, memory: &(impl Memory + ?Sized), at: usize) -> &[u8] {
        memory.copy(at, &mut self.read);
        if self.format.is_bgrx() {
            return &self.read;
        }
        let PixelFormat {
            blue, green, red, ..
        } = self.format;
        let pixels = self.read.chunks_exact(self.format.bytes);
        let converted = self.converted.chunks_exact_mut(PIXEL_BYTES);
        for (pixel, converted) in pixels.zip(converted) {
            converted[..3].copy_from_slice(&[pixel[blue], pixel[green], pixel[red]]);
        }
        &self.converted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Memory for [u8] {
        fn len(&self) -> usize {
            self.len()
        }

        fn copy(&self, at: usize, target: &mut [u8]) {
            target.copy_from_slice(&self[at..at + target.len()]);
        }
    }

    const BGRX: u32 = 8;
    const RGBX: u32 = 7;
    const XRGB: u32 = 9;
    const RGB: u32 = 15;

    fn format(id: u32, width: usize, height: usize) -> VideoFormat {
        VideoFormat {
            pixels: PixelFormat::of(id).unwrap(),
            width,
            height,
        }
    }

    fn chunk(offset: u32, stride: i32) -> Chunk {
        Chunk { offset, stride }
    }

    /// Blue, green and red of all pixels.
    fn read(layout: Layout, memory: &[u8]) -> Vec<[u8; 3]> {
        let (width, height) = layout.size().unwrap();
        let mut image = Image::new(width, height);
        let rows = Rows::new(0..height).unwrap();
        layout.update(memory, &mut image, rows);
        let pixels = image.rows(rows).chunks_exact(PIXEL_BYTES);
        pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
    }

    #[track_caller]
    fn check_format(id: u32, memory: &[u8]) {
        let layout = Layout::new(
            format(id, 2, 1),
            chunk(0, 0),
            None,
            Transform::default(),
            memory.len(),
        );
        assert_eq!(read(layout.unwrap(), memory), [[1, 2, 3], [4, 5, 6]]);
    }

    #[test]
    fn channels_of_each_format_come_in_order() {
        check_format(BGRX, &[1, 2, 3, 0, 4, 5, 6, 9]);
        check_format(RGBX, &[3, 2, 1, 0, 6, 5, 4, 9]);
        check_format(XRGB, &[0, 3, 2, 1, 9, 6, 5, 4]);
        check_format(RGB, &[3, 2, 1, 6, 5, 4]);
    }

    /// Pixels are numbered: `rows` of `columns`, with a stride of four bytes more, from byte 8.
    fn numbered(columns: u8, rows: u8) -> Vec<u8> {
        let mut memory = vec![99; 8];
        for row in 0..rows {
            for column in 0..columns {
                memory.extend([row * columns + column; PIXEL_BYTES]);
            }
            memory.extend([99; PIXEL_BYTES]);
        }
        memory
    }

    #[track_caller]
    fn check_numbers(crop: Option<Region>, transform: Transform, expect: &[u8]) {
        let memory = numbered(3, 2);
        let layout = Layout::new(
            format(BGRX, 3, 2),
            chunk(8, 16),
            crop,
            transform,
            memory.len(),
        );
        let pixels = read(layout.unwrap(), &memory);
        let numbers: Vec<_> = pixels.iter().map(|pixel| pixel[0]).collect();
        assert_eq!(numbers, expect);
    }

    fn region(x: i32, y: i32, width: u32, height: u32) -> Region {
        Region {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn stride_offset_and_crop_are_followed() {
        let upright = Transform::default();
        check_numbers(None, upright, &[0, 1, 2, 3, 4, 5]);
        check_numbers(Some(region(1, 0, 2, 2)), upright, &[1, 2, 4, 5]);
        check_numbers(Some(region(1, 1, 99, 99)), upright, &[4, 5]);
        // Outside: as if there were no crop.
        check_numbers(Some(region(3, 0, 1, 1)), upright, &[0, 1, 2, 3, 4, 5]);
        check_numbers(Some(region(-1, 0, 2, 2)), upright, &[0, 1, 2, 3, 4, 5]);
        let huge = region(i32::MAX, 0, u32::MAX, u32::MAX);
        check_numbers(Some(huge), upright, &[0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn transformation_of_the_desktop_is_undone() {
        let check = |is_flipped: bool, quarters: u8, expect: &[u8]| {
            let transform = Transform {
                is_flipped,
                quarters,
            };
            check_numbers(None, transform, expect);
        };
        // The picture is 0 1 2 above 3 4 5.
        check(false, 1, &[3, 0, 4, 1, 5, 2]);
        check(false, 2, &[5, 4, 3, 2, 1, 0]);
        check(false, 3, &[2, 5, 1, 4, 0, 3]);
        check(true, 0, &[2, 1, 0, 5, 4, 3]);
    }

    #[test]
    fn layout_outside_of_the_memory_is_refused() {
        let check = |width: usize, height: usize, chunk: Chunk, bytes: usize, is_there: bool| {
            let transform = Transform::default();
            let layout = Layout::new(format(BGRX, width, height), chunk, None, transform, bytes);
            assert_eq!(
                layout.is_some(),
                is_there,
                "{width} {height} {chunk:?} {bytes}"
            );
        };
        check(1, 1, chunk(0, 4), 4, true);
        check(1, 1, chunk(0, 4), 3, false);
        check(1, 1, chunk(1, 4), 4, false);
        check(2, 2, chunk(0, 8), 16, true);
        // The last row needs no padding.
        check(2, 2, chunk(0, 12), 20, true);
        check(2, 2, chunk(0, 12), 19, false);
        // Rows over each other, from the bottom, and numbers that overflow.
        check(2, 2, chunk(0, 4), 99, false);
        check(2, 2, chunk(0, -8), 99, false);
        check(2, 2, chunk(u32::MAX, i32::MAX), 99, false);
        check(16_384, 16_384, chunk(0, i32::MAX), usize::MAX, true);
        check(0, 0, chunk(0, 0), 99, false);
    }

    #[test]
    fn damage_counts_from_the_cropped_top() {
        let crop = Some(region(0, 10, 4, 20));
        let upright = Transform::default();
        let layout = Layout::new(format(BGRX, 4, 40), chunk(0, 0), crop, upright, 640).unwrap();
        let check = |damage: Damage, expect: Option<Rows>| {
            assert_eq!(layout.damaged(&damage), expect, "{damage:?}");
        };
        check(Damage::Rows(12..14), Rows::new(2..4));
        check(Damage::Rows(0..99), Rows::new(0..20));
        check(Damage::Rows(0..10), None);
        check(Damage::Rows(i32::MIN..i32::MAX), Rows::new(0..20));
        check(Damage::Everything, Rows::new(0..20));
        check(Damage::Nothing, None);
    }

    #[test]
    fn only_damaged_rows_are_read() {
        let memory = numbered(3, 2);
        let upright = Transform::default();
        let layout = Layout::new(
            format(BGRX, 3, 2),
            chunk(8, 16),
            None,
            upright,
            memory.len(),
        )
        .unwrap();
        let mut image = Image::new(3, 2);
        let second = Rows::new(1..2);
        assert_eq!(
            layout.update(&memory[..], &mut image, second.unwrap()),
            second
        );
        assert_eq!(
            layout.update(&memory[..], &mut image, second.unwrap()),
            None
        );
        let first = Rows::new(0..1);
        assert_eq!(
            layout.update(&memory[..], &mut image, Rows::new(0..2).unwrap()),
            first
        );
    }
}
