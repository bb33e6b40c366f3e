//! How large a picture a bitrate is enough for.
//!
//! Invariant: a smaller picture comes at once, a larger one only when there has been enough for
//! it for a while; so a wobbling path does not make the size flicker. A path that recovers brings one
//! new size, not one after the other: each costs a key frame.

use std::time::{Duration, Instant};

/// Pixels of 640×480, which most cameras give when not asked.
const VGA: f64 = 640.0 * 480.0;
/// The least for VGA, in bits a second.
const LEAST_FOR_VGA: f64 = 300_000.0;
/// A quarter of the pixels needs a third of the bits: 100 kbit/s for 320×240.
const EXPONENT: f64 = 0.79;
/// Each side is divided by one of these.
const STEPS: [f64; 5] = [1.0, 1.5, 2.0, 3.0, 4.0];
/// For a larger picture there must be this much more than its least, for this long.
const AMPLE: f64 = 1.3;
const PATIENCE: Duration = Duration::from_secs(3);
const FULL_FRAMERATE: f64 = 30.0;
const LEAST_FRAMERATE: f64 = 15.0;
/// Below this share of the least even the smallest picture comes less often.
const POOR: f64 = 0.8;

/// What is sent of a source of that size at most, if nobody says otherwise; libwebrtc's table.
pub(super) fn default_max_bitrate(pixels: Option<u32>) -> u32 {
    match pixels {
        Some(pixels) if pixels <= 320 * 240 => 600_000,
        None => 1_700_000,
        Some(pixels) if pixels <= 640 * 480 => 1_700_000,
        Some(pixels) if pixels <= 960 * 540 => 2_000_000,
        Some(_) => 2_500_000,
    }
}

/// What fits one bitrate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quality {
    pub(super) scale_down_by: f64,
    pub(super) max_framerate: f64,
}

/// The step one encoding is at.
#[derive(Debug, Default)]
pub(super) struct Ladder {
    step: usize,
    poor: bool,
    /// Since when there is enough for each of the larger pictures.
    ample_since: [Option<Instant>; STEPS.len()],
}

impl Ladder {
    /// `pixels` are those asked for; `framerate` the most asked for.
    pub(super) fn handle_bitrate(
        &mut self,
        bitrate: u32,
        pixels: Option<f64>,
        framerate: Option<f64>,
        now: Instant,
    ) -> Quality {
        let pixels = pixels.unwrap_or(VGA);
        let bitrate = f64::from(bitrate);
        let least = |step: usize| least(pixels / (STEPS[step] * STEPS[step]));
        let last = STEPS.len() - 1;
        while self.step < last && bitrate < least(self.step) {
            self.step += 1;
        }
        for (step, since) in self.ample_since.iter_mut().enumerate() {
            let is_ample = step < self.step && bitrate >= AMPLE * least(step);
            *since = is_ample.then(|| since.unwrap_or(now));
        }
        if let Some((step, since)) = self.largest_ample()
            && now.saturating_duration_since(since) >= PATIENCE
        {
            self.step = step;
        }
        let poor = if self.poor { 1.0 } else { POOR };
        self.poor = bitrate < poor * least(last);

        let most = if self.poor {
            LEAST_FRAMERATE
        } else {
            FULL_FRAMERATE
        };
        Quality {
            scale_down_by: STEPS[self.step],
            max_framerate: framerate.map_or(
                most,
                |wish| {
                    if self.poor { wish.min(most) } else { wish }
                },
            ),
        }
    }

    /// When to ask again though nothing has changed.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.largest_ample().map(|(_, since)| since + PATIENCE)
    }

    /// Of the pictures larger than the present one, and since when there is enough for it.
    fn largest_ample(&self) -> Option<(usize, Instant)> {
        let mut larger = self.ample_since.iter().take(self.step).enumerate();
        larger.find_map(|(step, since)| Some((step, (*since)?)))
    }
}

/// In bits a second.
fn least(pixels: f64) -> f64 {
    LEAST_FOR_VGA * (pixels / VGA).powf(EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bitrates in kbit/s at seconds, for VGA; expects the divisors and frame rates.
    fn check(at: &[(u64, u32)], expect: &[(f64, f64)]) {
        let start = Instant::now();
        let mut ladder = Ladder::default();
        let got: Vec<_> = at
            .iter()
            .map(|(second, kilobits)| {
                let now = start + Duration::from_secs(*second);
                let quality = ladder.handle_bitrate(kilobits * 1000, Some(VGA), None, now);
                (quality.scale_down_by, quality.max_framerate)
            })
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_low_bitrate_makes_the_picture_smaller_at_once() {
        check(&[(0, 1700)], &[(1.0, 30.0)]);
        check(&[(0, 290)], &[(1.5, 30.0)]);
        check(&[(0, 150)], &[(2.0, 30.0)]);
        check(&[(0, 95)], &[(3.0, 30.0)]);
        check(&[(0, 40)], &[(4.0, 30.0)]);
        check(&[(0, 20)], &[(4.0, 15.0)]);
    }

    #[test]
    fn it_grows_again_when_there_has_been_enough_and_not_for_a_wobble() {
        check(
            &[(0, 40), (1, 2000), (3, 2000), (4, 2000)],
            &[(4.0, 30.0), (4.0, 30.0), (4.0, 30.0), (1.0, 30.0)],
        );
        check(
            &[(0, 290), (1, 400), (3, 310), (4, 400), (5, 320)],
            &[(1.5, 30.0); 5],
        );
    }

    #[test]
    fn a_path_that_recovers_brings_one_new_size() {
        check(
            &[(0, 40), (1, 150), (2, 250), (3, 2000), (5, 2000), (6, 2000)],
            &[
                (4.0, 30.0),
                (4.0, 30.0),
                (4.0, 30.0),
                (4.0, 30.0),
                (4.0, 30.0),
                (1.0, 30.0),
            ],
        );
        // For the largest there is not enough all the time.
        check(
            &[(0, 40), (1, 300), (2, 500), (3, 300), (4, 500), (5, 300)],
            &[
                (4.0, 30.0),
                (4.0, 30.0),
                (4.0, 30.0),
                (4.0, 30.0),
                (4.0, 30.0),
                (1.5, 30.0),
            ],
        );
    }

    #[test]
    fn it_asks_to_be_asked_again_when_a_larger_picture_is_due() {
        let start = Instant::now();
        let mut ladder = Ladder::default();
        let mut at = |seconds, kilobits: u32| {
            let now = start + Duration::from_secs(seconds);
            ladder.handle_bitrate(kilobits * 1000, Some(VGA), None, now);
            let due = ladder.poll_timeout();
            due.map(|due| due.saturating_duration_since(start).as_secs())
        };
        assert_eq!(at(0, 40), None);
        assert_eq!(at(1, 150), Some(4));
        assert_eq!(at(2, 2000), Some(5));
        assert_eq!(at(5, 2000), None);
    }

    #[test]
    fn a_large_source_needs_more() {
        let mut ladder = Ladder::default();
        let quality = ladder.handle_bitrate(600_000, Some(3.0 * VGA), Some(60.0), Instant::now());
        assert!(quality.scale_down_by > 1.0);
        assert!((quality.max_framerate - 60.0).abs() < 1e-9);
    }
}
