//! When a received frame goes on to the decoder.
//!
//! Frames are coded at even distances and come at uneven ones. Each waits until most of the late
//! ones would have come, which on a good path is not at all.
//!
//! Invariant: frames leave in the order they came in; none waits longer than half a second.

use std::time::{Duration, Instant};

use crate::windowed_min::WindowedMin;

/// Units of a picture's media time in a second (RFC 7741, 4.1).
const CLOCK_RATE: f64 = 90_000.0;
/// The fastest frame is sought in the last one to two of these.
const WINDOW: Duration = Duration::from_secs(4);
const MOST_SMOOTHING: f64 = 0.1;
/// Nobody sees less.
const LEAST_SMOOTHING: f64 = 0.004;
const MOST_HELD: Duration = Duration::from_millis(500);
/// One frame's weight.
const WEIGHT: f64 = 1.0 / 32.0;
/// One that is nearer to the mean than usual: what is lost comes in spells, and who forgets one soon
/// shows the next.
const CALM_WEIGHT: f64 = 1.0 / 128.0;
/// So many deviations above the mean, 99 of 100 frames are in time.
const DEVIATIONS: f64 = 2.33;
/// No network delays a frame by this many seconds; its media time is another.
const RESTART: f64 = 3.0;

/// When a frame goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    pub at: Instant,
    /// When it would have come had it been as fast as the fastest.
    pub earliest: Instant,
    /// How long after that frames are released at least, against jitter.
    pub smoothing: Duration,
}

#[derive(Debug, Default)]
pub struct Playout {
    path: Option<Path>,
    /// In seconds.
    mean: f64,
    variance: f64,
    last_release: Option<Instant>,
}

/// How long frames are under way, in seconds from an unknown zero.
#[derive(Debug)]
struct Path {
    epoch: Instant,
    epoch_media_time: u64,
    fastest: WindowedMin<f64>,
}

impl Playout {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// When the frame that came at `arrival` is to be released: never before it came nor before
    /// the last one. `media_time` is extended, in 1/90000 s; `delay` is how long frames wait at
    /// least, for the sound's sake ([`super::Sync::picture_delay`]).
    pub fn handle_frame(&mut self, media_time: u64, arrival: Instant, delay: Duration) -> Release {
        let late = self.lateness(media_time, arrival);
        let deviation = late - self.mean;
        self.mean += deviation * WEIGHT;
        let change = deviation * deviation - self.variance;
        let weight = if change > 0.0 { WEIGHT } else { CALM_WEIGHT };
        self.variance += change * weight;

        let smoothing = from_seconds(self.smoothing());
        let late = from_seconds(late);
        let wait = smoothing.max(delay).saturating_sub(late);
        let release = arrival + wait.min(MOST_HELD);
        let release = self
            .last_release
            .map_or(release, |last| last.max(release).min(arrival + MOST_HELD));
        // A clock that stands still must not turn the order round.
        let release = self.last_release.map_or(release, |last| release.max(last));
        self.last_release = Some(release);
        Release {
            at: release,
            earliest: arrival.checked_sub(late).unwrap_or(arrival),
            smoothing,
        }
    }

    /// How late a frame may come and still be shown in its turn, in seconds.
    fn smoothing(&self) -> f64 {
        let needed = self.mean + DEVIATIONS * self.variance.sqrt();
        if needed < LEAST_SMOOTHING {
            return 0.0;
        }
        needed.min(MOST_SMOOTHING)
    }

    /// Against the fastest, in seconds.
    fn lateness(&mut self, media_time: u64, arrival: Instant) -> f64 {
        let Some(path) = &mut self.path else {
            self.path = Some(Path::starting_at(media_time, arrival));
            return 0.0;
        };
        let transit = path.transit(media_time, arrival);
        let late = transit - path.fastest.get();
        if late.abs() > RESTART {
            *self = Self {
                path: Some(Path::starting_at(media_time, arrival)),
                last_release: self.last_release,
                ..Self::default()
            };
            return 0.0;
        }
        path.fastest.see(transit, arrival);
        late.max(0.0)
    }
}

impl Path {
    fn starting_at(media_time: u64, arrival: Instant) -> Self {
        Self {
            epoch: arrival,
            epoch_media_time: media_time,
            fastest: WindowedMin::new(WINDOW, 0.0, arrival),
        }
    }

    fn transit(&self, media_time: u64, arrival: Instant) -> f64 {
        let here = arrival.saturating_duration_since(self.epoch).as_secs_f64();
        let there = media_time as f64 - self.epoch_media_time as f64;
        here - there / CLOCK_RATE
    }
}

fn from_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 30 frames a second, so many ms late; gives by how many ms each was released after its
    /// arrival and how uneven the releases of the second half are, in ms.
    fn play(frames: u64, late: impl Fn(u64) -> u64) -> (Vec<u128>, f64) {
        let start = Instant::now();
        let mut playout = Playout::new();
        let (mut held, mut errors) = (Vec::new(), Vec::new());
        for index in 0..frames {
            let captured = start + Duration::from_secs(1) * (index as u32) / 30;
            let arrival = captured + Duration::from_millis(late(index));
            let release = playout
                .handle_frame(index * 3000, arrival, Duration::ZERO)
                .at;
            held.push((release - arrival).as_millis());
            errors.push((release - captured).as_secs_f64() * 1e3);
        }
        let half = &errors[errors.len() / 2..];
        let spread = half.iter().copied().fold(0.0, f64::max)
            - half.iter().copied().fold(f64::INFINITY, f64::min);
        (held, spread)
    }

    #[test]
    fn a_good_path_holds_nothing() {
        let (held, _) = play(300, |index| index % 2);
        assert_eq!(held.iter().max(), Some(&0));
    }

    #[test]
    fn jitter_is_smoothed_and_no_more() {
        let late = |index: u64| index * 7919 % 31;
        let (held, spread) = play(600, late);
        assert!(spread < 8.0, "{spread}");
        assert!(held[300..].iter().all(|held| *held <= 45), "{held:?}");
    }

    /// Where one of 20 was lost on the way and sent again.
    #[test]
    fn what_is_lost_now_and_then_is_waited_for() {
        let late = |index: u64| {
            if (index * 7919).is_multiple_of(20) {
                55
            } else {
                index % 3
            }
        };
        let (_, spread) = play(1200, late);
        assert!(spread < 15.0, "{spread}");
    }

    #[test]
    fn a_stall_is_caught_up_with_at_once() {
        let (held, _) = play(300, |index| match index {
            200..=208 => (209 - index) * 33,
            _ => 0,
        });
        assert!(held[200] == 0 && held[205] <= 1, "{:?}", &held[195..230]);
        assert!(held[280..].iter().all(|held| *held <= 100));
    }

    #[test]
    fn a_drifting_sender_is_followed() {
        let start = Instant::now();
        let mut playout = Playout::new();
        for index in 0..54_000_u64 {
            let arrival = start + Duration::from_nanos(index * 33_340_000);
            let release = playout
                .handle_frame(index * 3000, arrival, Duration::ZERO)
                .at;
            assert!(release - arrival < Duration::from_millis(10));
        }
    }

    #[test]
    fn what_waits_for_the_sound_needs_no_more_against_jitter() {
        let start = Instant::now();
        let late = |index: u64| index * 7919 % 31;
        let mut playout = Playout::new();
        for index in 0..300 {
            let earliest = start + Duration::from_secs(1) * (index as u32) / 30;
            let arrival = earliest + Duration::from_millis(late(index));
            let delay = Duration::from_millis(120);
            let release = playout.handle_frame(index * 3000, arrival, delay);
            assert!(release.smoothing < delay);
            assert!((release.at - release.earliest).abs_diff(delay) < Duration::from_micros(10));
            assert!(
                index < 31 || release.earliest.duration_since(earliest) < Duration::from_micros(10)
            );
        }
        let arrival = start + Duration::from_secs(10);
        let delay = Duration::from_secs(9);
        let release = playout.handle_frame(300 * 3000, arrival, delay);
        assert_eq!(release.at - arrival, MOST_HELD);
    }

    proptest! {
        #[test]
        fn never_out_of_order_never_early_never_long(
            frames in prop::collection::vec((0_u64..400_000, 0_u64..200_000_000, 0_u64..2000), 1..200)
        ) {
            let mut playout = Playout::new();
            let mut arrival = Instant::now();
            let mut last = arrival;
            for (apart, media_time, delay) in frames {
                arrival += Duration::from_micros(apart);
                let release = playout.handle_frame(media_time, arrival, Duration::from_millis(delay)).at;
                prop_assert!(release >= arrival && release >= last);
                prop_assert!(release <= arrival + MOST_HELD);
                last = release;
            }
        }
    }
}
