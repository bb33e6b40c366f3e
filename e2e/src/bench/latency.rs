//! The age of a frame when the other side shows it. Each frame shown there is matched by its print
//! with those shown here. Pure arithmetic.

use serde::Deserialize;

/// One frame as it was shown.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Print {
    /// By the computer's clock, in milliseconds.
    at: f64,
    /// Brightness of each field of a small copy, 0 to 255.
    print: Vec<f64>,
}

/// Nothing is older than this: the window's test camera repeats every second.
const MAX_AGE_MS: f64 = 1_000.0;

/// The median of the times between the two showings, in milliseconds. `None` if too few frames were
/// seen.
pub(super) fn between(here: &[Print], there: &[Print]) -> Option<f64> {
    let first = here.first()?.at + MAX_AGE_MS;
    let mut ages: Vec<f64> = there
        .iter()
        .filter(|frame| frame.at >= first)
        .filter_map(|frame| {
            here.iter()
                .filter(|source| (0.0..MAX_AGE_MS).contains(&(frame.at - source.at)))
                .min_by(|one, other| distance(one, frame).total_cmp(&distance(other, frame)))
                .map(|source| frame.at - source.at)
        })
        .collect();
    ages.sort_by(f64::total_cmp);
    (ages.len() >= 10).then(|| ages[ages.len() / 2])
}

/// The difference of two prints, independent of their range of brightness.
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

    /// A bar that moves by one field per frame.
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
    fn delay_of_a_late_film_is_found() {
        let late = between(&film(0.0, 10.0), &film(130.0, 14.0)).expect("enough frames");
        assert!((late - 130.0).abs() < 1e-9);
    }

    #[test]
    fn too_few_frames_give_no_delay() {
        assert_eq!(between(&film(0.0, 0.0)[..10], &film(0.0, 0.0)[..10]), None);
    }
}
