//! Decides which encoders run in the page, their bitrate and resolution, and which senders get
//! their frames.
//!
//! Senders of one source with similar parameters and bitrates share an encoding, as in simulcast. A
//! sender that switches to another encoding keeps the old one until the first key frame of the new
//! one.
//!
//! Invariant: a sender never gets a frame that depends on a frame it did not get. An encoding
//! without senders stops. Ids are never reused.

mod bitrate_split;
mod encoding;
mod encoding_groups;
mod rate_ramp;
mod sizes;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use self::{
    encoding::{Class, Encoding},
    encoding_groups::{Group, RatedSender},
    sizes::Sizes,
};
use super::quality;
use crate::wire::{
    event::{EncodingSettings, VideoCodec},
    id::{ConnectionId, EncodingId, SourceId},
    request::SendParameters,
};

/// Drops the old encoding of a sender after this long without a key frame of the new one.
const SWITCH_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SenderKey {
    pub connection: ConnectionId,
    pub mid: String,
}

/// A media section that sends video now. Inactive ones are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoSender {
    pub key: SenderKey,
    pub source: SourceId,
    pub codec: VideoCodec,
    pub parameters: SendParameters,
    /// Available bitrate of the connection, in bits per second; `None` before the first estimate.
    pub estimate: Option<u64>,
    /// Media sections of the connection that send audio. Audio has priority.
    pub audio_senders: u32,
}

/// A command for the encoders in the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Starts the encoding, or changes its settings.
    Encode {
        encoding: EncodingId,
        source: SourceId,
        settings: EncodingSettings,
    },
    RequestKeyFrame {
        encoding: EncodingId,
    },
    Stop {
        encoding: EncodingId,
    },
}

#[derive(Debug)]
struct Member {
    target: EncodingId,
    /// The encoding that it gets now; `None` until its first key frame.
    current: Option<EncodingId>,
    moved_at: Instant,
}

#[derive(Debug, Default)]
pub struct EncoderAllocation {
    senders: BTreeMap<SenderKey, VideoSender>,
    members: BTreeMap<SenderKey, Member>,
    encodings: BTreeMap<EncodingId, Encoding>,
    sizes: Sizes,
    next: u32,
    changes: VecDeque<Change>,
}

impl EncoderAllocation {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets all senders of video. Called after each change of one.
    pub fn set_senders(&mut self, now: Instant, senders: impl IntoIterator<Item = VideoSender>) {
        self.senders = senders
            .into_iter()
            .map(|sender| (sender.key.clone(), sender))
            .collect();
        self.reallocate(now);
    }

    /// Sets the announced size of a source, which counts until its first frame.
    pub fn expect_size(&mut self, source: SourceId, pixels: u32) {
        self.sizes.announce(source, pixels);
    }

    /// Removes the source and its size.
    pub fn forget_source(&mut self, source: SourceId) {
        self.sizes.forget(source);
    }

    /// No sender got the last key frame of this encoding, so the next request need not wait.
    pub fn handle_key_frame_undelivered(&mut self, encoding: EncodingId) {
        if let Some(encoding) = self.encodings.get_mut(&encoding) {
            encoding.reset_key_frame_interval();
        }
    }

    /// Handles an encoded frame from the page. Returns its senders in no particular order; none for
    /// a stopped encoding.
    pub fn handle_frame(
        &mut self,
        now: Instant,
        encoding: EncodingId,
        key: bool,
        width: u16,
        height: u16,
    ) -> impl Iterator<Item = &SenderKey> {
        if key {
            self.handle_key_frame(now, encoding, width, height);
        } else {
            self.handle_delta_frame(now, encoding);
        }
        self.members
            .iter()
            .filter(move |(_, member)| member.current == Some(encoding))
            .map(|(key, _)| key)
    }

    /// The receiver of this media section requests a key frame (PLI or FIR).
    pub fn handle_key_frame_request(&mut self, now: Instant, sender: &SenderKey) {
        let Some(member) = self.members.get(sender) else {
            return;
        };
        if let Some(encoding) = self.encodings.get_mut(&member.target) {
            encoding.request_key_frame();
        }
        self.request_key_frames(now);
    }

    /// Performs what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.reallocate(now);
    }

    /// When [`Self::handle_timeout`] is due next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let switch_deadlines = self
            .members
            .values()
            .filter(|member| {
                member
                    .current
                    .is_some_and(|current| current != member.target)
            })
            .map(|member| member.moved_at + SWITCH_TIMEOUT);
        self.encodings
            .values()
            .filter_map(Encoding::poll_timeout)
            .chain(switch_deadlines)
            .min()
    }

    /// The next command for the page, in order.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// Bitrate that the audio and video of the connection would use on an unlimited path, in bits
    /// per second.
    #[must_use]
    pub fn desired_bitrate(&self, connection: ConnectionId) -> u64 {
        let mut senders = self
            .senders
            .values()
            .filter(|sender| sender.key.connection == connection)
            .peekable();
        let audio_senders = senders.peek().map_or(0, |sender| sender.audio_senders);
        let video: u64 = senders
            .map(|sender| u64::from(self.max_bitrate(sender)))
            .sum();
        bitrate_split::required_bitrate(video, audio_senders)
    }

    /// Encoding and settings of this media section, for its statistics.
    #[must_use]
    pub fn encoding_of(&self, sender: &SenderKey) -> Option<(EncodingId, EncodingSettings)> {
        let target = self.members.get(sender)?.target;
        let encoding = self.encodings.get(&target)?;
        Some((target, encoding.settings()?))
    }

    fn handle_key_frame(&mut self, now: Instant, id: EncodingId, width: u16, height: u16) {
        let Some(encoding) = self.encodings.get_mut(&id) else {
            return;
        };
        encoding.handle_key_frame(now);
        for member in self.members.values_mut() {
            if member.target == id {
                member.current = Some(id);
            }
        }
        self.update_size(now, id, width, height);
        self.stop_unused(now);
    }

    fn handle_delta_frame(&mut self, now: Instant, id: EncodingId) {
        let is_missing = self
            .members
            .values()
            .any(|member| member.target == id && member.current != Some(id));
        if is_missing && let Some(encoding) = self.encodings.get_mut(&id) {
            encoding.handle_missing_key_frame(now);
            self.request_key_frames(now);
        }
    }

    /// Upper limit of the bitrate of this sender.
    fn max_bitrate(&self, sender: &VideoSender) -> u32 {
        let default = || quality::default_max_bitrate(self.sizes.of(sender.source));
        sender.parameters.max_bitrate.unwrap_or_else(default)
    }

    fn reallocate(&mut self, now: Instant) {
        self.members.retain(|key, _| self.senders.contains_key(key));
        let rates = bitrate_split::rates(&self.senders, |sender| self.max_bitrate(sender));
        let mut classes: BTreeMap<Class, Vec<RatedSender<&SenderKey, EncodingId>>> =
            BTreeMap::new();
        for (key, sender) in &self.senders {
            let class = Class::of(sender);
            let group = self
                .members
                .get(key)
                .map(|member| member.target)
                .filter(|target| {
                    self.encodings
                        .get(target)
                        .is_some_and(|encoding| encoding.class() == class)
                });
            let rate = rates.get(key).copied().unwrap_or(0);
            classes
                .entry(class)
                .or_default()
                .push(RatedSender { key, rate, group });
        }
        let groups: Vec<(Class, Group<SenderKey, EncodingId>)> = classes
            .into_iter()
            .flat_map(|(class, senders)| {
                encoding_groups::group(&senders)
                    .into_iter()
                    .map(move |group| {
                        let group = Group {
                            from: group.from,
                            rate: group.rate,
                            members: group.members.into_iter().cloned().collect(),
                        };
                        (class, group)
                    })
            })
            .collect();
        for (class, group) in groups {
            self.assign(now, class, group);
        }
        self.stop_unused(now);
        self.emit_settings(now);
        self.request_key_frames(now);
    }

    fn assign(&mut self, now: Instant, class: Class, group: Group<SenderKey, EncodingId>) {
        let id = group.from.unwrap_or_else(|| {
            let id = EncodingId(self.next);
            self.next += 1;
            self.encodings
                .insert(id, Encoding::new(class, group.rate, now));
            id
        });
        let Some(encoding) = self.encodings.get_mut(&id) else {
            return;
        };
        encoding.set_rate(group.rate);
        for key in group.members {
            match self.members.get_mut(&key) {
                Some(member) if member.target == id => {}
                Some(member) => {
                    member.target = id;
                    member.moved_at = now;
                    if member.current != Some(id) {
                        encoding.request_key_frame();
                    }
                }
                None => {
                    let member = Member {
                        target: id,
                        current: None,
                        moved_at: now,
                    };
                    self.members.insert(key, member);
                    encoding.request_key_frame();
                }
            }
        }
    }

    /// Stops encodings without senders. Drops the old encoding of a sender after
    /// [`SWITCH_TIMEOUT`].
    fn stop_unused(&mut self, now: Instant) {
        for member in self.members.values_mut() {
            let is_switching = member
                .current
                .is_some_and(|current| current != member.target);
            if is_switching && now.saturating_duration_since(member.moved_at) >= SWITCH_TIMEOUT {
                member.current = None;
            }
        }
        let members = &self.members;
        let changes = &mut self.changes;
        self.encodings.retain(|id, encoding| {
            let is_used = members
                .values()
                .any(|member| member.target == *id || member.current == Some(*id));
            if !is_used && encoding.settings().is_some() {
                changes.push_back(Change::Stop { encoding: *id });
            }
            is_used
        });
    }

    fn emit_settings(&mut self, now: Instant) {
        for (id, encoding) in &mut self.encodings {
            let pixels = self.sizes.of(encoding.source());
            if let Some(settings) = encoding.poll_settings(pixels, now) {
                self.changes.push_back(Change::Encode {
                    encoding: *id,
                    source: encoding.source(),
                    settings,
                });
            }
        }
    }

    fn request_key_frames(&mut self, now: Instant) {
        for (id, encoding) in &mut self.encodings {
            if encoding.poll_key_frame_request(now) {
                self.changes
                    .push_back(Change::RequestKeyFrame { encoding: *id });
            }
        }
    }

    /// Derives the source size from a key frame and the scale of its encoding. Exact only without
    /// scaling, because the division has a remainder.
    fn update_size(&mut self, now: Instant, id: EncodingId, width: u16, height: u16) {
        let Some(encoding) = self.encodings.get(&id) else {
            return;
        };
        let source = encoding.source();
        let Some(settings) = encoding.settings() else {
            return;
        };
        let scale = settings.scale_down_by;
        let exact = scale <= 1.0;
        let observed = self.sizes.observed(source);
        if observed.is_some() && !exact {
            return;
        }
        let pixels = u32::from(width) * u32::from(height);
        let pixels = (f64::from(pixels) * scale * scale) as u32;
        if pixels == 0 || observed == Some(pixels) {
            return;
        }
        self.sizes.observe(source, pixels);
        self.reallocate(now);
    }
}
