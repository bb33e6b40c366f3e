//! Which encodings of the captured pictures run, how good they are, and who gets them.
//!
//! Senders of one source whose wishes and paths are alike share one encoding, however many they
//! are. A sender that moves to another encoding stays with the old one until the new one's key
//! frame.
//!
//! Invariant: a sender never gets a frame that needs one it did not get; an encoding that nobody
//! gets is stopped; ids are never used again.

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
    encoding_groups::{Group, Rated},
    sizes::Sizes,
};
use super::quality;
use crate::wire::{
    event::{EncodingSettings, VideoCodec},
    id::{ConnectionId, EncodingId, SourceId},
    request::SendParameters,
};

/// A sender that waits for a key frame longer than this is taken from its old encoding.
const SWITCH_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SenderKey {
    pub connection: ConnectionId,
    pub mid: String,
}

/// One m-line that sends pictures now. Those that are not active are not named.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoSender {
    pub key: SenderKey,
    pub source: SourceId,
    pub codec: VideoCodec,
    pub parameters: SendParameters,
    /// What the whole connection's path carries, in bits a second; `None` before the first
    /// estimate.
    pub estimate: Option<u64>,
    /// M-lines of the connection that send sound; it goes first.
    pub sounds: u32,
}

/// What is to be told to the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Starts the encoding, or changes its settings.
    Encode {
        encoding: EncodingId,
        source: SourceId,
        settings: EncodingSettings,
    },
    KeyFrameWanted {
        encoding: EncodingId,
    },
    Stop {
        encoding: EncodingId,
    },
}

#[derive(Debug)]
struct Member {
    wanted: EncodingId,
    /// What it gets now; `None` until its first key frame.
    current: Option<EncodingId>,
    moved: Instant,
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

    /// These and no others send pictures now. Say it whenever anything of them changes.
    pub fn set_senders(&mut self, now: Instant, senders: impl IntoIterator<Item = VideoSender>) {
        self.senders = senders
            .into_iter()
            .map(|sender| (sender.key.clone(), sender))
            .collect();
        self.plan(now);
    }

    /// What is said of a source before its first frame.
    pub fn expect_size(&mut self, source: SourceId, pixels: u32) {
        self.sizes.expect(source, pixels);
    }

    /// The source is gone; its size with it.
    pub fn forget_source(&mut self, source: SourceId) {
        self.sizes.forget(source);
    }

    /// Nobody got this encoding's last key frame, so it is none that others come soon after.
    pub fn handle_key_frame_unseen(&mut self, encoding: EncodingId) {
        if let Some(encoding) = self.encodings.get_mut(&encoding) {
            encoding.forget_key_frame();
        }
    }

    /// An encoded frame has come from the page. Gives those who get it, in no order that matters;
    /// none where the encoding was stopped meanwhile.
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

    /// The other side of this m-line cannot go on without a key frame.
    pub fn handle_key_frame_wanted(&mut self, now: Instant, sender: &SenderKey) {
        let Some(member) = self.members.get(sender) else {
            return;
        };
        if let Some(encoding) = self.encodings.get_mut(&member.wanted) {
            encoding.want_key_frame();
        }
        self.ask_for_key_frames(now);
    }

    /// Does what has become due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.plan(now);
    }

    /// When [`Self::handle_timeout`] is next worth it.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let farewell = self
            .members
            .values()
            .filter(|member| {
                member
                    .current
                    .is_some_and(|current| current != member.wanted)
            })
            .map(|member| member.moved + SWITCH_TIMEOUT);
        self.encodings
            .values()
            .filter_map(Encoding::poll_timeout)
            .chain(farewell)
            .min()
    }

    /// What the page must be told, in this order.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// What the connection's senders of pictures and sound would use together if the path had no
    /// end, in bits a second.
    #[must_use]
    pub fn desired_bitrate(&self, connection: ConnectionId) -> u64 {
        let mut senders = self
            .senders
            .values()
            .filter(|sender| sender.key.connection == connection)
            .peekable();
        let sounds = senders.peek().map_or(0, |sender| sender.sounds);
        let pictures: u64 = senders.map(|sender| u64::from(self.most(sender))).sum();
        bitrate_split::needed(pictures, sounds)
    }

    /// The encoding this m-line gets, for its statistics.
    #[must_use]
    pub fn encoding_of(&self, sender: &SenderKey) -> Option<(EncodingId, EncodingSettings)> {
        let wanted = self.members.get(sender)?.wanted;
        let encoding = self.encodings.get(&wanted)?;
        Some((wanted, encoding.told()?))
    }

    fn handle_key_frame(&mut self, now: Instant, id: EncodingId, width: u16, height: u16) {
        let Some(encoding) = self.encodings.get_mut(&id) else {
            return;
        };
        encoding.handle_key_frame(now);
        for member in self.members.values_mut() {
            if member.wanted == id {
                member.current = Some(id);
            }
        }
        self.learn_size(now, id, width, height);
        self.stop_unused(now);
    }

    fn handle_delta_frame(&mut self, now: Instant, id: EncodingId) {
        let missed = self
            .members
            .values()
            .any(|member| member.wanted == id && member.current != Some(id));
        if missed && let Some(encoding) = self.encodings.get_mut(&id) {
            encoding.handle_missed_key_frame(now);
            self.ask_for_key_frames(now);
        }
    }

    /// The most this sender uses.
    fn most(&self, sender: &VideoSender) -> u32 {
        let default = || quality::default_max_bitrate(self.sizes.of(sender.source));
        sender.parameters.max_bitrate.unwrap_or_else(default)
    }

    fn plan(&mut self, now: Instant) {
        self.members.retain(|key, _| self.senders.contains_key(key));
        let rates = bitrate_split::rates(&self.senders, |sender| self.most(sender));
        let mut classes: BTreeMap<Class, Vec<Rated<&SenderKey, EncodingId>>> = BTreeMap::new();
        for (key, sender) in &self.senders {
            let class = Class::of(sender);
            let group = self
                .members
                .get(key)
                .map(|member| member.wanted)
                .filter(|wanted| {
                    self.encodings
                        .get(wanted)
                        .is_some_and(|encoding| encoding.class() == class)
                });
            let rate = rates.get(key).copied().unwrap_or(0);
            classes
                .entry(class)
                .or_default()
                .push(Rated { key, rate, group });
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
            self.place(now, class, group);
        }
        self.stop_unused(now);
        self.tell_settings(now);
        self.ask_for_key_frames(now);
    }

    fn place(&mut self, now: Instant, class: Class, group: Group<SenderKey, EncodingId>) {
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
                Some(member) if member.wanted == id => {}
                Some(member) => {
                    member.wanted = id;
                    member.moved = now;
                    if member.current != Some(id) {
                        encoding.want_key_frame();
                    }
                }
                None => {
                    let member = Member {
                        wanted: id,
                        current: None,
                        moved: now,
                    };
                    self.members.insert(key, member);
                    encoding.want_key_frame();
                }
            }
        }
    }

    /// Nobody waits for an old encoding's last frames for ever.
    fn stop_unused(&mut self, now: Instant) {
        for member in self.members.values_mut() {
            let waits = member
                .current
                .is_some_and(|current| current != member.wanted);
            if waits && now.saturating_duration_since(member.moved) >= SWITCH_TIMEOUT {
                member.current = None;
            }
        }
        let members = &self.members;
        let changes = &mut self.changes;
        self.encodings.retain(|id, encoding| {
            let used = members
                .values()
                .any(|member| member.wanted == *id || member.current == Some(*id));
            if !used && encoding.told().is_some() {
                changes.push_back(Change::Stop { encoding: *id });
            }
            used
        });
    }

    fn tell_settings(&mut self, now: Instant) {
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

    fn ask_for_key_frames(&mut self, now: Instant) {
        for (id, encoding) in &mut self.encodings {
            if encoding.poll_key_frame_wanted(now) {
                self.changes
                    .push_back(Change::KeyFrameWanted { encoding: *id });
            }
        }
    }

    /// A key frame is as large as its encoding scaled it. The division has a remainder, so only an
    /// unscaled one is exact.
    fn learn_size(&mut self, now: Instant, id: EncodingId, width: u16, height: u16) {
        let Some(encoding) = self.encodings.get(&id) else {
            return;
        };
        let source = encoding.source();
        let Some(settings) = encoding.told() else {
            return;
        };
        let scale = settings.scale_down_by;
        let exact = scale <= 1.0;
        let known = self.sizes.seen(source);
        if known.is_some() && !exact {
            return;
        }
        let pixels = u32::from(width) * u32::from(height);
        let pixels = (f64::from(pixels) * scale * scale) as u32;
        if pixels == 0 || known == Some(pixels) {
            return;
        }
        self.sizes.see(source, pixels);
        self.plan(now);
    }
}
