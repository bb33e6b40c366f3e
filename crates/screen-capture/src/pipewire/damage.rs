//! Which rows of a picture may have changed since the one before.
//!
//! Invariant: a picture that says nothing about it has changed in all rows.

use std::ops::Range;

use super::metadata;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Damage {
    #[default]
    Nothing,
    Rows(Range<i32>),
    Everything,
}

impl Damage {
    /// `bytes` are the regions that came with the picture.
    pub(super) fn read(bytes: Option<&[u8]>) -> Self {
        let regions = metadata::regions(bytes.unwrap_or_default());
        let damages = regions.map(|region| {
            let height = i32::try_from(region.height).unwrap_or(i32::MAX);
            Self::Rows(region.y..region.y.saturating_add(height))
        });
        // Some compositors leave the regions out when they do not know.
        damages.reduce(Self::and).unwrap_or(Self::Everything)
    }

    /// Of two pictures one after the other.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Nothing, damage) | (damage, Self::Nothing) => damage,
            (Self::Rows(one), Self::Rows(other)) => {
                Self::Rows(one.start.min(other.start)..one.end.max(other.end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[i32]) -> Damage {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        Damage::read(Some(&bytes))
    }

    #[test]
    fn damage_has_the_rows_of_all_regions() {
        assert_eq!(read(&[9, 5, 1, 2, 0, 20, 3, 10]), Damage::Rows(5..30));
        assert_eq!(read(&[0, i32::MAX, 1, 9]), Damage::Rows(i32::MAX..i32::MAX));
        assert_eq!(read(&[0, -5, 1, -1]), Damage::Rows(-5..i32::MAX - 5));
    }

    #[test]
    fn picture_without_regions_has_changed_everywhere() {
        assert_eq!(Damage::read(None), Damage::Everything);
        assert_eq!(read(&[0, 0, 0, 0, 1, 2, 3, 4]), Damage::Everything);
        assert_eq!(read(&[1, 2]), Damage::Everything);
    }

    #[test]
    fn damage_of_a_skipped_picture_counts() {
        assert_eq!(
            Damage::Rows(3..4).and(Damage::Rows(1..2)),
            Damage::Rows(1..4)
        );
        assert_eq!(Damage::Nothing.and(Damage::Rows(1..2)), Damage::Rows(1..2));
        assert_eq!(
            Damage::Rows(1..2).and(Damage::Everything),
            Damage::Everything
        );
    }
}
