//! A range of rows that changed.
//!
//! Invariant: never empty.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    top: u16,
    bottom: u16,
}

impl Rows {
    /// `None` for an empty range.
    pub(crate) fn new(range: Range<u16>) -> Option<Self> {
        let Range { start, end } = range;
        (start < end).then_some(Self {
            top: start,
            bottom: end,
        })
    }

    /// The rows of `top..bottom` that an image of this height has.
    pub(crate) fn clipped(top: i32, bottom: i32, height: u16) -> Option<Self> {
        let clip = |row: i32| u16::try_from(row.clamp(0, i32::from(height))).unwrap_or(height);
        Self::new(clip(top)..clip(bottom))
    }

    pub(crate) fn range(self) -> Range<u16> {
        self.top..self.bottom
    }

    /// The smallest range that has the rows of both.
    pub(crate) fn union(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Self {
                top: one.top.min(other.top),
                bottom: one.bottom.max(other.bottom),
            }),
            (rows, None) | (None, rows) => rows,
        }
    }

    /// Whole pairs of rows, since two rows share their chroma samples. `height` is even; rows below
    /// it are left out.
    pub(crate) fn even(self, height: u16) -> Option<Self> {
        Self::new((self.top & !1)..self.bottom.next_multiple_of(2).min(height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(range: Range<u16>) -> Option<Rows> {
        Rows::new(range)
    }

    #[test]
    fn rows_outside_the_image_are_cut_off() {
        assert_eq!(Rows::clipped(-5, 3, 10), rows(0..3));
        assert_eq!(Rows::clipped(8, 99, 10), rows(8..10));
        assert_eq!(Rows::clipped(-9, -1, 10), None);
        assert_eq!(Rows::clipped(10, 12, 10), None);
    }

    #[test]
    fn union_has_the_rows_of_both() {
        assert_eq!(Rows::union(rows(2..4), rows(8..9)), rows(2..9));
        assert_eq!(Rows::union(None, rows(8..9)), rows(8..9));
        assert_eq!(Rows::union(None, None), None);
    }

    #[test]
    fn even_rows_are_whole_pairs() {
        let even = |range, height| rows(range).and_then(|rows| rows.even(height));
        assert_eq!(even(3..4, 10), rows(2..4));
        assert_eq!(even(2..5, 10), rows(2..6));
        // The last row of an image of 11 rows.
        assert_eq!(even(9..11, 10), rows(8..10));
        assert_eq!(even(10..11, 10), None);
    }
}
