//! Requests of the page.
//!
//! Invariant: each request gets one [`super::event::Reply`], in the order of the requests.

use serde::{Deserialize, Serialize};

use super::{
    candidate::RemoteCandidate,
    id::{ChannelId, ConnectionId, ReceiverId, RequestId, SourceId},
    negotiated::{IceCredentials, NegotiatedParameters},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Request {
    pub id: RequestId,
    #[serde(flatten)]
    pub kind: RequestKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RequestKind {
    /// The reply has the fingerprint of the connection's certificate.
    OpenConnection {
        connection: ConnectionId,
        configuration: Configuration,
    },
    Configure {
        connection: ConnectionId,
        configuration: Configuration,
    },
    /// Gathers candidates for these credentials. Changed credentials start a new gathering.
    Gather {
        connection: ConnectionId,
        local: IceCredentials,
    },
    /// Applies the result of an offer and its answer.
    Commit {
        connection: ConnectionId,
        negotiated: NegotiatedParameters,
    },
    /// A candidate whose credentials are not committed yet waits for the commit. `None` is
    /// end-of-candidates.
    AddRemoteCandidate {
        connection: ConnectionId,
        candidate: Option<RemoteCandidate>,
        username_fragment: Option<String>,
    },
    /// The source and parameters of the sender of an m-line. Sent after every change.
    SetSender {
        connection: ConnectionId,
        mid: String,
        source: Option<SourceId>,
        parameters: SendParameters,
    },
    /// A captured track. Its frames follow as binary messages while a sender uses it.
    OpenSource {
        source: SourceId,
        kind: SourceKind,
        /// Pixels per video frame, where they are known before the first frame.
        pixels: Option<u32>,
    },
    CloseSource {
        source: SourceId,
    },
    /// A decoder needs a key frame.
    RequestKeyFrame {
        receiver: ReceiverId,
    },
    /// Delay in the page from receiving audio to playing it, in milliseconds.
    ReportPlayoutDelay {
        receiver: ReceiverId,
        delay: f64,
    },
    /// Plays the receiver's audio by the system instead of the page. Sent after every change.
    /// [`super::event::Event::Playing`] confirms it.
    Play {
        receiver: ReceiverId,
        /// 0 to 1.
        volume: f32,
        /// [`super::event::AudioOutput::id`]; the system's default output for `None`.
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

/// The URLs (RFC 7064, RFC 7065) are validated by the page and again here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: Option<String>,
    pub credential: Option<String>,
}

// Credentials must not appear in logs.
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
    /// In bits per second.
    pub max_bitrate: Option<u32>,
    /// At least 1.
    pub scale_resolution_down_by: f64,
    /// In frames per second.
    pub max_framerate: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ChannelOptions {
    pub label: String,
    pub ordered: bool,
    /// In milliseconds. At most one of the two limits is set.
    pub max_packet_life_time: Option<u16>,
    pub max_retransmits: Option<u16>,
    pub protocol: String,
    pub negotiated: bool,
    /// The SCTP stream identifier; set where `negotiated` is true.
    pub id: Option<u16>,
}

/// The defaults of `RTCDataChannelInit` (W3C webrtc-pc, 6.2), and an empty label.
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
