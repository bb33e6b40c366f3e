//! Requests of the page.
//!
//! Invariant: each request gets one [`super::event::Reply`], in the order of the requests.

use serde::{Deserialize, Serialize};

use super::{
    candidate::RemoteCandidate,
    id::{CaptureId, CertificateId, ChannelId, ConnectionId, ReceiverId, RequestId, SourceId},
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
    /// The reply has its fingerprint.
    GenerateCertificate {
        certificate: CertificateId,
    },
    /// The connection uses this certificate instead of its own. Only before its first other request
    /// but `Configure`.
    UseCertificate {
        connection: ConnectionId,
        certificate: CertificateId,
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
    /// Sends a telephone event (RFC 4733) on an m-line instead of audio.
    SendTone {
        connection: ConnectionId,
        mid: String,
        /// 0 to 15: the digits, `*`, `#`, A to D.
        event: u8,
        /// In milliseconds, 40 to 6000.
        duration: u16,
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
    /// The delay in the jitter buffer that the page wants, in milliseconds; `None` for no wish. The
    /// receiver may be negotiated later.
    SetJitterBufferTarget {
        connection: ConnectionId,
        receiver: ReceiverId,
        target: Option<f64>,
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
    /// Captures a screen or a window. [`super::event::Event::CaptureEnded`] says when it ends by
    /// itself, also if it cannot begin.
    OpenCapture {
        capture: CaptureId,
        /// From [`crate::Transport::grant_capture`].
        grant: String,
        /// In frames per second, limited to 0.2 to 60.
        frame_rate: f64,
    },
    /// One frame is sent when the picture has changed; the first one at once.
    RequestCapturedFrame {
        capture: CaptureId,
    },
    SetCaptureRate {
        capture: CaptureId,
        /// As in `OpenCapture`.
        frame_rate: f64,
    },
    CloseCapture {
        capture: CaptureId,
    },
    /// Captures what the computer's other programs play. It comes as the audio of this receiver, on
    /// request ([`super::frame::Frame::AudioRequest`]); while there is no sound server, as silence.
    OpenSystemAudio {
        receiver: ReceiverId,
        /// From [`crate::Transport::grant_system_audio`].
        grant: String,
    },
    CloseSystemAudio {
        receiver: ReceiverId,
    },
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

/// `RTCRtpSendParameters` with one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SendParameters {
    pub active: bool,
    /// Of the codec to send with; `None` is the first negotiated one, as is a payload type that was
    /// not negotiated.
    pub payload_type: Option<u8>,
    /// In bits per second.
    pub max_bitrate: Option<u32>,
    /// At least 1.
    pub scale_resolution_down_by: f64,
    /// In frames per second.
    pub max_framerate: Option<f64>,
    pub priority: Priority,
    pub degradation_preference: DegradationPreference,
}

/// The defaults of `RTCRtpEncodingParameters` (W3C webrtc-pc, 5.2.5).
impl Default for SendParameters {
    fn default() -> Self {
        Self {
            active: true,
            payload_type: None,
            max_bitrate: None,
            scale_resolution_down_by: 1.0,
            max_framerate: None,
            priority: Priority::Low,
            degradation_preference: DegradationPreference::Balanced,
        }
    }
}

/// `RTCPriorityType` (W3C webrtc-priority, 4): the part of the bitrate beside other video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    VeryLow,
    Low,
    Medium,
    High,
}

/// `RTCDegradationPreference` (W3C mst-content-hint, 5): what a low bitrate keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum DegradationPreference {
    MaintainFramerate,
    MaintainResolution,
    Balanced,
    MaintainFramerateAndResolution,
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
