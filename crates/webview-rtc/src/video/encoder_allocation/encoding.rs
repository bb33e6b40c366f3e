//! One encoder in the page: its target bitrate and the settings sent to it.
//!
//! Invariant: key frame requests are at least [`MIN_KEY_FRAME_INTERVAL`] apart. Settings are sent
//! only when they change.

use std::time::{Duration, Instant};

use super::{VideoSender, rate_ramp::RateRamp};
use crate::{
    video::quality::Ladder,
    wire::{
        event::{EncodingSettings, VideoCodec},
        id::SourceId,
        request::DegradationPreference,
    },
};

const MIN_KEY_FRAME_INTERVAL: Duration = Duration::from_millis(300);
/// An encoder produces a requested key frame long before this.
const KEY_FRAME_TIMEOUT: Duration = Duration::from_secs(1);

/// Senders of one class may share an encoding. Scale and frame rate are in thousandths, so that
/// they compare exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class {
    source: SourceId,
    codec: VideoCodec,
    scale_down_by: u32,
    max_framerate: Option<u32>,
    degradation_preference: DegradationPreference,
}

impl Class {
    pub(super) fn of(sender: &VideoSender) -> Self {
        let thousandths = |requested: f64| (requested * 1000.0) as u32;
        Self {
            source: sender.source,
            codec: sender.codec,
            scale_down_by: thousandths(sender.parameters.scale_resolution_down_by.max(1.0)),
            max_framerate: sender.parameters.max_framerate.map(thousandths),
            degradation_preference: sender.parameters.degradation_preference,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyFrame {
    NotRequested,
    Requested,
}

#[derive(Debug)]
pub(super) struct Encoding {
    class: Class,
    rate: u32,
    rate_ramp: RateRamp,
    ladder: Ladder,
    settings: Option<EncodingSettings>,
    key_frame: KeyFrame,
    /// When a key frame was last requested or arrived.
    last_key_frame: Option<Instant>,
}

impl Encoding {
    pub(super) fn new(class: Class, rate: u32, now: Instant) -> Self {
        Self {
            class,
            rate,
            rate_ramp: RateRamp::starting_at(rate, now),
            ladder: Ladder::default(),
            settings: None,
            key_frame: KeyFrame::NotRequested,
            last_key_frame: None,
        }
    }

    pub(super) fn class(&self) -> Class {
        self.class
    }

    pub(super) fn source(&self) -> SourceId {
        self.class.source
    }

    pub(super) fn settings(&self) -> Option<EncodingSettings> {
        self.settings
    }

    /// Sets the rate of the slowest member, in bits per second.
    pub(super) fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
    }

    /// Returns the settings if they changed.
    pub(super) fn poll_settings(
        &mut self,
        pixels: Option<u32>,
        now: Instant,
    ) -> Option<EncodingSettings> {
        self.rate_ramp.handle_target(self.rate, now);
        let requested = f64::from(self.class.scale_down_by) / 1000.0;
        let pixels = pixels.map(|pixels| f64::from(pixels) / (requested * requested));
        let framerate = self
            .class
            .max_framerate
            .map(|rate| f64::from(rate) / 1000.0);
        let bitrate = self.rate_ramp.bitrate();
        let preference = self.class.degradation_preference;
        let quality = self
            .ladder
            .handle_bitrate(bitrate, pixels, framerate, preference, now);
        let settings = EncodingSettings {
            codec: self.class.codec,
            bitrate,
            scale_down_by: requested * quality.scale_down_by,
            max_framerate: quality.max_framerate,
        };
        if self.settings == Some(settings) {
            return None;
        }
        if self.settings.is_none() {
            // An encoder starts with a key frame.
            self.key_frame = KeyFrame::NotRequested;
            self.last_key_frame = Some(now);
        }
        self.settings = Some(settings);
        Some(settings)
    }

    pub(super) fn request_key_frame(&mut self) {
        self.key_frame = KeyFrame::Requested;
    }

    /// Allows the next key frame request at once.
    pub(super) fn reset_key_frame_interval(&mut self) {
        self.last_key_frame = None;
    }

    pub(super) fn handle_key_frame(&mut self, now: Instant) {
        self.key_frame = KeyFrame::NotRequested;
        self.last_key_frame = Some(now);
    }

    /// A member still waits for a key frame: the last one may have been lost on the bridge.
    pub(super) fn handle_missing_key_frame(&mut self, now: Instant) {
        let is_overdue = self
            .last_key_frame
            .is_none_or(|last| now.saturating_duration_since(last) >= KEY_FRAME_TIMEOUT);
        if is_overdue {
            self.key_frame = KeyFrame::Requested;
        }
    }

    /// Whether to request a key frame from the page now.
    pub(super) fn poll_key_frame_request(&mut self, now: Instant) -> bool {
        let due = self.key_frame_due();
        if self.key_frame == KeyFrame::NotRequested || due.is_some_and(|due| now < due) {
            return false;
        }
        self.key_frame = KeyFrame::NotRequested;
        self.last_key_frame = Some(now);
        true
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let key_frame = match self.key_frame {
            KeyFrame::NotRequested => None,
            KeyFrame::Requested => self.key_frame_due(),
        };
        let timeouts = [
            self.rate_ramp.poll_timeout(),
            self.ladder.poll_timeout(),
            key_frame,
        ];
        timeouts.into_iter().flatten().min()
    }

    fn key_frame_due(&self) -> Option<Instant> {
        self.last_key_frame
            .map(|last| last + MIN_KEY_FRAME_INTERVAL)
    }
}
