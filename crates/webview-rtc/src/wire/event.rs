//! What the transport tells the page: replies to its requests, and what happens by itself.

use serde::{Deserialize, Serialize};

use super::{
    id::{ChannelId, ConnectionId, EncodingId, ReceiverId, RequestId, SourceId},
    request::ChannelOptions,
    session::Fingerprint,
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
    /// For the credentials named; the page says for which m-line. `candidate` as in
    /// `RTCIceCandidateInit.candidate`. `url` is the server it came from.
    Candidate {
        connection: ConnectionId,
        candidate: String,
        username_fragment: String,
        url: Option<String>,
    },
    /// A server did not help: `icecandidateerror`.
    CandidateError {
        connection: ConnectionId,
        url: String,
        /// STUN's, or 701 where the server was not reached.
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
    /// Opened by the other side.
    IncomingChannel {
        connection: ConnectionId,
        channel: ChannelId,
        options: ChannelOptions,
    },
    /// `id` is the SCTP stream.
    ChannelOpen {
        connection: ConnectionId,
        channel: ChannelId,
        id: u16,
    },
    ChannelClosed {
        connection: ConnectionId,
        channel: ChannelId,
    },
    /// So many bytes of messages have left the channel's buffer.
    ChannelSent {
        connection: ConnectionId,
        channel: ChannelId,
        bytes: u32,
    },
    /// Whether anything arrives for a receiver: `unmute` and `mute` of its track.
    Receiving {
        receiver: ReceiverId,
        flowing: bool,
    },
    /// Whether the system's loudspeakers have this receiver's sound, past the page.
    Playing {
        receiver: ReceiverId,
        playing: bool,
    },
    /// [`super::request::RequestKind::ListAudioOutputs`] may have another answer now.
    AudioOutputsChanged,
    /// Whether anybody sends this source now.
    SourceWanted {
        source: SourceId,
        wanted: bool,
    },
    /// Encode this source so from now on; the first time it starts the encoder.
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
    Statistics {
        statistics: Box<Statistics>,
    },
    AudioOutputs {
        outputs: Vec<AudioOutput>,
    },
    /// `name` is a `DOMException`'s.
    Failed {
        name: String,
        message: String,
    },
}

/// A loudspeaker or headset, as the system has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AudioOutput {
    pub id: String,
    /// For people.
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
    /// In bits a second.
    pub bitrate: u32,
    /// At least 1.
    pub scale_down_by: f64,
    /// In frames a second.
    pub max_framerate: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    Vp8,
    H264,
}
