//! Captured pictures: from the page's encoders to everybody who sends them.
//!
//! Invariant: all who get an encoding's frame get the same bytes; a connection's first frame is a
//! key frame.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use super::{
    effect::{Effect, Output},
    senders::{Active, Phase},
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
    plan: EncoderAllocation,
    /// Of the encodings that run.
    codecs: BTreeMap<EncodingId, VideoCodec>,
    /// Can send now, but the encoding's last key frame was before that.
    beginning: BTreeSet<SenderKey>,
}

impl VideoSend {
    /// These and no others send now.
    pub(super) fn plan(&mut self, now: Instant, active: &[Active<'_>]) -> Vec<Effect> {
        let senders: Vec<_> = active
            .iter()
            .filter(|sender| sender.kind == SourceKind::Video)
            .filter_map(|sender| {
                Some(VideoSender {
                    key: key(sender.connection, sender.mid),
                    source: sender.source,
                    codec: sender.codec?,
                    parameters: sender.parameters,
                    estimate: sender.link.estimate,
                    audio_senders: sounds(sender.connection, active),
                })
            })
            .collect();
        self.beginning
            .retain(|key| senders.iter().any(|sender| sender.key == *key));
        self.plan.set_senders(now, senders);
        self.changes()
    }

    /// What is coded of the pictures so far was for nobody: this connection begins now.
    pub(super) fn handle_connected(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        active: &[Active<'_>],
    ) -> Vec<Effect> {
        let (here, elsewhere): (Vec<&Active<'_>>, Vec<&Active<'_>>) = active
            .iter()
            .filter(|sender| sender.codec.is_some())
            .partition(|sender| sender.connection == connection);
        let seen: BTreeSet<EncodingId> = elsewhere
            .iter()
            .filter(|sender| sender.link.phase == Phase::Connected)
            .filter_map(|sender| self.encoding_of(sender.connection, sender.mid))
            .map(|(encoding, _)| encoding)
            .collect();
        for sender in here {
            let key = key(connection, sender.mid);
            if let Some((encoding, _)) = self.encoding_of(connection, sender.mid)
                && !seen.contains(&encoding)
            {
                self.plan.handle_key_frame_undelivered(encoding);
            }
            self.plan.handle_key_frame_request(now, &key);
            self.beginning.insert(key);
        }
        self.changes()
    }

    /// The frame, and who gets it.
    pub(super) fn handle_frame(
        &mut self,
        now: Instant,
        video: EncodedVideo<'_>,
    ) -> Option<(Arc<VideoFrame>, Vec<SenderKey>)> {
        let codec = *self.codecs.get(&video.encoding)?;
        let mut members: Vec<_> = self
            .plan
            .handle_frame(now, video.encoding, video.key, video.width, video.height)
            .cloned()
            .collect();
        for key in &members {
            if video.key {
                self.beginning.remove(key);
            }
        }
        members.retain(|key| !self.beginning.contains(key));
        if members.is_empty() {
            return None;
        }
        let frame = VideoFrame {
            codec,
            key: video.key,
            media_time: media_time(video.timestamp),
            bytes: video.bytes.to_vec(),
        };
        Some((Arc::new(frame), members))
    }

    pub(super) fn handle_key_frame_wanted(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        mid: &str,
    ) -> Vec<Effect> {
        self.plan
            .handle_key_frame_request(now, &key(connection, mid));
        self.changes()
    }

    pub(super) fn expect_size(&mut self, source: SourceId, pixels: u32) {
        self.plan.expect_size(source, pixels);
    }

    pub(super) fn forget_source(&mut self, source: SourceId) {
        self.plan.forget_source(source);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.plan.poll_timeout()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Vec<Effect> {
        self.plan.handle_timeout(now);
        self.changes()
    }

    /// The encoding backlog an m-line, with its bitrate.
    pub(super) fn encoding_of(
        &self,
        connection: ConnectionId,
        mid: &str,
    ) -> Option<(EncodingId, u32)> {
        let (encoding, settings) = self.plan.encoding_of(&key(connection, mid))?;
        Some((encoding, settings.bitrate))
    }

    /// In bits a second, sound included where there are pictures.
    pub(super) fn desired_bitrate(&self, connection: ConnectionId) -> u64 {
        self.plan.desired_bitrate(connection)
    }

    /// What the page must be told since the last time.
    pub(super) fn changes(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(change) = self.plan.poll_change() {
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

fn sounds(connection: ConnectionId, active: &[Active<'_>]) -> u32 {
    let of = active
        .iter()
        .filter(|sender| sender.connection == connection && sender.kind == SourceKind::Audio);
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

/// From microseconds to 1/90000 s, without overflow.
fn media_time(micros: u64) -> u64 {
    (micros / 100).saturating_mul(9) + micros % 100 * 9 / 100
}
