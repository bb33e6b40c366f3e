//! A page with a microphone, a camera and connections; describes the effects of its rules as text.

use std::time::{Duration, Instant};

use crate::{
    audio::{AudioCodec, FRAME_10MS},
    connection::{AudioLevel, AudioPacket, Command, ConnectionEvent, PacketSources, VideoFrame},
    page_session::{
        effect::{Effect, Output},
        rules::Rules,
    },
    playback::PlaybackCommand,
    wire::{
        event::{DtlsState, Event, RtpSource, VideoCodec},
        frame::{AUDIO_FRAME_SAMPLES, CapturedAudio, EncodedVideo, Frame, Samples},
        id::{ConnectionId, EncodingId, ReceiverId, SourceId},
        negotiated::{
            Codec, Direction, DtlsRole, IceCredentials, Media, NegotiatedParameters, Rtp, Ssrcs,
        },
        request::{SendParameters, SourceKind},
    },
};

pub(super) const ANNA: ConnectionId = ConnectionId(1);
pub(super) const BELA: ConnectionId = ConnectionId(2);
pub(super) const MICROPHONE: SourceId = SourceId(1);
pub(super) const CAMERA: SourceId = SourceId(2);
pub(super) const AUDIO: &str = "0";
pub(super) const VIDEO: &str = "1";
pub(super) const AUDIO_SSRC: u32 = 111;
pub(super) const VIDEO_SSRC: u32 = 222;

pub(super) struct Scenario {
    pub(super) start: Instant,
    pub(super) millis: u64,
    pub(super) rules: Rules,
    /// What the page was told of its sources, event by event.
    pub(super) sources: Vec<Vec<RtpSource>>,
}

impl Scenario {
    /// A microphone, a camera and these connections, negotiated and connected.
    pub(super) fn new(connections: &[ConnectionId]) -> Self {
        let mut scenario = Self {
            start: Instant::now(),
            millis: 0,
            rules: Rules::default(),
            sources: Vec::new(),
        };
        let now = scenario.now();
        for (source, kind) in [(MICROPHONE, SourceKind::Audio), (CAMERA, SourceKind::Video)] {
            scenario.rules.open_source(now, source, kind, None).unwrap();
        }
        for connection in connections {
            scenario.rules.open_connection(*connection);
            scenario.rules.commit(
                now,
                *connection,
                &negotiated(*connection, Direction::SendRecv),
            );
            scenario.dtls(*connection, DtlsState::Connected);
        }
        scenario.take();
        scenario
    }

    pub(super) fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.millis)
    }

    pub(super) fn advance(&mut self, millis: u64) {
        self.millis += millis;
        let now = self.now();
        self.rules.handle_timeout(now);
    }

    pub(super) fn dtls(&mut self, connection: ConnectionId, state: DtlsState) {
        self.handle_event(connection, ConnectionEvent::DtlsState(state));
    }

    pub(super) fn handle_event(&mut self, connection: ConnectionId, event: ConnectionEvent) {
        let now = self.now();
        self.rules.handle_event(now, connection, event);
    }

    pub(super) fn commit(&mut self, connection: ConnectionId, direction: Direction) -> u64 {
        let now = self.now();
        self.rules
            .commit(now, connection, &negotiated(connection, direction))
    }

    pub(super) fn send(&mut self, connection: ConnectionId, mid: &str, source: Option<SourceId>) {
        let now = self.now();
        self.rules
            .set_sender(now, connection, mid.to_owned(), source, parameters())
            .unwrap();
    }

    pub(super) fn encode(&mut self, encoding: EncodingId, key: bool) {
        let now = self.now();
        let video = EncodedVideo {
            key,
            encoding,
            timestamp: self.millis * 1000,
            width: 640,
            height: 480,
            bytes: b"frame",
        };
        self.rules.handle_frame(now, Frame::EncodedVideo(video));
    }

    /// Captures 20 ms of audio, which is one packet.
    pub(super) fn capture(&mut self) {
        self.capture_in_messages_of(2);
    }

    pub(super) fn capture_in_messages_of(&mut self, frames: u64) {
        for message in 0..2 / frames {
            let bytes: Vec<u8> = (0..AUDIO_FRAME_SAMPLES * frames as usize)
                .flat_map(|at| ((at as f32 * 0.06).sin() * 0.3).to_le_bytes())
                .collect();
            let now = self.now();
            let audio = CapturedAudio {
                source: MICROPHONE,
                timestamp: (self.millis + message * 10) * 1000,
                samples: Samples::read(1, &bytes).unwrap(),
            };
            self.rules.handle_frame(now, Frame::CapturedAudio(audio));
        }
        self.millis += 20;
    }

    pub(super) fn video_arrives(&mut self, connection: ConnectionId, key: bool, contiguous: bool) {
        let event = ConnectionEvent::Video {
            mid: VIDEO.to_owned(),
            frame: VideoFrame {
                codec: VideoCodec::Vp8,
                key,
                media_time: self.millis * 90,
                bytes: b"frame".to_vec(),
            },
            sources: sources(VIDEO_SSRC),
            contiguous,
        };
        self.handle_event(connection, event);
    }

    pub(super) fn audio_arrives(&mut self, connection: ConnectionId) {
        let event = ConnectionEvent::Audio {
            mid: AUDIO.to_owned(),
            packet: AudioPacket {
                codec: AudioCodec::Opus,
                sequence: self.millis / 20,
                media_time: self.millis * 48,
                starts_talkspurt: false,
                // Opus, SILK, 20 ms of silence.
                level: Some(AudioLevel {
                    decibels: 20,
                    has_voice: true,
                }),
                bytes: vec![0x08, 0xff, 0xfe],
            },
            sources: sources(AUDIO_SSRC),
            arrival: self.now(),
        };
        self.handle_event(connection, event);
    }

    /// Takes the descriptions of all pending effects, but for sources.
    pub(super) fn take(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        while let Some(effect) = self.rules.poll_effect() {
            if let Effect::Output(Output::Event(Event::Sources { sources })) = effect {
                self.sources.push(sources);
            } else {
                words.push(describe(&effect));
            }
        }
        words
    }

    pub(super) fn check(&mut self, expect: &[&str]) {
        assert_eq!(self.take(), expect);
    }

    /// Like `check`, for the descriptions with this prefix.
    pub(super) fn check_only(&mut self, beginning: &str, expect: &[&str]) {
        let words = self.take();
        let only: Vec<_> = words
            .iter()
            .filter(|word| word.starts_with(beginning))
            .collect();
        assert_eq!(only, expect, "of {words:?}");
    }
}

fn describe(effect: &Effect) -> String {
    match effect {
        Effect::Output(Output::Event(event)) => match event {
            Event::Encode { encoding, .. } => format!("encode {}", encoding.0),
            Event::KeyFrameWanted { encoding } => format!("key frame of {}", encoding.0),
            Event::StopEncoding { encoding } => format!("stop {}", encoding.0),
            Event::SourceWanted { source, wanted } => format!("source {} {wanted}", source.0),
            Event::Receiving { receiver, flowing } => format!("receiver {} {flowing}", receiver.0),
            Event::Playing { receiver, playing } => format!("playing {} {playing}", receiver.0),
            Event::AudioOutputsChanged => "outputs changed".to_owned(),
            Event::IceState { connection, state } => format!("{} ice {state:?}", connection.0),
            Event::DtlsState { connection, state } => format!("{} dtls {state:?}", connection.0),
            event @ (Event::Reply { .. }
            | Event::Candidate { .. }
            | Event::CandidateError { .. }
            | Event::GatheringComplete { .. }
            | Event::Sources { .. }
            | Event::CaptureEnded { .. }
            | Event::RemoteCertificate { .. }
            | Event::IncomingChannel { .. }
            | Event::ChannelOpen { .. }
            | Event::ChannelClosed { .. }
            | Event::ChannelSent { .. }) => format!("{event:?}"),
        },
        Effect::Output(Output::ChannelMessage(bytes)) => format!("message {}", bytes.len()),
        Effect::Output(Output::Audio {
            receiver,
            frames,
            bytes,
        }) => {
            let Ok(Frame::ReceivedAudio(audio)) = Frame::decode(bytes) else {
                panic!("no received audio");
            };
            assert_eq!(audio.samples.frames().count(), usize::from(*frames));
            format!("audio {}, {frames} frames", receiver.0)
        }
        Effect::Output(Output::CapturedRows(bytes)) => format!("rows {}", bytes.len()),
        Effect::Output(Output::Video { receiver, key, .. }) => {
            format!("video {} {key}", receiver.0)
        }
        Effect::Playback(command) => match command {
            PlaybackCommand::Play {
                receiver, volume, ..
            } => format!("play {} at {volume}", receiver.0),
            PlaybackCommand::Stop { receiver } => format!("play {} no more", receiver.0),
            PlaybackCommand::Audio { receiver, samples } => {
                format!(
                    "play {}, {} frames",
                    receiver.0,
                    samples.len() / (2 * FRAME_10MS)
                )
            }
            PlaybackCommand::ListOutputs(_) => "list outputs".to_owned(),
        },
        Effect::Command(connection, command) => {
            let words = match command {
                Command::SendVideo { frame, .. } => format!("video {}", frame.key),
                Command::SendAudio { .. } => "audio".to_owned(),
                Command::RequestKeyFrame { mid } => format!("key frame {mid}"),
                Command::SetDesiredBitrate(_) => "desired".to_owned(),
                Command::SendChannel { channel, bytes, .. } => {
                    format!("message {} {}", channel.0, bytes.len())
                }
                Command::UseCertificate(_)
                | Command::SendTone { .. }
                | Command::Configure(_)
                | Command::Gather(_)
                | Command::Commit(..)
                | Command::AddRemoteCandidate { .. }
                | Command::OpenChannel(..)
                | Command::CloseChannel(_)
                | Command::ReadStatistics(_) => format!("{command:?}"),
            };
            format!("to {}: {words}", connection.0)
        }
    }
}

fn sources(ssrc: u32) -> PacketSources {
    PacketSources {
        ssrc,
        contributing: vec![ssrc + 1],
    }
}

fn parameters() -> SendParameters {
    SendParameters::default()
}

pub(super) fn receiver(connection: ConnectionId, line: u32) -> ReceiverId {
    ReceiverId(connection.0 * 10 + line)
}

pub(super) fn negotiated(connection: ConnectionId, direction: Direction) -> NegotiatedParameters {
    let credentials = IceCredentials {
        username_fragment: "abcd".to_owned(),
        password: "0123456789012345678901".to_owned(),
    };
    let line = |mid: &str, line: u32, codec: &str| Rtp {
        mid: mid.to_owned(),
        direction,
        codecs: vec![Codec {
            payload_type: 96,
            name: codec.to_owned(),
            clock_rate: 90_000,
            channels: None,
            parameters: String::new(),
            feedback: Vec::new(),
            rtx: None,
        }],
        extensions: Vec::new(),
        send: Ssrcs { ssrc: 1, rtx: None },
        receive: Vec::new(),
        cname: String::new(),
        receiver: receiver(connection, line),
    };
    NegotiatedParameters {
        dtls_role: DtlsRole::Client,
        ice_controlling: true,
        local: credentials.clone(),
        remote: credentials,
        remote_is_lite: false,
        remote_fingerprints: Vec::new(),
        media: vec![
            Media::Audio(line(AUDIO, 0, "opus")),
            Media::Video(line(VIDEO, 1, "VP8")),
        ],
    }
}
