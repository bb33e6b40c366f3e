//! Delay estimator of the jitter buffer: the target delay at which nearly all packets are in time.
//!
//! As in NetEq, a histogram of relative delays with a forget factor; the target is a quantile of
//! it.
//!
//! Invariant: the relative delay is measured against the fastest packet of the last two seconds, so
//! neither the offset nor the drift of the clocks matters. Per half second only the largest counts,
//! because late packets come in bursts.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::audio::SAMPLE_RATE;

/// The minimum transit time is taken over this.
const TRANSIT_WINDOW: Duration = Duration::from_secs(2);
const MAX_WINDOW_PACKETS: usize = 128;
const GROUP_INTERVAL: Duration = Duration::from_millis(500);
/// 5 ms.
const BUCKET_SAMPLES: u64 = 240;
const BUCKET_COUNT: usize = 200;
/// Share of the groups that are in time at the target delay.
const QUANTILE: f64 = 0.95;
/// The weight of a group halves in 20 s.
const FORGET_FACTOR: f64 = 0.983;
/// Weight of the first groups against the start value.
const START_FORGET_WEIGHT: f64 = 2.0;
/// After this many groups the histogram restarts: at the start of a call both computers are busy
/// and packets are later than they will be.
const START_GROUPS: u32 = 5;
/// Target delay before the first measurement: 40 ms.
const START_DELAY_SAMPLES: u64 = 1920;
/// A larger relative delay means another clock.
const RESTART_DELAY_SAMPLES: i64 = 2 * SAMPLE_RATE as i64;

#[derive(Debug)]
pub(super) struct DelayEstimator {
    epoch: Option<Instant>,
    /// Arrival and transit time of the last packets, in samples from an unknown zero.
    transits: VecDeque<(Instant, i64)>,
    histogram: Vec<f64>,
    groups: u32,
    group_start: Option<Instant>,
    group_max: u64,
    /// In samples.
    target: u64,
}

impl Default for DelayEstimator {
    fn default() -> Self {
        Self {
            epoch: None,
            transits: VecDeque::with_capacity(MAX_WINDOW_PACKETS),
            histogram: vec![0.0; BUCKET_COUNT],
            groups: 0,
            group_start: None,
            group_max: 0,
            target: START_DELAY_SAMPLES,
        }
    }
}

impl DelayEstimator {
    /// Returns the relative delay of the packet, in samples.
    pub(super) fn handle_packet(&mut self, media_time: u64, arrival: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(arrival);
        let transit = samples(arrival.saturating_duration_since(epoch)) - signed(media_time);
        while self.transits.len() >= MAX_WINDOW_PACKETS
            || self
                .transits
                .front()
                .is_some_and(|(then, _)| arrival.saturating_duration_since(*then) > TRANSIT_WINDOW)
        {
            self.transits.pop_front();
        }
        let fastest = self.transits.iter().map(|(_, transit)| *transit).min();
        self.transits.push_back((arrival, transit));
        let relative_delay = transit - fastest.unwrap_or(transit).min(transit);
        if relative_delay > RESTART_DELAY_SAMPLES {
            self.transits.clear();
            self.transits.push_back((arrival, transit));
            return 0;
        }
        let relative_delay = relative_delay.unsigned_abs();
        self.record(relative_delay, arrival);
        relative_delay
    }

    /// Target delay in samples: packets with this relative delay are in time.
    pub(super) fn target(&self) -> u64 {
        self.target
    }

    fn record(&mut self, relative_delay: u64, arrival: Instant) {
        let start = *self.group_start.get_or_insert(arrival);
        if arrival.saturating_duration_since(start) < GROUP_INTERVAL {
            self.group_max = self.group_max.max(relative_delay);
            if self.groups == 0 {
                self.target = self.target.max(self.group_max + BUCKET_SAMPLES);
            }
            return;
        }
        let max_delay = std::mem::replace(&mut self.group_max, relative_delay);
        self.group_start = Some(arrival);
        self.update_histogram(max_delay);
    }

    fn update_histogram(&mut self, max_delay: u64) {
        let counted = self.groups.checked_sub(START_GROUPS).unwrap_or(self.groups);
        let forget_factor =
            (1.0 - START_FORGET_WEIGHT / f64::from(counted + 1)).clamp(0.0, FORGET_FACTOR);
        self.groups = self.groups.saturating_add(1);
        for bucket in &mut self.histogram {
            *bucket *= forget_factor;
        }
        let index = usize::try_from(max_delay / BUCKET_SAMPLES).unwrap_or(BUCKET_COUNT);
        self.histogram[index.min(BUCKET_COUNT - 1)] += 1.0 - forget_factor;

        let mut below = 0.0;
        for (index, share) in self.histogram.iter().enumerate() {
            below += share;
            if below >= QUANTILE {
                self.target = (index as u64 + 1) * BUCKET_SAMPLES;
                return;
            }
        }
    }
}

fn signed(media_time: u64) -> i64 {
    i64::try_from(media_time).unwrap_or(i64::MAX / 2)
}

pub(super) fn samples(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros() * 48 / 1000).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets of 20 ms for 20 s, each delayed by `late` ms; expects the target in ms.
    fn check(late: impl Fn(u64) -> u64, expect: u64) {
        let start = Instant::now();
        let mut estimator = DelayEstimator::default();
        for index in 0..1000 {
            let at = start + Duration::from_millis(index * 20 + late(index));
            estimator.handle_packet(77_000 + index * 960, at);
        }
        assert_eq!(estimator.target() / 48, expect);
    }

    #[test]
    fn target_matches_the_network_jitter() {
        check(|_| 0, 5);
        check(|index| index % 2 * 30, 35);
        check(|index| index * 7 % 60, 60);
        // One late group in thirty is ignored; one in five is not.
        check(|index| if index % 750 == 749 { 200 } else { 0 }, 5);
        check(|index| if index % 125 == 100 { 200 } else { 0 }, 205);
    }

    #[test]
    fn high_delay_at_start_is_soon_forgotten() {
        let start = Instant::now();
        let mut estimator = DelayEstimator::default();
        for index in 0..200_u64 {
            let late = if index < 100 { index * 67 % 300 } else { 0 };
            let at = start + Duration::from_millis(index * 20 + late);
            estimator.handle_packet(index * 960, at);
            if index == 90 {
                assert!(estimator.target() >= 250 * 48);
            }
        }
        // Four seconds after the start.
        assert!(estimator.target() <= 10 * 48, "{}", estimator.target());
    }

    #[test]
    fn clock_change_restarts_the_estimate() {
        let start = Instant::now();
        let mut estimator = DelayEstimator::default();
        for index in 0..100 {
            let at = start + Duration::from_millis(index * 20);
            estimator.handle_packet(1 << 40, at);
            assert!(estimator.handle_packet(index * 960, at) <= 2 * 48_000);
        }
        for index in 100..400 {
            let at = start + Duration::from_millis(index * 20);
            assert!(estimator.handle_packet(index * 960, at) <= 960 * 100);
        }
        assert_eq!(
            estimator.handle_packet(400 * 960, start + Duration::from_secs(8)),
            0
        );
    }
}
