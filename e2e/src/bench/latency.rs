//! How old a picture is when the other sees it: each frame shown there is found again among those
//! shown here, by its print. Pure arithmetic.

use serde::Deserialize;

/// One frame as it was shown.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Print {
    /// By the computer's clock, in milliseconds.
    at: f64,
    /// Brightness of each field of a small copy, 0 to 255.
    print: Vec<f64>,
}

/// Nothing is older than this: the window's test camera looks the same every second.
const OLDEST: f64 = 1_000.0;

/// The median of what lies between the showing here and there, in milliseconds; none where too
/// few frames were seen.
pub(super) fn between(here: &[Print], there: &[Print]) -> Option<f64> {
    let first = here.first()?.at + OLDEST;
    let mut ages: Vec<f64> = there
        .iter()
        .filter(|frame| frame.at >= first)
        .filter_map(|frame| {
            here.iter()
                .filter(|source| (0.0..OLDEST).contains(&(frame.at - source.at)))
                .min_by(|one, other| distance(one, frame).total_cmp(&distance(other, frame)))
                .map(|source| frame.at - source.at)
        })
        .collect();
    ages.sort_by(f64::total_cmp);
    (ages.len() >= 10).then(|| ages[ages.len() / 2])
}

/// How different two prints are, whatever the range of their colours.
fn distance(one: &Print, other: &Print) -> f64 {
    let mean = |frame: &Print| frame.print.iter().sum::<f64>() / frame.print.len() as f64;
    let (level, other_level) = (mean(one), mean(other));
    let pairs = one.print.iter().zip(&other.print);
    pairs
        .map(|(a, b)| ((a - level) - (b - other_level)).abs())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Print, between};

    /// A bar that moves one field a frame.
    fn film(late: f64, brighter: f64) -> Vec<Print> {
        (0..100)
            .map(|frame| Print {
                at: f64::from(frame) * 50.0 + late,
                print: (0..100)
                    .map(|field| if field == frame { 200.0 } else { brighter })
                    .collect(),
            })
            .collect()
    }

    #[test]
    fn a_film_shown_later_is_as_late_as_that() {
        let late = between(&film(0.0, 10.0), &film(130.0, 14.0)).expect("enough frames");
        assert!((late - 130.0).abs() < 1e-9);
    }

    #[test]
    fn too_few_frames_tell_nothing() {
        assert_eq!(between(&film(0.0, 0.0)[..10], &film(0.0, 0.0)[..10]), None);
    }
}
