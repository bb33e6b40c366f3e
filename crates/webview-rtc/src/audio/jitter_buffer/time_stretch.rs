//! Decoded sound on its way out, which can be made shorter or longer without being heard.
//!
//! Method: waveform similarity (WSOLA): a stretch of one pitch period is left out or said twice,
//! where the two ends look alike, and faded over.
//!
//! Invariant: what was played stays long enough to be repeated; nothing played is ever changed.

use crate::audio::{Channels, level};

/// The sound that lies ahead and behind is compared over 5 ms, and faded over it.
const OVERLAP: usize = 240;
/// Pitch periods: 2.5 to 15 ms.
const SHORTEST: usize = 120;
const LONGEST: usize = 720;
/// What must be kept of the past.
const PAST: usize = LONGEST + OVERLAP;
/// So much sound must lie ahead to leave some of it out.
pub(super) const AHEAD: usize = LONGEST + OVERLAP;
/// A step between samples decays over 2.5 ms.
const BRIDGE: usize = 120;
/// Mean square of what nobody hears: -60 dB.
const INAUDIBLE: f64 = 1e-6;

/// How alike the ends must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StretchRate {
    Gentle,
    Hurried,
}

impl StretchRate {
    fn least_likeness(self) -> f64 {
        match self {
            Self::Gentle => 0.9,
            Self::Hurried => 0.5,
        }
    }
}

#[derive(Debug)]
pub(super) struct SampleBuffer {
    channels: usize,
    /// Interleaved: the past, then what is to be played.
    samples: Vec<f32>,
    /// Index of the next sample to play.
    head: usize,
}

impl SampleBuffer {
    pub(super) fn new(channels: Channels) -> Self {
        let channels = channels.count();
        Self {
            channels,
            samples: vec![0.0; PAST * channels],
            head: PAST * channels,
        }
    }

    /// The same sound for both ears.
    pub(super) fn widened(&self) -> Self {
        Self {
            channels: 2,
            samples: self
                .samples
                .iter()
                .flat_map(|sample| [*sample; 2])
                .collect(),
            head: self.head * 2,
        }
    }

    /// Samples a channel that wait to be played.
    pub(super) fn ready(&self) -> usize {
        (self.samples.len() - self.head) / self.channels
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// Where the sound does not continue what is there: lets the step decay.
    pub(super) fn push_bridged(&mut self, samples: &[f32]) {
        let channels = self.channels;
        let begin = self.samples.len();
        self.samples.extend_from_slice(samples);
        for channel in 0..channels {
            let (Some(last), Some(first)) = (
                begin
                    .checked_sub(channels)
                    .and_then(|frame| self.samples.get(frame + channel))
                    .copied(),
                samples.get(channel),
            ) else {
                return;
            };
            let step = last - first;
            let new = self.samples[begin..].iter_mut().skip(channel);
            for (index, sample) in new.step_by(channels).take(BRIDGE).enumerate() {
                *sample = (*sample + step * fade(BRIDGE - index, BRIDGE)).clamp(-1.0, 1.0);
            }
        }
    }

    /// Takes so many samples a channel; less only where less is ready.
    pub(super) fn play(&mut self, samples: usize, out: &mut Vec<f32>) {
        let end = (self.head + samples * self.channels).min(self.samples.len());
        out.extend_from_slice(&self.samples[self.head..end]);
        self.head = end;
        let spare = self.head - PAST * self.channels;
        // Moves the past rarely.
        if spare > 4 * PAST * self.channels {
            self.samples.drain(..spare);
            self.head -= spare;
        }
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.samples.truncate(self.head);
    }

    /// Mean square of the last 20 ms that are there.
    pub(super) fn power(&self) -> f64 {
        level::power(&self.samples[self.samples.len() - PAST * self.channels..])
    }

    /// Leaves out up to `most` samples a channel, right before what is played next. Gives how
    /// many it were: 0 where it would be heard.
    pub(super) fn shorten(&mut self, most: usize, haste: StretchRate) -> usize {
        if self.ready() < AHEAD {
            return 0;
        }
        let ahead = self.head;
        let lag = self.best_lag(most, haste, |lag| (ahead, ahead + lag));
        if lag == 0 {
            return 0;
        }
        let removed = lag * self.channels;
        let overlap = OVERLAP * self.channels;
        for index in 0..overlap {
            let weight = fade(index / self.channels, OVERLAP);
            let here = self.samples[ahead + index];
            let there = self.samples[ahead + removed + index];
            self.samples[ahead + removed + index] = here + (there - here) * weight;
        }
        self.samples.drain(ahead..ahead + removed);
        lag
    }

    /// Says up to `most` samples a channel twice. Gives how many it were.
    pub(super) fn lengthen(&mut self, most: usize, haste: StretchRate) -> usize {
        if self.ready() < OVERLAP {
            return 0;
        }
        let ahead = self.head;
        let channels = self.channels;
        let lag = self.best_lag(most, haste, |lag| (ahead, ahead - lag));
        if lag == 0 {
            return 0;
        }
        let inserted = lag * channels;
        let mut again = self.samples[ahead - inserted..ahead + OVERLAP * channels].to_vec();
        for (index, sample) in again.iter_mut().take(OVERLAP * channels).enumerate() {
            let weight = fade(index / channels, OVERLAP);
            let here = self.samples[ahead + index];
            *sample = here + (*sample - here) * weight;
        }
        self.samples
            .splice(ahead..ahead + OVERLAP * channels, again);
        lag
    }

    /// The lag, in samples a channel, at which the two places look most alike; 0 if none does.
    fn best_lag(
        &self,
        most: usize,
        haste: StretchRate,
        places: impl Fn(usize) -> (usize, usize),
    ) -> usize {
        let longest = most.min(LONGEST);
        if longest < SHORTEST {
            return 0;
        }
        let window = OVERLAP * self.channels;
        let at = |place: usize| &self.samples[place..place + window];
        let (here, farthest) = places(longest * self.channels);
        if level::power(at(here)) < INAUDIBLE && level::power(at(farthest)) < INAUDIBLE {
            return longest;
        }
        let mut best = (0, haste.least_likeness());
        for lag in SHORTEST..=longest {
            let (here, there) = places(lag * self.channels);
            let likeness = likeness(at(here), at(there));
            if likeness > best.1 {
                best = (lag, likeness);
            }
        }
        best.0
    }
}

/// Normalised correlation.
fn likeness(here: &[f32], there: &[f32]) -> f64 {
    let (mut both, mut left, mut right) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (here, there) in here.iter().zip(there) {
        both += here * there;
        left += here * here;
        right += there * there;
    }
    f64::from(both) / (f64::from(left) * f64::from(right)).sqrt().max(1e-9)
}

fn fade(index: usize, length: usize) -> f32 {
    index as f32 / length as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::simulation::{largest_step, noise, tone};

    /// Plays a tone of 100 ms and changes it after 50; expects the length and no click.
    fn check(change: impl Fn(&mut SampleBuffer) -> usize, lengthened: bool) {
        for channels in [Channels::Mono, Channels::Stereo] {
            let mut tape = SampleBuffer::new(channels);
            let sound: Vec<f32> = tone(330.0, 0.5, 4800)
                .into_iter()
                .flat_map(|sample| vec![sample; channels.count()])
                .collect();
            tape.push(&sound);
            let mut out = Vec::new();
            tape.play(2400, &mut out);
            let changed = change(&mut tape);
            assert!((SHORTEST..=LONGEST).contains(&changed), "{changed}");
            tape.play(usize::MAX >> 8, &mut out);
            let length = out.len() / channels.count();
            let expect = if lengthened {
                4800 + changed
            } else {
                4800 - changed
            };
            assert_eq!(length, expect);
            let left: Vec<f32> = out.iter().copied().step_by(channels.count()).collect();
            assert!(largest_step(&left) < 1.1 * largest_step(&tone(330.0, 0.5, 480)));
        }
    }

    #[test]
    fn a_tone_is_shortened_and_lengthened_without_a_click() {
        check(|tape| tape.shorten(LONGEST, StretchRate::Gentle), false);
        check(|tape| tape.lengthen(LONGEST, StretchRate::Gentle), true);
        check(|tape| tape.shorten(300, StretchRate::Gentle), false);
    }

    #[test]
    fn what_would_be_heard_is_left_alone() {
        let mut tape = SampleBuffer::new(Channels::Mono);
        tape.push(&noise(0.3, 4800));
        let mut out = Vec::new();
        tape.play(2400, &mut out);
        assert_eq!(tape.shorten(LONGEST, StretchRate::Gentle), 0);
        assert_eq!(tape.lengthen(LONGEST, StretchRate::Gentle), 0);
        assert_eq!(tape.shorten(SHORTEST - 1, StretchRate::Hurried), 0);
    }

    #[test]
    fn silence_gives_way_at_once() {
        let mut tape = SampleBuffer::new(Channels::Mono);
        tape.push(&[0.0; 2400]);
        assert_eq!(tape.shorten(500, StretchRate::Gentle), 500);
        assert_eq!(tape.lengthen(LONGEST, StretchRate::Gentle), LONGEST);
    }

    #[test]
    fn a_step_decays() {
        let mut tape = SampleBuffer::new(Channels::Mono);
        tape.push(&[0.8; 480]);
        tape.push_bridged(&[-0.8; 480]);
        let mut out = Vec::new();
        tape.play(960, &mut out);
        assert!(largest_step(&out[..]) < 0.03);
        assert!((out[959] + 0.8).abs() < 1e-6);
    }
}
