//! What one connection has agreed to send and receive, as far as the bridge has a part in it.
//!
//! Invariant: made from a whole [`Session`], never changed.

use crate::wire::{
    event::VideoCodec,
    id::ReceiverId,
    request::SourceKind,
    session::{Direction, Media, Rtp, Session},
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NegotiatedMedia {
    lines: Vec<MediaSection>,
}

/// One m-line of sound or pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediaSection {
    pub(super) mid: String,
    pub(super) kind: SourceKind,
    pub(super) direction: Direction,
    /// What to send with; of pictures only.
    pub(super) video: Option<VideoCodec>,
    pub(super) receiver: ReceiverId,
}

impl NegotiatedMedia {
    pub(super) fn of(session: &Session) -> Self {
        let lines = session
            .media
            .iter()
            .filter_map(|media| match media {
                Media::Audio(rtp) => Some(MediaSection::of(SourceKind::Audio, rtp)),
                Media::Video(rtp) => Some(MediaSection::of(SourceKind::Video, rtp)),
                Media::Application { .. } | Media::Stopped { .. } => None,
            })
            .collect();
        Self { lines }
    }

    pub(super) fn line(&self, mid: &str) -> Option<&MediaSection> {
        self.lines.iter().find(|line| line.mid == mid)
    }

    pub(super) fn of_receiver(&self, receiver: ReceiverId) -> Option<&MediaSection> {
        self.lines.iter().find(|line| line.receiver == receiver)
    }

    /// Where the pictures go.
    pub(super) fn pictures(&self) -> impl Iterator<Item = ReceiverId> {
        self.receiving()
            .filter(|line| line.kind == SourceKind::Video)
            .map(|line| line.receiver)
    }

    /// The sound that all pictures of the connection go with: the first.
    pub(super) fn leading_sound(&self) -> Option<&MediaSection> {
        self.receiving().find(|line| line.kind == SourceKind::Audio)
    }

    /// The lines that something may come in on.
    pub(super) fn receiving(&self) -> impl Iterator<Item = &MediaSection> {
        self.lines.iter().filter(|line| line.receives())
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
        Self {
            mid: rtp.mid.clone(),
            kind,
            direction: rtp.direction,
            video: video.filter(|_| kind == SourceKind::Video),
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
