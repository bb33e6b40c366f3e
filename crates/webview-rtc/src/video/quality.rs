//! Resolution and frame rate for a bitrate.
//!
//! Invariant: the resolution falls at once and rises only after the bitrate has been sufficient for
//! [`UPSCALE_WAIT`], so an unsteady path does not make it flicker. A path that recovers causes one
//! change of resolution, not several: each costs a key frame. Where the resolution is to be kept, the
//! frame rate falls instead.

use std::time::{Duration, Instant};

use crate::wire::request::DegradationPreference;

/// Pixels of 640×480, the default of most cameras.
const VGA_PIXELS: f64 = 640.0 * 480.0;
/// Minimum bitrate for VGA, in bits per second.
const MIN_VGA_BITRATE: f64 = 300_000.0;
/// A quarter of the pixels needs a third of the bitrate: 100 kbit/s for 320×240.
const BITRATE_EXPONENT: f64 = 0.79;
/// Divisors of width and height.
const SCALE_STEPS: [f64; 5] = [1.0, 1.5, 2.0, 3.0, 4.0];
/// A larger resolution needs this many times its minimum bitrate, for [`UPSCALE_WAIT`].
const UPSCALE_BITRATE_RATIO: f64 = 1.3;
const UPSCALE_WAIT: Duration = Duration::from_secs(3);
const MAX_FRAMERATE: f64 = 30.0;
const MIN_FRAMERATE: f64 = 15.0;
/// Below this share of its minimum even the smallest resolution gets a lower frame rate.
const LOW_BITRATE_SHARE: f64 = 0.8;

/// Where the resolution is kept: a frame with sharp letters needs this many times the bits of a
/// camera's frame.
const DETAIL_BITRATE_RATIO: f64 = 3.0;
/// Slower than this, nobody follows what is pointed at.
const MIN_DETAIL_FRAMERATE: f64 = 2.0;

/// Default upper limit for a source of this size, in bits per second; the table of libwebrtc.
pub(super) fn default_max_bitrate(pixels: Option<u32>) -> u32 {
    match pixels {
        Some(pixels) if pixels <= 320 * 240 => 600_000,
        None => 1_700_000,
        Some(pixels) if pixels <= 640 * 480 => 1_700_000,
        Some(pixels) if pixels <= 960 * 540 => 2_000_000,
        Some(_) => 2_500_000,
    }
}

/// Scale and frame rate for one bitrate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quality {
    pub(super) scale_down_by: f64,
    pub(super) max_framerate: f64,
}

/// Position of one encoding on the ladder of resolutions.
#[derive(Debug, Default)]
pub(super) struct Ladder {
    step: usize,
    is_low: bool,
    /// Since when the bitrate is sufficient for each larger resolution.
    sufficient_since: [Option<Instant>; SCALE_STEPS.len()],
}

impl Ladder {
    /// `pixels` and `framerate` are the requested upper limits.
    pub(super) fn handle_bitrate(
        &mut self,
        bitrate: u32,
        pixels: Option<f64>,
        framerate: Option<f64>,
        preference: DegradationPreference,
        now: Instant,
    ) -> Quality {
        let pixels = pixels.unwrap_or(VGA_PIXELS);
        let bitrate = f64::from(bitrate);
        match preference {
            DegradationPreference::MaintainResolution => {
                *self = Self::default();
                return full_size(detail_framerate(bitrate, pixels, framerate));
            }
            DegradationPreference::MaintainFramerateAndResolution => {
                *self = Self::default();
                return full_size(framerate.unwrap_or(MAX_FRAMERATE));
            }
            DegradationPreference::MaintainFramerate | DegradationPreference::Balanced => {}
        }
        let min_bitrate =
            |step: usize| min_bitrate(pixels / (SCALE_STEPS[step] * SCALE_STEPS[step]));
        let last = SCALE_STEPS.len() - 1;
        while self.step < last && bitrate < min_bitrate(self.step) {
            self.step += 1;
        }
        for (step, since) in self.sufficient_since.iter_mut().enumerate() {
            let is_sufficient =
                step < self.step && bitrate >= UPSCALE_BITRATE_RATIO * min_bitrate(step);
            *since = is_sufficient.then(|| since.unwrap_or(now));
        }
        if let Some((step, since)) = self.largest_sufficient()
            && now.saturating_duration_since(since) >= UPSCALE_WAIT
        {
            self.step = step;
        }
        let low_share = if self.is_low { 1.0 } else { LOW_BITRATE_SHARE };
        self.is_low = bitrate < low_share * min_bitrate(last);

        let max_framerate = if self.is_low {
            MIN_FRAMERATE
        } else {
            MAX_FRAMERATE
        };
        Quality {
            scale_down_by: SCALE_STEPS[self.step],
            max_framerate: framerate.map_or(max_framerate, |requested| {
                if self.is_low {
                    requested.min(max_framerate)
                } else {
                    requested
                }
            }),
        }
    }

    /// When [`Self::handle_bitrate`] is due, even with the same bitrate.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.largest_sufficient()
            .map(|(_, since)| since + UPSCALE_WAIT)
    }

    /// The largest resolution above the current one with a sufficient bitrate, and since when.
    fn largest_sufficient(&self) -> Option<(usize, Instant)> {
        let mut larger = self.sufficient_since.iter().take(self.step).enumerate();
        larger.find_map(|(step, since)| Some((step, (*since)?)))
    }
}

fn full_size(max_framerate: f64) -> Quality {
    Quality {
        scale_down_by: 1.0,
        max_framerate,
    }
}

/// In whole frames per second, so that small changes of the bitrate change nothing.
fn detail_framerate(bitrate: f64, pixels: f64, requested: Option<f64>) -> f64 {
    let share = bitrate / (DETAIL_BITRATE_RATIO * min_bitrate(pixels));
    let affordable = (MAX_FRAMERATE * share).floor();
    affordable
        .max(MIN_DETAIL_FRAMERATE)
        .min(requested.unwrap_or(MAX_FRAMERATE))
}

/// Minimum bitrate in bits per second.
fn min_bitrate(pixels: f64) -> f64 {
    MIN_VGA_BITRATE * (pixels / VGA_PIXELS).powf(BITRATE_EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BALANCED: DegradationPreference = DegradationPreference::Balanced;

    /// Bitrates in kbit/s at seconds, for VGA; expects the divisors and frame rates.
    fn check(at: &[(u64, u32)], expect: &[(f64, f64)]) {
        let start = Instant::now();
        let mut ladder = Ladder::default();
        let got: Vec<_> = at
            .iter()
            .map(|(second, kilobits)| {
                let now = start + Duration::from_secs(*second);
                let quality =
                    ladder.handle_bitrate(kilobits * 1000, Some(VGA_PIXELS), None, BALANCED, now);
                (quality.scale_down_by, quality.max_framerate)
            })
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn low_bitrate_reduces_resolution_at_once() {
        check(&[(0, 1700)], &[(1.0, 30.0)]);
        check(&[(0, 290)], &[(1.5, 30.0)]);
        check(&[(0, 150)], &[(2.0, 30.0)]);
        check(&[(0, 95)], &[(3.0, 30.0)]);
        check(&[(0, 40)], &[(4.0, 30.0)]);
        check(&[(0, 20)], &[(4.0, 15.0)]);
    }

    #[test]
    fn resolution_rises_only_after_a_sufficient_bitrate() {
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
    fn recovering_path_causes_one_resolution_change() {
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
        // The bitrate is not always sufficient for the largest one.
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
    fn timeout_is_set_while_an_upscale_is_due() {
        let start = Instant::now();
        let mut ladder = Ladder::default();
        let mut at = |seconds, kilobits: u32| {
            let now = start + Duration::from_secs(seconds);
            ladder.handle_bitrate(kilobits * 1000, Some(VGA_PIXELS), None, BALANCED, now);
            let due = ladder.poll_timeout();
            due.map(|due| due.saturating_duration_since(start).as_secs())
        };
        assert_eq!(at(0, 40), None);
        assert_eq!(at(1, 150), Some(4));
        assert_eq!(at(2, 2000), Some(5));
        assert_eq!(at(5, 2000), None);
    }

    #[test]
    fn large_source_needs_a_higher_bitrate() {
        let mut ladder = Ladder::default();
        let quality = ladder.handle_bitrate(
            600_000,
            Some(3.0 * VGA_PIXELS),
            Some(60.0),
            BALANCED,
            Instant::now(),
        );
        assert!(quality.scale_down_by > 1.0);
        assert!((quality.max_framerate - 60.0).abs() < 1e-9);
    }

    #[test]
    fn kept_resolution_costs_frame_rate() {
        let check = |kilobits: u32, pixels: f64, framerate: Option<f64>, expect: f64| {
            let now = Instant::now();
            let keep = DegradationPreference::MaintainResolution;
            let mut ladder = Ladder::default();
            let pixels = Some(pixels);
            let quality = ladder.handle_bitrate(kilobits * 1000, pixels, framerate, keep, now);
            let got = (quality.scale_down_by, quality.max_framerate);
            assert_eq!(got, (1.0, expect), "{kilobits} kbit/s");
            assert_eq!(ladder.poll_timeout(), None);
        };
        check(2500, VGA_PIXELS, None, 30.0);
        check(300, VGA_PIXELS, None, 10.0);
        check(300, VGA_PIXELS, Some(5.0), 5.0);
        check(30, VGA_PIXELS, None, 2.0);
        check(30, VGA_PIXELS, Some(1.0), 1.0);
        check(2500, 1920.0 * 1080.0, None, 18.0);
        check(330, 1920.0 * 1080.0, None, 2.0);
    }
}
