//! The m-lines as agreed: by the page's mid and by the stack's.
//!
//! Invariant: every m-line that was ever agreed keeps one stack mid for its life, and no two have
//! the same.

use str0m::media::Mid;

use crate::wire::{
    event::VideoCodec,
    session::{Direction, Media, Rtp, Session as Agreement},
};

/// The `sdes:mid` header extension in its one-byte form carries so many.
const MID_BYTES: usize = 16;

#[derive(Debug, Default)]
pub(super) struct MediaSections(Vec<MediaSection>);

#[derive(Debug)]
pub(super) struct MediaSection {
    pub(super) mid: Mid,
    pub(super) media: Media,
    /// What kind it is, or was before it stopped.
    pub(super) kind: Option<MediaSectionKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaSectionKind {
    Audio,
    Video,
    Application,
}

impl MediaSections {
    /// The lines of the next agreement.
    pub(super) fn next(&self, agreement: &Agreement) -> Self {
        let mut next = Self(Vec::with_capacity(agreement.media.len()));
        for (index, media) in agreement.media.iter().enumerate() {
            let before = self.0.get(index).filter(|line| line.name() == name(media));
            let mid = match before {
                Some(line) => line.mid,
                None => next.free_mid(name(media), index),
            };
            next.0.push(MediaSection {
                mid,
                kind: kind(media).or(before.and_then(|line| line.kind)),
                media: media.clone(),
            });
        }
        next
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &MediaSection> {
        self.0.iter()
    }

    pub(super) fn by_name(&self, mid: &str) -> Option<&MediaSection> {
        self.0.iter().find(|line| line.name() == mid)
    }

    pub(super) fn by_mid(&self, mid: Mid) -> Option<&MediaSection> {
        self.0.iter().find(|line| line.mid == mid)
    }

    /// The stack's mids are up to 16 letters and digits. Another one gets a name that goes nowhere
    /// outside of the stack.
    fn free_mid(&self, name: &str, index: usize) -> Mid {
        if is_plain(name) {
            return Mid::from(name);
        }
        let taken = |mid: Mid| self.0.iter().any(|line| line.mid == mid);
        let mut candidate = Mid::from(format!("line{index}").as_str());
        for suffix in 0..=self.0.len() {
            if !taken(candidate) {
                break;
            }
            candidate = Mid::from(format!("line{index}x{suffix}").as_str());
        }
        candidate
    }
}

impl MediaSection {
    pub(super) fn name(&self) -> &str {
        name(&self.media)
    }

    /// Whether the stack's mid is the one that the other side knows, too.
    pub(super) fn mid_is_shared(&self) -> bool {
        is_plain(self.name())
    }

    pub(super) fn rtp(&self) -> Option<&Rtp> {
        match &self.media {
            Media::Audio(rtp) | Media::Video(rtp) => Some(rtp),
            Media::Application { .. } | Media::Stopped { .. } => None,
        }
    }

    pub(super) fn is_audio(&self) -> bool {
        self.kind == Some(MediaSectionKind::Audio)
    }

    pub(super) fn sends(&self) -> bool {
        self.rtp().is_some_and(|rtp| match rtp.direction {
            Direction::SendRecv | Direction::SendOnly => true,
            Direction::RecvOnly | Direction::Inactive => false,
        })
    }

    pub(super) fn receives(&self) -> bool {
        self.rtp().is_some_and(|rtp| match rtp.direction {
            Direction::SendRecv | Direction::RecvOnly => true,
            Direction::SendOnly | Direction::Inactive => false,
        })
    }

    /// The payload type that this codec has here.
    pub(super) fn video_payload_type(&self, codec: VideoCodec) -> Option<u8> {
        let name = match codec {
            VideoCodec::Vp8 => "VP8",
            VideoCodec::H264 => "H264",
        };
        self.payload_type(name)
    }

    pub(super) fn payload_type(&self, name: &str) -> Option<u8> {
        let codecs = &self.rtp()?.codecs;
        let codec = codecs
            .iter()
            .find(|codec| codec.name.eq_ignore_ascii_case(name))?;
        Some(codec.payload_type)
    }
}

fn name(media: &Media) -> &str {
    match media {
        Media::Audio(rtp) | Media::Video(rtp) => &rtp.mid,
        Media::Application { mid, .. } | Media::Stopped { mid } => mid,
    }
}

fn kind(media: &Media) -> Option<MediaSectionKind> {
    match media {
        Media::Audio(_) => Some(MediaSectionKind::Audio),
        Media::Video(_) => Some(MediaSectionKind::Video),
        Media::Application { .. } => Some(MediaSectionKind::Application),
        Media::Stopped { .. } => None,
    }
}

fn is_plain(name: &str) -> bool {
    name.len() <= MID_BYTES
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
