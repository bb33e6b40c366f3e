//! Recorded audio of one program until it is mixed. The program's sound card and the receiver have
//! different clocks: the buffer is read a little faster while it is fuller than its target, and a
//! little slower while it is emptier.
//!
//! Invariant: at most [`MAX_FRAMES`] are kept. Every gap is faded, so it makes no click.

use std::collections::VecDeque;

use super::resampler::{self, CHANNELS, Frame};
use crate::audio::{FRAME_10MS, SAMPLE_RATE};

/// Beyond this the oldest frames are dropped: 300 ms.
const MAX_FRAMES: usize = 30 * FRAME_10MS;
/// The fill level before reading begins, and while it goes on.
const FIRST_TARGET: usize = 5 * FRAME_10MS;
const MAX_TARGET: usize = 12 * FRAME_10MS;
/// More than the target by this, and the buffer is cut to it at once.
const MAX_EXCESS: usize = 12 * FRAME_10MS;
/// Growth of the target after an underrun.
const UNDERRUN_GROWTH: usize = FRAME_10MS;
/// The fill level varies by this much without a drift.
const NORMAL_DEVIATION: f64 = 480.0;
/// A deviation is corrected within about this time.
const CORRECTION_SECONDS: f64 = 4.0;
/// Nobody hears a change of pitch of 0.5 %.
const MAX_CORRECTION: f64 = 0.005;
/// Weight of one read in the averaged fill level: about a second.
const LEVEL_WEIGHT: f64 = 0.01;
/// 2 ms.
const FADE_FRAMES: f32 = 96.0;
/// Frames around a position that the interpolation needs.
const NEIGHBOURS: usize = 4;

#[derive(Debug)]
pub(super) struct DriftBuffer {
    /// The first one is the one before the position.
    frames: VecDeque<Frame>,
    /// Of the position, between the second and the third frame.
    fraction: f64,
    flow: Flow,
    target: usize,
    /// The averaged fill level.
    level: f64,
    gain: f32,
    /// The last frame that was read.
    last: Frame,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Silent until the target is reached.
    Filling,
    Reading,
}

impl Default for DriftBuffer {
    fn default() -> Self {
        Self {
            frames: VecDeque::new(),
            fraction: 0.0,
            flow: Flow::Filling,
            target: FIRST_TARGET,
            level: 0.0,
            gain: 0.0,
            last: [0.0; CHANNELS],
        }
    }
}

impl DriftBuffer {
    pub(super) fn write(&mut self, frames: impl Iterator<Item = Frame>) {
        self.frames.extend(frames);
        if let Some(excess) = self.frames.len().checked_sub(MAX_FRAMES) {
            self.skip(excess);
        }
    }

    /// Adds the next audio to `mixed`: 10 ms, interleaved.
    pub(super) fn add_to(&mut self, mixed: &mut [f32]) {
        if self.flow == Flow::Filling && self.frames.len() >= self.target + NEIGHBOURS {
            self.flow = Flow::Reading;
            self.level = self.target as f64;
        }
        if self.frames.len() > self.target + MAX_EXCESS {
            self.skip(self.frames.len() - self.target);
        }
        self.level += (self.frames.len() as f64 - self.level) * LEVEL_WEIGHT;
        let rate = 1.0 + correction(self.level - self.target as f64);
        for mixed in mixed.chunks_exact_mut(CHANNELS) {
            let frame = self.next(rate);
            for (mixed, sample) in mixed.iter_mut().zip(frame) {
                *mixed += sample * self.gain;
            }
        }
    }

    /// The next frame. While there is none, the last one fades out.
    fn next(&mut self, rate: f64) -> Frame {
        let read = match self.flow {
            Flow::Filling => None,
            Flow::Reading => self.read(rate),
        };
        if let Some(frame) = read {
            self.gain = (self.gain + 1.0 / FADE_FRAMES).min(1.0);
            self.last = frame;
        } else {
            self.gain = (self.gain - 1.0 / FADE_FRAMES).max(0.0);
        }
        self.last
    }

    fn read(&mut self, rate: f64) -> Option<Frame> {
        if self.frames.len() < NEIGHBOURS {
            self.flow = Flow::Filling;
            self.target = (self.target + UNDERRUN_GROWTH).min(MAX_TARGET);
            return None;
        }
        let around = std::array::from_fn(|index| self.frames[index]);
        let frame = resampler::between(around, self.fraction as f32);
        self.fraction += rate;
        while self.fraction >= 1.0 {
            self.fraction -= 1.0;
            self.frames.pop_front();
        }
        Some(frame)
    }

    /// The audio after the gap fades in.
    fn skip(&mut self, frames: usize) {
        self.frames.drain(..frames.min(self.frames.len()));
        self.level = self.frames.len() as f64;
        self.gain = 0.0;
    }
}

/// For this deviation of the fill level in frames: what the rate differs from 1 by.
fn correction(deviation: f64) -> f64 {
    let beyond = (deviation.abs() - NORMAL_DEVIATION).max(0.0) * deviation.signum();
    (beyond / (CORRECTION_SECONDS * f64::from(SAMPLE_RATE))).clamp(-MAX_CORRECTION, MAX_CORRECTION)
}

#[cfg(test)]
mod tests;
