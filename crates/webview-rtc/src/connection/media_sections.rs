//! Negotiated media sections (m-lines), found by the page's mid or by str0m's.
//!
//! Invariant: every media section keeps one str0m mid for its life, and no two share one.

use str0m::media::Mid;

use crate::{
    audio_codec::AudioCodec,
    wire::{
        event::VideoCodec,
        negotiated::{Direction, Media, NegotiatedParameters, Rtp},
    },
};

/// Limit of the `sdes:mid` header extension in its one-byte form
/// ([RFC 8285, 4.2](https://www.rfc-editor.org/rfc/rfc8285#section-4.2)).
const MAX_MID_BYTES: usize = 16;
/// [RFC 4733, 2.4.1](https://www.rfc-editor.org/rfc/rfc4733#section-2.4.1).
const TELEPHONE_EVENT: &str = "telephone-event";

#[derive(Debug, Default)]
pub(super) struct MediaSections(Vec<MediaSection>);

#[derive(Debug)]
pub(super) struct MediaSection {
    pub(super) mid: Mid,
    pub(super) media: Media,
    /// The kind now, or before the section was stopped.
    pub(super) kind: Option<MediaSectionKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaSectionKind {
    Audio,
    Video,
    Application,
}

impl MediaSections {
    /// The media sections of the next session.
    pub(super) fn next(&self, negotiated: &NegotiatedParameters) -> Self {
        let mut next = Self(Vec::with_capacity(negotiated.media.len()));
        for (index, media) in negotiated.media.iter().enumerate() {
            let before = self
                .0
                .get(index)
                .filter(|section| section.name() == name(media));
            let mid = match before {
                Some(section) => section.mid,
                None => next.choose_mid(name(media), index),
            };
            next.0.push(MediaSection {
                mid,
                kind: kind(media).or(before.and_then(|section| section.kind)),
                media: media.clone(),
            });
        }
        next
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &MediaSection> {
        self.0.iter()
    }

    pub(super) fn by_name(&self, mid: &str) -> Option<&MediaSection> {
        self.0.iter().find(|section| section.name() == mid)
    }

    /// The section with this mid, if it sends.
    pub(super) fn sending(&self, mid: &str) -> Option<&MediaSection> {
        self.by_name(mid).filter(|section| section.sends())
    }

    pub(super) fn by_mid(&self, mid: Mid) -> Option<&MediaSection> {
        self.0.iter().find(|section| section.mid == mid)
    }

    /// A str0m mid has at most 16 letters and digits. Any other mid gets a replacement, which is
    /// never sent.
    fn choose_mid(&self, name: &str, index: usize) -> Mid {
        if is_str0m_mid(name) {
            return Mid::from(name);
        }
        let taken = |mid: Mid| self.0.iter().any(|section| section.mid == mid);
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

    /// Whether str0m uses the mid that the peer knows.
    pub(super) fn mid_is_shared(&self) -> bool {
        is_str0m_mid(self.name())
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

    /// Payload type of this codec in this section.
    pub(super) fn video_payload_type(&self, codec: VideoCodec) -> Option<u8> {
        let name = match codec {
            VideoCodec::Vp8 => "VP8",
            VideoCodec::H264 => "H264",
        };
        self.payload_type(name)
    }

    /// Payload type of this codec in this section.
    pub(super) fn audio_payload_type(&self, codec: AudioCodec) -> Option<u8> {
        self.payload_type(codec.name())
    }

    /// The preferred audio codec: both sides send with it unless they choose another.
    pub(super) fn first_audio_codec(&self) -> Option<AudioCodec> {
        let codecs = &self.rtp()?.codecs;
        codecs
            .iter()
            .find_map(|codec| AudioCodec::from_name(&codec.name))
    }

    /// Whether telephone events are negotiated for the RTP clock of this codec.
    pub(super) fn has_tones(&self, codec: AudioCodec) -> bool {
        let mut codecs = self.rtp().into_iter().flat_map(|rtp| &rtp.codecs);
        codecs.any(|other| {
            other.name.eq_ignore_ascii_case(TELEPHONE_EVENT)
                && other.clock_rate == codec.clock_rate()
        })
    }

    fn payload_type(&self, name: &str) -> Option<u8> {
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

fn is_str0m_mid(name: &str) -> bool {
    name.len() <= MAX_MID_BYTES
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
