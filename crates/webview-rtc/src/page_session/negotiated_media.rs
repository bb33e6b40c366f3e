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
    /// By payload type, in order of preference; video only.
    video: Vec<(u8, VideoCodec)>,
    /// By payload type, in order of preference; audio only.
    audio: Vec<(u8, AudioCodec)>,
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
        let video = rtp.codecs.iter().filter_map(|codec| {
            let found = match codec.name.to_ascii_uppercase().as_str() {
                "VP8" => VideoCodec::Vp8,
                "H264" => VideoCodec::H264,
                _ => return None,
            };
            Some((codec.payload_type, found))
        });
        let audio = rtp.codecs.iter().filter_map(|codec| {
            let found = AudioCodec::from_name(&codec.name)?;
            Some((codec.payload_type, found))
        });
        Self {
            mid: rtp.mid.clone(),
            kind,
            direction: rtp.direction,
            video: video.filter(|_| kind == SourceKind::Video).collect(),
            audio: audio.filter(|_| kind == SourceKind::Audio).collect(),
            receiver: rtp.receiver,
        }
    }

    /// The codec to send video with.
    pub(super) fn video_codec(&self, payload_type: Option<u8>) -> Option<VideoCodec> {
        chosen(&self.video, payload_type)
    }

    /// The codec to send audio with.
    pub(super) fn audio_codec(&self, payload_type: Option<u8>) -> Option<AudioCodec> {
        chosen(&self.audio, payload_type)
    }

    pub(super) fn sends(&self) -> bool {
        matches!(self.direction, Direction::SendRecv | Direction::SendOnly)
    }

    pub(super) fn receives(&self) -> bool {
        matches!(self.direction, Direction::SendRecv | Direction::RecvOnly)
    }
}

/// The codec with this payload type, else the first one.
fn chosen<C: Copy>(codecs: &[(u8, C)], payload_type: Option<u8>) -> Option<C> {
    let found = codecs.iter().find(|(of, _)| Some(*of) == payload_type);
    found.or(codecs.first()).map(|(_, codec)| *codec)
}
