//! Captured video: distributes encoded frames to the senders of their encoding.
//!
//! Invariant: all senders of an encoding get the same bytes. The first frame of a connection is a
//! key frame.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use super::{
    effect::{Effect, Output},
    senders::{ActiveSender, PathState},
};
use crate::{
    connection::VideoFrame,
    video::{Change, EncoderAllocation, SenderKey, VideoSender},
    wire::{
        event::{Event, VideoCodec},
        frame::EncodedVideo,
        id::{ConnectionId, EncodingId, SourceId},
        request::SourceKind,
    },
};

#[derive(Debug, Default)]
pub(super) struct VideoSend {
    allocation: EncoderAllocation,
    /// Codecs of the running encodings.
    codecs: BTreeMap<EncodingId, VideoCodec>,
    /// Senders that connected after the last key frame of their encoding.
    awaiting_key_frame: BTreeSet<SenderKey>,
}

impl VideoSend {
    /// Replaces the set of active senders.
    pub(super) fn set_senders(&mut self, now: Instant, active: &[ActiveSender<'_>]) -> Vec<Effect> {
        let senders: Vec<_> = active
            .iter()
            .filter(|sender| sender.kind == SourceKind::Video)
            .filter_map(|sender| {
                Some(VideoSender {
                    key: key(sender.connection, sender.mid),
                    source: sender.source,
                    codec: sender.codec?,
                    parameters: sender.parameters,
                    estimate: sender.path.estimate,
                    audio_senders: count_audio_senders(sender.connection, active),
                })
            })
            .collect();
        self.awaiting_key_frame
            .retain(|key| senders.iter().any(|sender| sender.key == *key));
        self.allocation.set_senders(now, senders);
        self.poll_changes()
    }

    /// The senders of this connection start now. Frames encoded before reached none of them.
    pub(super) fn handle_connected(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        active: &[ActiveSender<'_>],
    ) -> Vec<Effect> {
        let (own, others): (Vec<&ActiveSender<'_>>, Vec<&ActiveSender<'_>>) = active
            .iter()
            .filter(|sender| sender.codec.is_some())
            .partition(|sender| sender.connection == connection);
        let shared: BTreeSet<EncodingId> = others
            .iter()
            .filter(|sender| sender.path.state == PathState::Connected)
            .filter_map(|sender| self.encoding_of(sender.connection, sender.mid))
            .map(|(encoding, _)| encoding)
            .collect();
        for sender in own {
            let key = key(connection, sender.mid);
            if let Some((encoding, _)) = self.encoding_of(connection, sender.mid)
                && !shared.contains(&encoding)
            {
                self.allocation.handle_key_frame_undelivered(encoding);
            }
            self.allocation.handle_key_frame_request(now, &key);
            self.awaiting_key_frame.insert(key);
        }
        self.poll_changes()
    }

    /// Returns the frame and its senders.
    pub(super) fn handle_frame(
        &mut self,
        now: Instant,
        video: EncodedVideo<'_>,
    ) -> Option<(Arc<VideoFrame>, Vec<SenderKey>)> {
        let codec = *self.codecs.get(&video.encoding)?;
        let mut senders: Vec<_> = self
            .allocation
            .handle_frame(now, video.encoding, video.key, video.width, video.height)
            .cloned()
            .collect();
        for key in &senders {
            if video.key {
                self.awaiting_key_frame.remove(key);
            }
        }
        senders.retain(|key| !self.awaiting_key_frame.contains(key));
        if senders.is_empty() {
            return None;
        }
        let frame = VideoFrame {
            codec,
            key: video.key,
            media_time: media_time(video.timestamp),
            bytes: video.bytes.to_vec(),
        };
        Some((Arc::new(frame), senders))
    }

    pub(super) fn handle_key_frame_request(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        mid: &str,
    ) -> Vec<Effect> {
        self.allocation
            .handle_key_frame_request(now, &key(connection, mid));
        self.poll_changes()
    }

    pub(super) fn expect_size(&mut self, source: SourceId, pixels: u32) {
        self.allocation.expect_size(source, pixels);
    }

    pub(super) fn remove_source(&mut self, source: SourceId) {
        self.allocation.forget_source(source);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.allocation.poll_timeout()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Vec<Effect> {
        self.allocation.handle_timeout(now);
        self.poll_changes()
    }

    /// The encoding of an m-line, with its bitrate.
    pub(super) fn encoding_of(
        &self,
        connection: ConnectionId,
        mid: &str,
    ) -> Option<(EncodingId, u32)> {
        let (encoding, settings) = self.allocation.encoding_of(&key(connection, mid))?;
        Some((encoding, settings.bitrate))
    }

    /// In bits per second, with audio where there is video.
    pub(super) fn desired_bitrate(&self, connection: ConnectionId) -> u64 {
        self.allocation.desired_bitrate(connection)
    }

    /// The changes for the page since the last call.
    pub(super) fn poll_changes(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(change) = self.allocation.poll_change() {
            let event = match change {
                Change::Encode {
                    encoding,
                    source,
                    settings,
                } => {
                    self.codecs.insert(encoding, settings.codec);
                    Event::Encode {
                        encoding,
                        source,
                        settings,
                    }
                }
                Change::RequestKeyFrame { encoding } => Event::KeyFrameWanted { encoding },
                Change::Stop { encoding } => {
                    self.codecs.remove(&encoding);
                    Event::StopEncoding { encoding }
                }
            };
            effects.push(Effect::Output(Output::Event(event)));
        }
        effects
    }
}

fn key(connection: ConnectionId, mid: &str) -> SenderKey {
    SenderKey {
        connection,
        mid: mid.to_owned(),
    }
}

fn count_audio_senders(connection: ConnectionId, active: &[ActiveSender<'_>]) -> u32 {
    let audio = active
        .iter()
        .filter(|sender| sender.connection == connection && sender.kind == SourceKind::Audio);
    u32::try_from(audio.count()).unwrap_or(u32::MAX)
}

/// From microseconds to 1/90000 s, without overflow.
fn media_time(micros: u64) -> u64 {
    (micros / 100).saturating_mul(9) + micros % 100 * 9 / 100
}
