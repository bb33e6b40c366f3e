//! What the page asks for. Every request is answered once, by [`super::event::Reply`], in order.

use serde::{Deserialize, Serialize};

use super::{
    candidate::RemoteCandidate,
    id::{ChannelId, ConnectionId, ReceiverId, RequestId, SourceId},
    session::{IceCredentials, Session},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Request {
    pub id: RequestId,
    #[serde(flatten)]
    pub wish: RequestKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RequestKind {
    /// Answered with the connection's certificate.
    OpenConnection {
        connection: ConnectionId,
        configuration: Configuration,
    },
    Configure {
        connection: ConnectionId,
        configuration: Configuration,
    },
    /// Begins to gather candidates for these credentials; others than before gather anew.
    Gather {
        connection: ConnectionId,
        local: IceCredentials,
    },
    /// Makes this agreement true.
    Commit {
        connection: ConnectionId,
        session: Session,
    },
    /// Candidates that come before the commit of their credentials wait for it. None is the end
    /// of candidates.
    AddRemoteCandidate {
        connection: ConnectionId,
        candidate: Option<RemoteCandidate>,
        username_fragment: Option<String>,
    },
    /// What an m-line sends from now on. Asked for as often as anything of it changes.
    SetSender {
        connection: ConnectionId,
        mid: String,
        source: Option<SourceId>,
        parameters: SendParameters,
    },
    /// The captured track's kind; its frames follow as binary messages while it is wanted.
    OpenSource {
        source: SourceId,
        kind: SourceKind,
        /// Of its pictures, in pixels, where the page knows before the first one.
        pixels: Option<u32>,
    },
    CloseSource {
        source: SourceId,
    },
    /// A decoder has lost its way.
    RequestKeyFrame {
        receiver: ReceiverId,
    },
    /// How long the page takes from the transport's sound to the loudspeaker, in milliseconds.
    ReportPlayoutDelay {
        receiver: ReceiverId,
        delay: f64,
    },
    /// To the system's loudspeakers, past the page; asked for as often as anything of it changes.
    /// [`super::event::Event::Playing`] tells whether it is done.
    Play {
        receiver: ReceiverId,
        /// 0 to 1.
        volume: f32,
        /// [`super::event::AudioOutput::id`]; the system's own choice where there is none.
        output: Option<String>,
    },
    StopPlaying {
        receiver: ReceiverId,
    },
    ListAudioOutputs,
    OpenChannel {
        connection: ConnectionId,
        channel: ChannelId,
        options: ChannelOptions,
    },
    CloseChannel {
        connection: ConnectionId,
        channel: ChannelId,
    },
    ReadStatistics {
        connection: ConnectionId,
    },
    CloseConnection {
        connection: ConnectionId,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    pub ice_servers: Vec<IceServer>,
    pub ice_transport_policy: IceTransportPolicy,
}

/// URLs are checked by the page (RFC 7064, RFC 7065) and again here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: Option<String>,
    pub credential: Option<String>,
}

// A credential must not stand in a log.
impl std::fmt::Debug for IceServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("IceServer")
            .field("urls", &self.urls)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum IceTransportPolicy {
    All,
    Relay,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    Audio,
    Video,
}

/// One encoding of `RTCRtpSendParameters`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SendParameters {
    pub active: bool,
    /// In bits a second.
    pub max_bitrate: Option<u32>,
    /// At least 1.
    pub scale_resolution_down_by: f64,
    /// In frames a second.
    pub max_framerate: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ChannelOptions {
    pub label: String,
    pub ordered: bool,
    /// In milliseconds. At most one of the two limits is given.
    pub max_packet_life_time: Option<u16>,
    pub max_retransmits: Option<u16>,
    pub protocol: String,
    pub negotiated: bool,
    /// The SCTP stream; given where `negotiated`.
    pub id: Option<u16>,
}

/// The dictionary's defaults (W3C webrtc-pc, 6.2), and no label.
impl Default for ChannelOptions {
    fn default() -> Self {
        Self {
            label: String::new(),
            ordered: true,
            max_packet_life_time: None,
            max_retransmits: None,
            protocol: String::new(),
            negotiated: false,
            id: None,
        }
    }
}
