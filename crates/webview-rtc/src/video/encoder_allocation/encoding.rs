//! One encoder in the page: what it should do, and what it was told.
//!
//! Invariant: it is asked for a key frame at most once in 300 ms, and told settings only when
//! they differ.

use std::time::{Duration, Instant};

use super::{VideoSender, rate_ramp::RateRamp};
use crate::{
    video::quality::Ladder,
    wire::{
        event::{EncodingSettings, VideoCodec},
        id::SourceId,
    },
};

const KEY_FRAMES_APART: Duration = Duration::from_millis(300);
/// An encoder gives one long before this.
const KEY_FRAME_LOST: Duration = Duration::from_secs(1);

/// Senders of one class may share an encoding. Wishes are in thousandths, so that they compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class {
    source: SourceId,
    codec: VideoCodec,
    scale_down_by: u32,
    max_framerate: Option<u32>,
}

impl Class {
    pub(super) fn of(sender: &VideoSender) -> Self {
        let thousandths = |wish: f64| (wish * 1000.0) as u32;
        Self {
            source: sender.source,
            codec: sender.codec,
            scale_down_by: thousandths(sender.parameters.scale_resolution_down_by.max(1.0)),
            max_framerate: sender.parameters.max_framerate.map(thousandths),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyFrame {
    NotWanted,
    Wanted,
}

#[derive(Debug)]
pub(super) struct Encoding {
    class: Class,
    rate: u32,
    pace: RateRamp,
    ladder: Ladder,
    told: Option<EncodingSettings>,
    key_frame: KeyFrame,
    /// When a key frame was last asked for or came.
    last_key_frame: Option<Instant>,
}

impl Encoding {
    pub(super) fn new(class: Class, rate: u32, now: Instant) -> Self {
        Self {
            class,
            rate,
            pace: RateRamp::starting_at(rate, now),
            ladder: Ladder::default(),
            told: None,
            key_frame: KeyFrame::NotWanted,
            last_key_frame: None,
        }
    }

    pub(super) fn class(&self) -> Class {
        self.class
    }

    pub(super) fn source(&self) -> SourceId {
        self.class.source
    }

    pub(super) fn told(&self) -> Option<EncodingSettings> {
        self.told
    }

    /// Its slowest member's rate, in bits a second.
    pub(super) fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
    }

    /// What the page has to be told anew.
    pub(super) fn poll_settings(
        &mut self,
        pixels: Option<u32>,
        now: Instant,
    ) -> Option<EncodingSettings> {
        self.pace.handle_wish(self.rate, now);
        let wish = f64::from(self.class.scale_down_by) / 1000.0;
        let pixels = pixels.map(|pixels| f64::from(pixels) / (wish * wish));
        let framerate = self
            .class
            .max_framerate
            .map(|rate| f64::from(rate) / 1000.0);
        let bitrate = self.pace.bitrate();
        let quality = self.ladder.handle_bitrate(bitrate, pixels, framerate, now);
        let settings = EncodingSettings {
            codec: self.class.codec,
            bitrate,
            scale_down_by: wish * quality.scale_down_by,
            max_framerate: quality.max_framerate,
        };
        if self.told == Some(settings) {
            return None;
        }
        if self.told.is_none() {
            // An encoder begins with a key frame.
            self.key_frame = KeyFrame::NotWanted;
            self.last_key_frame = Some(now);
        }
        self.told = Some(settings);
        Some(settings)
    }

    pub(super) fn want_key_frame(&mut self) {
        self.key_frame = KeyFrame::Wanted;
    }

    /// The next may come at any time.
    pub(super) fn forget_key_frame(&mut self) {
        self.last_key_frame = None;
    }

    pub(super) fn handle_key_frame(&mut self, now: Instant) {
        self.key_frame = KeyFrame::NotWanted;
        self.last_key_frame = Some(now);
    }

    /// A member still waits for one: the last may have been lost on its way here.
    pub(super) fn handle_missed_key_frame(&mut self, now: Instant) {
        let waited = self
            .last_key_frame
            .is_none_or(|last| now.saturating_duration_since(last) >= KEY_FRAME_LOST);
        if waited {
            self.key_frame = KeyFrame::Wanted;
        }
    }

    /// Whether the page is to be asked now.
    pub(super) fn poll_key_frame_wanted(&mut self, now: Instant) -> bool {
        let due = self.key_frame_due();
        if self.key_frame == KeyFrame::NotWanted || due.is_some_and(|due| now < due) {
            return false;
        }
        self.key_frame = KeyFrame::NotWanted;
        self.last_key_frame = Some(now);
        true
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let key_frame = match self.key_frame {
            KeyFrame::NotWanted => None,
            KeyFrame::Wanted => self.key_frame_due(),
        };
        let timeouts = [
            self.pace.poll_timeout(),
            self.ladder.poll_timeout(),
            key_frame,
        ];
        timeouts.into_iter().flatten().min()
    }

    fn key_frame_due(&self) -> Option<Instant> {
        self.last_key_frame.map(|last| last + KEY_FRAMES_APART)
    }
}
