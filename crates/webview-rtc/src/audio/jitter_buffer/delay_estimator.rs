//! How late packets come, and how much delay lets nearly all of them be in time.
//!
//! Invariant: a packet is late against the fastest of the last two seconds, so neither the
//! distance of the clocks nor their drift matters. Only the worst of every half second is
//! remembered: what is late comes in groups, and a group is lost as one.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::audio::SAMPLE_RATE;

/// What the fastest packet is sought in.
const WINDOW: Duration = Duration::from_secs(2);
const WINDOW_PACKETS: usize = 128;
const GROUP: Duration = Duration::from_millis(500);
/// 5 ms, in samples.
const BUCKET: u64 = 240;
const BUCKETS: usize = 200;
/// Of the groups, this share shall be in time.
const QUANTILE: f64 = 0.95;
/// A group weighs half as much after 20 s.
const REMEMBER: f64 = 0.983;
/// The first groups say more than the guess they replace.
const START_WEIGHT: f64 = 2.0;
/// After so many groups the rest is learned as if they were the first: while a call begins, both
/// computers are busier than they will be.
const BEGINNING: u32 = 5;
/// Until anything is known: 40 ms.
const START: u64 = 1920;
/// Nobody waits for a packet this late; it is another clock.
const RESTART: i64 = 2 * SAMPLE_RATE as i64;

#[derive(Debug)]
pub(super) struct DelayEstimator {
    epoch: Option<Instant>,
    /// When it came and how long it was under way, in samples, from an unknown zero.
    window: VecDeque<(Instant, i64)>,
    buckets: Vec<f64>,
    groups: u32,
    group_begin: Option<Instant>,
    group_worst: u64,
    /// In samples.
    target: u64,
}

impl Default for DelayEstimator {
    fn default() -> Self {
        Self {
            epoch: None,
            window: VecDeque::with_capacity(WINDOW_PACKETS),
            buckets: vec![0.0; BUCKETS],
            groups: 0,
            group_begin: None,
            group_worst: 0,
            target: START,
        }
    }
}

impl DelayEstimator {
    /// How late this packet is, in samples.
    pub(super) fn handle_packet(&mut self, media_time: u64, arrival: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(arrival);
        let transit = samples(arrival.saturating_duration_since(epoch)) - signed(media_time);
        while self.window.len() >= WINDOW_PACKETS
            || self
                .window
                .front()
                .is_some_and(|(then, _)| arrival.saturating_duration_since(*then) > WINDOW)
        {
            self.window.pop_front();
        }
        let fastest = self.window.iter().map(|(_, transit)| *transit).min();
        self.window.push_back((arrival, transit));
        let late = transit - fastest.unwrap_or(transit).min(transit);
        if late > RESTART {
            self.window.clear();
            self.window.push_back((arrival, transit));
            return 0;
        }
        let late = late.unsigned_abs();
        self.remember(late, arrival);
        late
    }

    /// In samples: packets as late as this are still in time.
    pub(super) fn target(&self) -> u64 {
        self.target
    }

    fn remember(&mut self, late: u64, arrival: Instant) {
        let begin = *self.group_begin.get_or_insert(arrival);
        if arrival.saturating_duration_since(begin) < GROUP {
            self.group_worst = self.group_worst.max(late);
            if self.groups == 0 {
                self.target = self.target.max(self.group_worst + BUCKET);
            }
            return;
        }
        let worst = std::mem::replace(&mut self.group_worst, late);
        self.group_begin = Some(arrival);
        self.learn(worst);
    }

    fn learn(&mut self, worst: u64) {
        let known = self.groups.checked_sub(BEGINNING).unwrap_or(self.groups);
        let keep = (1.0 - START_WEIGHT / f64::from(known + 1)).clamp(0.0, REMEMBER);
        self.groups = self.groups.saturating_add(1);
        for bucket in &mut self.buckets {
            *bucket *= keep;
        }
        let index = usize::try_from(worst / BUCKET).unwrap_or(BUCKETS);
        self.buckets[index.min(BUCKETS - 1)] += 1.0 - keep;

        let mut below = 0.0;
        for (index, share) in self.buckets.iter().enumerate() {
            below += share;
            if below >= QUANTILE {
                self.target = (index as u64 + 1) * BUCKET;
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

    /// Packets of 20 ms that many ms late for 20 s; expects the target in ms.
    fn check(late: impl Fn(u64) -> u64, expect: u64) {
        let start = Instant::now();
        let mut arrival = DelayEstimator::default();
        for index in 0..1000 {
            let at = start + Duration::from_millis(index * 20 + late(index));
            arrival.handle_packet(77_000 + index * 960, at);
        }
        assert_eq!(arrival.target() / 48, expect);
    }

    #[test]
    fn the_target_is_what_the_network_needs() {
        check(|_| 0, 5);
        check(|index| index % 2 * 30, 35);
        check(|index| index * 7 % 60, 60);
        // One group late in thirty is not waited for, one in five is.
        check(|index| if index % 750 == 749 { 200 } else { 0 }, 5);
        check(|index| if index % 125 == 100 { 200 } else { 0 }, 205);
    }

    #[test]
    fn a_rough_beginning_is_soon_forgotten() {
        let start = Instant::now();
        let mut arrival = DelayEstimator::default();
        for index in 0..200_u64 {
            let late = if index < 100 { index * 67 % 300 } else { 0 };
            let at = start + Duration::from_millis(index * 20 + late);
            arrival.handle_packet(index * 960, at);
            if index == 90 {
                assert!(arrival.target() >= 250 * 48);
            }
        }
        // After four seconds.
        assert!(arrival.target() <= 10 * 48, "{}", arrival.target());
    }

    #[test]
    fn another_clock_begins_anew() {
        let start = Instant::now();
        let mut arrival = DelayEstimator::default();
        for index in 0..100 {
            let at = start + Duration::from_millis(index * 20);
            arrival.handle_packet(1 << 40, at);
            assert!(arrival.handle_packet(index * 960, at) <= 2 * 48_000);
        }
        for index in 100..400 {
            let at = start + Duration::from_millis(index * 20);
            assert!(arrival.handle_packet(index * 960, at) <= 960 * 100);
        }
        assert_eq!(
            arrival.handle_packet(400 * 960, start + Duration::from_secs(8)),
            0
        );
    }
}
