//! Messages from the transport to the page: replies to requests, and events.
//!
//! Invariant: a reply has the id of its request; an event needs no reply.

use serde::{Deserialize, Serialize};

use super::{
    id::{CaptureId, ChannelId, ConnectionId, EncodingId, ReceiverId, RequestId, SourceId},
    negotiated::Fingerprint,
    request::ChannelOptions,
    statistics::Statistics,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    Reply {
        id: RequestId,
        outcome: Reply,
    },
    /// A local candidate for these ICE credentials; the page adds the m-line. `candidate` is as in
    /// `RTCIceCandidateInit.candidate`, `url` the server that provided it.
    Candidate {
        connection: ConnectionId,
        candidate: String,
        username_fragment: String,
        url: Option<String>,
    },
    /// A STUN or TURN server failed: `icecandidateerror`.
    CandidateError {
        connection: ConnectionId,
        url: String,
        /// The STUN error code, or 701 where the server was not reached.
        code: u16,
        text: String,
        address: Option<String>,
        port: Option<u16>,
    },
    GatheringComplete {
        connection: ConnectionId,
        username_fragment: String,
    },
    IceState {
        connection: ConnectionId,
        state: IceState,
    },
    DtlsState {
        connection: ConnectionId,
        state: DtlsState,
    },
    /// The peer's certificate, in DER and as hexadecimal digits: `getRemoteCertificates`. Before the
    /// DTLS state *connected*.
    RemoteCertificate {
        connection: ConnectionId,
        certificate: String,
    },
    /// The remote peer opened a data channel.
    IncomingChannel {
        connection: ConnectionId,
        channel: ChannelId,
        options: ChannelOptions,
    },
    /// `id` is the SCTP stream identifier.
    ChannelOpen {
        connection: ConnectionId,
        channel: ChannelId,
        id: u16,
    },
    /// By an exchange, or it could not be opened. The end of DTLS ends all without it.
    ChannelClosed {
        connection: ConnectionId,
        channel: ChannelId,
    },
    /// This number of bytes has left the send buffer of the channel: `bufferedAmount` falls.
    ChannelSent {
        connection: ConnectionId,
        channel: ChannelId,
        bytes: u32,
    },
    /// Whether media arrives for a receiver: `unmute` and `mute` of its track.
    Receiving {
        receiver: ReceiverId,
        flowing: bool,
    },
    /// Whose media the tracks of receivers have played since the last one of these events.
    Sources {
        sources: Vec<RtpSource>,
    },
    /// Whether the system plays the audio of this receiver, instead of the page.
    Playing {
        receiver: ReceiverId,
        playing: bool,
    },
    /// The reply to [`super::request::RequestKind::ListAudioOutputs`] may have changed.
    AudioOutputsChanged,
    /// The screen or window is not captured any more. `error` is set unless it was closed or
    /// unplugged.
    CaptureEnded {
        capture: CaptureId,
        error: Option<String>,
    },
    /// Whether a sender uses this source now.
    SourceWanted {
        source: SourceId,
        wanted: bool,
    },
    /// Encode this source with these settings from now on. The first one starts the encoder.
    Encode {
        encoding: EncodingId,
        source: SourceId,
        settings: EncodingSettings,
    },
    /// The encoder's next frame must be a key frame.
    KeyFrameWanted {
        encoding: EncodingId,
    },
    StopEncoding {
        encoding: EncodingId,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Reply {
    Done,
    Opened {
        fingerprint: Fingerprint,
    },
    Certificate {
        fingerprint: Fingerprint,
    },
    Statistics {
        statistics: Box<Statistics>,
    },
    AudioOutputs {
        outputs: Vec<AudioOutput>,
    },
    /// `name` is the name of a `DOMException`.
    Failed {
        name: String,
        message: String,
    },
}

/// A synchronization source with its contributing sources (webrtc-pc, 5.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RtpSource {
    pub receiver: ReceiverId,
    pub ssrc: u32,
    pub contributing: Vec<u32>,
    pub rtp_timestamp: u32,
    /// 0 to 1, linear; audio only.
    pub audio_level: Option<f32>,
}

/// An audio output device of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AudioOutput {
    pub id: String,
    /// Name to display.
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum IceState {
    New,
    Checking,
    Connected,
    Completed,
    Disconnected,
    Failed,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum DtlsState {
    New,
    Connecting,
    Connected,
    Closed,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct EncodingSettings {
    pub codec: VideoCodec,
    /// In bits per second.
    pub bitrate: u32,
    /// At least 1.
    pub scale_down_by: f64,
    /// In frames per second.
    pub max_framerate: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    Vp8,
    H264,
}
