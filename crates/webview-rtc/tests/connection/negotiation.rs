//! A negotiation of both peers, written once, with the parameters that each peer commits.

use webview_rtc::wire::{
    id::ReceiverId,
    negotiated::{
        Codec, Direction, Fingerprint, HeaderExtension, Media, NegotiatedParameters, Rtp, Ssrcs,
    },
};

use crate::test_env::{Peer, Side};

/// Directions are those of A.
#[derive(Debug, Clone, Default)]
pub(crate) struct Negotiation {
    pub(crate) sections: Vec<MediaSection>,
    /// Replaces the fingerprint of B that A gets.
    pub(crate) fingerprint_of_b: Option<Fingerprint>,
}

#[derive(Debug, Clone)]
pub(crate) struct MediaSection {
    pub(crate) mid: String,
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Audio,
    /// G.711 and telephone events alone.
    Telephone,
    /// Opus and telephone events.
    AudioWithTones,
    Video,
    /// Video without signaled SSRCs.
    VideoWithoutSsrcs,
    Application,
    Stopped,
}

impl Negotiation {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(mut self, mid: &str, kind: Kind, direction: Direction) -> Self {
        self.sections.push(MediaSection {
            mid: mid.to_owned(),
            kind,
            direction,
        });
        self
    }

    pub(crate) fn audio(self, mid: &str) -> Self {
        self.with(mid, Kind::Audio, Direction::SendRecv)
    }

    pub(crate) fn video(self, mid: &str) -> Self {
        self.with(mid, Kind::Video, Direction::SendRecv)
    }

    pub(crate) fn application(self, mid: &str) -> Self {
        self.with(mid, Kind::Application, Direction::SendRecv)
    }

    pub(crate) fn set(&mut self, mid: &str, direction: Direction) {
        self.line(mid).direction = direction;
    }

    pub(crate) fn stop(&mut self, mid: &str) {
        self.line(mid).kind = Kind::Stopped;
    }

    fn line(&mut self, mid: &str) -> &mut MediaSection {
        let line = self.sections.iter_mut().find(|line| line.mid == mid);
        line.unwrap()
    }

    pub(crate) fn of(&self, own: &Peer, other: &Peer, side: Side) -> NegotiatedParameters {
        let fingerprint = match (side, &self.fingerprint_of_b) {
            (Side::A, Some(fingerprint)) => fingerprint.clone(),
            (Side::A | Side::B, _) => other.fingerprint.clone(),
        };
        let media = self.sections.iter().enumerate();
        NegotiatedParameters {
            dtls_role: own.role,
            ice_controlling: own.controlling,
            local: own.credentials.clone(),
            remote: other.credentials.clone(),
            remote_is_lite: false,
            remote_fingerprints: vec![fingerprint],
            media: media
                .map(|(index, line)| line.media(u32::try_from(index).unwrap(), side))
                .collect(),
        }
    }
}

impl MediaSection {
    fn media(&self, index: u32, side: Side) -> Media {
        match self.kind {
            Kind::Audio => Media::Audio(self.rtp(index, side, vec![opus()], true)),
            Kind::Telephone => {
                let codecs = vec![
                    narrowband("PCMA", 8),
                    narrowband("PCMU", 0),
                    narrowband("telephone-event", 101),
                ];
                Media::Audio(self.rtp(index, side, codecs, true))
            }
            Kind::AudioWithTones => {
                let tones = Codec {
                    clock_rate: 48_000,
                    ..narrowband("telephone-event", 110)
                };
                Media::Audio(self.rtp(index, side, vec![opus(), tones], true))
            }
            Kind::Video => Media::Video(self.rtp(index, side, vec![vp8(), h264()], true)),
            Kind::VideoWithoutSsrcs => Media::Video(self.rtp(index, side, vec![vp8()], false)),
            Kind::Application => Media::Application {
                mid: self.mid.clone(),
                sctp_port: 5000,
                max_message_size: 262_144,
            },
            Kind::Stopped => Media::Stopped {
                mid: self.mid.clone(),
            },
        }
    }

    fn rtp(&self, index: u32, side: Side, codecs: Vec<Codec>, is_signaled: bool) -> Rtp {
        // A section that reuses an index has other SSRCs.
        let number = self.mid.bytes().fold(0, |sum: u32, byte| {
            sum.wrapping_mul(7).wrapping_add(u32::from(byte))
        });
        let has_rtx = codecs.iter().any(|codec| codec.rtx.is_some());
        let streams = |side: Side| {
            let base = match side {
                Side::A => 1_000_000,
                Side::B => 2_000_000,
            };
            Ssrcs {
                ssrc: base + number % 50_000 * 10,
                rtx: has_rtx.then_some(base + number % 50_000 * 10 + 1),
            }
        };
        let (send, receive) = match side {
            Side::A => (streams(Side::A), streams(Side::B)),
            Side::B => (streams(Side::B), streams(Side::A)),
        };
        let direction = match (side, self.direction) {
            (Side::B, Direction::SendOnly) => Direction::RecvOnly,
            (Side::B, Direction::RecvOnly) => Direction::SendOnly,
            (Side::A | Side::B, direction) => direction,
        };
        Rtp {
            mid: self.mid.clone(),
            direction,
            codecs,
            extensions: extensions(),
            send,
            receive: if is_signaled {
                vec![receive]
            } else {
                Vec::new()
            },
            cname: "cname".to_owned(),
            receiver: ReceiverId(index),
        }
    }
}

fn extensions() -> Vec<HeaderExtension> {
    let extension = |id: u8, uri: &str| HeaderExtension {
        id,
        uri: uri.to_owned(),
    };
    vec![
        extension(9, "urn:ietf:params:rtp-hdrext:sdes:mid"),
        extension(
            2,
            "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        ),
        extension(
            4,
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        ),
        extension(5, "http://example.com/unknown"),
        extension(7, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
    ]
}

pub(crate) fn opus() -> Codec {
    Codec {
        payload_type: 109,
        name: "opus".to_owned(),
        clock_rate: 48_000,
        channels: Some(2),
        parameters: "minptime=10;useinbandfec=1;usedtx=1;maxplaybackrate=48000".to_owned(),
        feedback: vec!["transport-cc".to_owned()],
        rtx: None,
    }
}

fn narrowband(name: &str, payload_type: u8) -> Codec {
    Codec {
        payload_type,
        name: name.to_owned(),
        clock_rate: 8_000,
        channels: None,
        parameters: String::new(),
        feedback: Vec::new(),
        rtx: None,
    }
}

pub(crate) fn vp8() -> Codec {
    Codec {
        payload_type: 120,
        name: "VP8".to_owned(),
        clock_rate: 90_000,
        channels: None,
        parameters: "max-fs=12288;max-fr=60".to_owned(),
        feedback: ["nack", "nack pli", "ccm fir", "transport-cc", "goog-remb"]
            .map(str::to_owned)
            .to_vec(),
        rtx: Some(124),
    }
}

fn h264() -> Codec {
    Codec {
        payload_type: 97,
        name: "H264".to_owned(),
        parameters: "profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1"
            .to_owned(),
        rtx: Some(98),
        ..vp8()
    }
}
