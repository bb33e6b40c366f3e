//! Playout delay of video: when a received frame is released to the decoder.
//!
//! Frames are captured at regular intervals and arrive with jitter. Each frame waits until 99 % of
//! the late ones would have arrived. On a path without jitter it does not wait.
//!
//! Invariant: frames are released in order of arrival. None waits longer than [`MAX_HOLD`].

use std::time::{Duration, Instant};

use crate::windowed_min::WindowedMin;

/// RTP clock of video, in Hz ([RFC 7741, 4.1](https://www.rfc-editor.org/rfc/rfc7741#section-4.1)).
const CLOCK_RATE_HZ: f64 = 90_000.0;
/// The minimum transit time is taken over the last one to two of these.
const TRANSIT_WINDOW: Duration = Duration::from_secs(4);
const MAX_SMOOTHING_SECONDS: f64 = 0.1;
/// Less jitter is invisible.
const MIN_SMOOTHING_SECONDS: f64 = 0.004;
const MAX_HOLD: Duration = Duration::from_millis(500);
/// Weight of one frame in the mean and in a growing variance.
const FRAME_WEIGHT: f64 = 1.0 / 32.0;
/// Weight of one frame in a shrinking variance. It is smaller because losses come in bursts.
const SHRINK_WEIGHT: f64 = 1.0 / 128.0;
/// 99 of 100 frames are within this many standard deviations above the mean.
const TARGET_DEVIATIONS: f64 = 2.33;
/// A larger relative delay means another media clock.
const RESTART_DELAY_SECONDS: f64 = 3.0;

/// When a frame is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    pub at: Instant,
    /// Arrival time of the frame if its transit had been the fastest.
    pub earliest: Instant,
    /// Playout delay after `earliest` that absorbs jitter.
    pub smoothing: Duration,
}

#[derive(Debug, Default)]
pub struct Playout {
    transit_clock: Option<TransitClock>,
    /// Mean and variance of the relative delay, in seconds.
    mean: f64,
    variance: f64,
    last_release: Option<Instant>,
}

/// Transit times of frames, in seconds from an unknown zero.
#[derive(Debug)]
struct TransitClock {
    epoch: Instant,
    epoch_media_time: u64,
    min_transit: WindowedMin<f64>,
}

impl Playout {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the release time of a frame: not before its arrival, not before the previous
    /// release. `media_time` is extended, in 1/90000 s. `delay` is the lower limit of the playout
    /// delay, for lip sync ([`super::LipSync::video_delay`]).
    pub fn handle_frame(&mut self, media_time: u64, arrival: Instant, delay: Duration) -> Release {
        let relative_delay = self.relative_delay(media_time, arrival);
        let deviation = relative_delay - self.mean;
        self.mean += deviation * FRAME_WEIGHT;
        let change = deviation * deviation - self.variance;
        let weight = if change > 0.0 {
            FRAME_WEIGHT
        } else {
            SHRINK_WEIGHT
        };
        self.variance += change * weight;

        let smoothing = from_seconds(self.smoothing());
        let relative_delay = from_seconds(relative_delay);
        let wait = smoothing.max(delay).saturating_sub(relative_delay);
        let release = arrival + wait.min(MAX_HOLD);
        let release = self
            .last_release
            .map_or(release, |last| last.max(release).min(arrival + MAX_HOLD));
        // The order holds even if the clock stands still.
        let release = self.last_release.map_or(release, |last| release.max(last));
        self.last_release = Some(release);
        Release {
            at: release,
            earliest: arrival.checked_sub(relative_delay).unwrap_or(arrival),
            smoothing,
        }
    }

    /// Playout delay that absorbs jitter, in seconds.
    fn smoothing(&self) -> f64 {
        let required = self.mean + TARGET_DEVIATIONS * self.variance.sqrt();
        if required < MIN_SMOOTHING_SECONDS {
            return 0.0;
        }
        required.min(MAX_SMOOTHING_SECONDS)
    }

    /// Delay against the fastest frame, in seconds.
    fn relative_delay(&mut self, media_time: u64, arrival: Instant) -> f64 {
        let Some(transit_clock) = &mut self.transit_clock else {
            self.transit_clock = Some(TransitClock::starting_at(media_time, arrival));
            return 0.0;
        };
        let transit = transit_clock.transit(media_time, arrival);
        let relative_delay = transit - transit_clock.min_transit.get();
        if relative_delay.abs() > RESTART_DELAY_SECONDS {
            *self = Self {
                transit_clock: Some(TransitClock::starting_at(media_time, arrival)),
                last_release: self.last_release,
                ..Self::default()
            };
            return 0.0;
        }
        transit_clock.min_transit.update(transit, arrival);
        relative_delay.max(0.0)
    }
}

impl TransitClock {
    fn starting_at(media_time: u64, arrival: Instant) -> Self {
        Self {
            epoch: arrival,
            epoch_media_time: media_time,
            min_transit: WindowedMin::new(TRANSIT_WINDOW, 0.0, arrival),
        }
    }

    fn transit(&self, media_time: u64, arrival: Instant) -> f64 {
        let received = arrival.saturating_duration_since(self.epoch).as_secs_f64();
        let captured = media_time as f64 - self.epoch_media_time as f64;
        received - captured / CLOCK_RATE_HZ
    }
}

fn from_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 30 frames per second, each delayed by `late` ms. Returns the time from arrival to release
    /// per frame, and the range of the release errors in the second half, both in ms.
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
    fn path_without_jitter_adds_no_delay() {
        let (held, _) = play(300, |index| index % 2);
        assert_eq!(held.iter().max(), Some(&0));
    }

    #[test]
    fn jitter_is_smoothed_with_bounded_delay() {
        let late = |index: u64| index * 7919 % 31;
        let (held, spread) = play(600, late);
        assert!(spread < 8.0, "{spread}");
        assert!(held[300..].iter().all(|held| *held <= 45), "{held:?}");
    }

    /// One of 20 frames is lost and retransmitted.
    #[test]
    fn retransmitted_frames_are_waited_for() {
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
    fn stall_is_caught_up_at_once() {
        let (held, _) = play(300, |index| match index {
            200..=208 => (209 - index) * 33,
            _ => 0,
        });
        assert!(held[200] == 0 && held[205] <= 1, "{:?}", &held[195..230]);
        assert!(held[280..].iter().all(|held| *held <= 100));
    }

    #[test]
    fn drifting_sender_clock_is_followed() {
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
    fn lip_sync_delay_absorbs_jitter() {
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
        assert_eq!(release.at - arrival, MAX_HOLD);
    }

    proptest! {
        #[test]
        fn releases_are_ordered_and_bounded(
            frames in prop::collection::vec((0_u64..400_000, 0_u64..200_000_000, 0_u64..2000), 1..200)
        ) {
            let mut playout = Playout::new();
            let mut arrival = Instant::now();
            let mut last = arrival;
            for (interval, media_time, delay) in frames {
                arrival += Duration::from_micros(interval);
                let release = playout.handle_frame(media_time, arrival, Duration::from_millis(delay)).at;
                prop_assert!(release >= arrival && release >= last);
                prop_assert!(release <= arrival + MAX_HOLD);
                last = release;
            }
        }
    }
}
