//! The negotiated audio and video of one connection.
//!
//! Invariant: created from complete [`NegotiatedParameters`] and never changed.

use crate::{
    audio::AudioCodec,
    wire::{
        event::VideoCodec,
        id::ReceiverId,
        negotiated::{Direction, Media, NegotiatedParameters, Rtp},
        request::SourceKind,
    },
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NegotiatedMedia {
    sections: Vec<MediaSection>,
}

/// One m-line with audio or video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediaSection {
    pub(super) mid: String,
    pub(super) kind: SourceKind,
    pub(super) direction: Direction,
    /// The codec to send with; video only.
    pub(super) video: Option<VideoCodec>,
    /// The codec to send with; audio only.
    pub(super) audio: Option<AudioCodec>,
    pub(super) receiver: ReceiverId,
}

impl NegotiatedMedia {
    pub(super) fn of(negotiated: &NegotiatedParameters) -> Self {
        let sections = negotiated
            .media
            .iter()
            .filter_map(|media| match media {
                Media::Audio(rtp) => Some(MediaSection::of(SourceKind::Audio, rtp)),
                Media::Video(rtp) => Some(MediaSection::of(SourceKind::Video, rtp)),
                Media::Application { .. } | Media::Stopped { .. } => None,
            })
            .collect();
        Self { sections }
    }

    pub(super) fn section(&self, mid: &str) -> Option<&MediaSection> {
        self.sections.iter().find(|section| section.mid == mid)
    }

    pub(super) fn section_of_receiver(&self, receiver: ReceiverId) -> Option<&MediaSection> {
        self.sections
            .iter()
            .find(|section| section.receiver == receiver)
    }

    /// The receivers of video.
    pub(super) fn video_receivers(&self) -> impl Iterator<Item = ReceiverId> {
        self.receiving()
            .filter(|section| section.kind == SourceKind::Video)
            .map(|section| section.receiver)
    }

    /// The first audio, with which all video of the connection is synchronized.
    pub(super) fn first_audio(&self) -> Option<&MediaSection> {
        self.receiving()
            .find(|section| section.kind == SourceKind::Audio)
    }

    /// The m-lines that receive.
    pub(super) fn receiving(&self) -> impl Iterator<Item = &MediaSection> {
        self.sections.iter().filter(|section| section.receives())
    }
}

impl MediaSection {
    fn of(kind: SourceKind, rtp: &Rtp) -> Self {
        let video =
            rtp.codecs
                .iter()
                .find_map(|codec| match codec.name.to_ascii_uppercase().as_str() {
                    "VP8" => Some(VideoCodec::Vp8),
                    "H264" => Some(VideoCodec::H264),
                    _ => None,
                });
        let audio = rtp
            .codecs
            .iter()
            .find_map(|codec| AudioCodec::from_name(&codec.name));
        Self {
            mid: rtp.mid.clone(),
            kind,
            direction: rtp.direction,
            video: video.filter(|_| kind == SourceKind::Video),
            audio: audio.filter(|_| kind == SourceKind::Audio),
            receiver: rtp.receiver,
        }
    }

    pub(super) fn sends(&self) -> bool {
        matches!(self.direction, Direction::SendRecv | Direction::SendOnly)
    }

    pub(super) fn receives(&self) -> bool {
        matches!(self.direction, Direction::SendRecv | Direction::RecvOnly)
    }
}
