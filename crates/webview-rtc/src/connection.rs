//! Transport of one `RTCPeerConnection`: its commands, its events, and the task that connects
//! str0m, the network and the clock.
//!
//! Invariant: commands and events pass through bounded queues. When the last command handle is
//! dropped, the connection closes and its task ends.

mod bandwidth;
mod certificate;
mod data_channels;
mod event_sender;
mod handle;
mod ice;
mod media_sections;
mod packet;
mod remote_address;
pub mod session;
mod stats;
mod str0m_workarounds;
mod task;
mod validate;

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use crate::{
    audio_codec::AudioCodec,
    network::Network,
    wire::{
        candidate::RemoteCandidate,
        event::{DtlsState, IceState, VideoCodec},
        id::ChannelId,
        negotiated::{Fingerprint, IceCredentials, NegotiatedParameters},
        request::{ChannelOptions, Configuration},
        statistics::Statistics,
    },
};

pub use certificate::Certificate;
pub(crate) use certificate::hexadecimal;
pub use event_sender::EventQueues;
pub use handle::{ConnectionHandle, Refused};
pub use remote_address::IgnoreReason as IgnoredCandidate;

/// Received packets queued for the task: some tens of milliseconds at full rate.
const RECEIVE_QUEUE_PACKETS: usize = 512;

/// Opens a connection and spawns its task on the current tokio runtime. Gathering does not start
/// yet. Returns the fingerprint of the connection's certificate.
///
/// # Errors
/// The certificate cannot be generated.
pub fn open(
    configuration: Configuration,
    events: EventQueues,
) -> Result<(ConnectionHandle, Fingerprint), ConnectionError> {
    #[expect(clippy::disallowed_methods, reason = "the shell that begins a session")]
    let now = std::time::Instant::now();
    let mut session = Box::new(session::RtcSession::new(now)?);
    let fingerprint = session.fingerprint();
    let (sender, received) = mpsc::channel(RECEIVE_QUEUE_PACKETS);
    let network = Network::start(configuration.clone(), sender);
    let (handle, commands) = handle::channel();
    let task = task::Task::new(session, network, received, configuration, commands, events);
    tokio::spawn(task.run());
    Ok((handle, fingerprint))
}

/// Reason for refusing a command; becomes a `DOMException` of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    #[error("{0}")]
    InvalidAccess(String),
    #[error("{0}")]
    InvalidState(String),
    #[error("{0}")]
    Operation(String),
}

#[derive(Debug)]
pub enum Command {
    /// Ignored after any other command but `Configure`.
    UseCertificate(Box<Certificate>),
    Configure(Configuration),
    Gather(IceCredentials),
    Commit(
        Box<NegotiatedParameters>,
        oneshot::Sender<Result<(), ConnectionError>>,
    ),
    AddRemoteCandidate {
        candidate: Option<RemoteCandidate>,
        username_fragment: Option<String>,
    },
    OpenChannel(ChannelId, ChannelOptions),
    SendChannel {
        channel: ChannelId,
        binary: bool,
        bytes: Vec<u8>,
    },
    CloseChannel(ChannelId),
    /// Sends a video frame on an m-line; dropped if the m-line does not send.
    SendVideo {
        mid: String,
        frame: Arc<VideoFrame>,
    },
    /// Sends an audio packet on an m-line; dropped if its codec is not negotiated there.
    SendAudio {
        mid: String,
        packet: Arc<AudioPacket>,
        /// Capture time on the clock of video media time; the packet's media time counts samples.
        captured: Duration,
    },
    /// Sends a telephone event (RFC 4733) instead of audio, 40 ms to 6 s long.
    SendTone {
        mid: String,
        /// 0 to 15: the digits, `*`, `#`, A to D.
        event: u8,
        duration: Duration,
    },
    RequestKeyFrame {
        mid: String,
    },
    /// The bitrate that all senders of this connection would use, in bits per second.
    SetDesiredBitrate(u64),
    ReadStatistics(oneshot::Sender<Statistics>),
}

#[derive(Debug)]
pub enum ConnectionEvent {
    Candidate {
        candidate: String,
        username_fragment: String,
        url: Option<String>,
    },
    CandidateError {
        url: String,
        code: u16,
        text: String,
        address: Option<String>,
        port: Option<u16>,
    },
    GatheringComplete {
        username_fragment: String,
    },
    IceState(IceState),
    DtlsState(DtlsState),
    /// In DER.
    RemoteCertificate(Vec<u8>),
    IncomingChannel(ChannelId, ChannelOptions),
    ChannelOpen(ChannelId, u16),
    ChannelClosed(ChannelId),
    ChannelSent(ChannelId, u32),
    ChannelMessage {
        channel: ChannelId,
        binary: bool,
        bytes: Vec<u8>,
    },
    Video {
        mid: String,
        frame: VideoFrame,
        sources: PacketSources,
        /// False if frames between the last one and this one were lost.
        contiguous: bool,
    },
    Audio {
        mid: String,
        packet: AudioPacket,
        sources: PacketSources,
        arrival: std::time::Instant,
    },
    /// RTCP sender report: maps a media time to the sender's NTP clock.
    SenderReport {
        mid: String,
        /// Of audio in units of 1/48000 s, of video in units of 1/90000 s.
        media_time: u32,
        /// Microseconds since 1900 (NTP).
        ntp_micros: u64,
    },
    KeyFrameWanted {
        mid: String,
    },
    /// Available bitrate for new media, in bits per second.
    Estimate(u64),
    /// Share of our audio packets that the peer reports lost, 0 to 1.
    AudioLoss {
        mid: String,
        fraction: f64,
    },
}

/// One encoded video frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFrame {
    pub codec: VideoCodec,
    pub key: bool,
    /// In units of 1/90000 s: the capture time when sending, the sender's media clock when receiving.
    pub media_time: u64,
    pub bytes: Vec<u8>,
}

/// One packet of encoded audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPacket {
    pub codec: AudioCodec,
    /// Extended sequence number: does not wrap.
    pub sequence: u64,
    /// In units of 1/48000 s.
    pub media_time: u64,
    /// First packet after silence (DTX); sets the marker bit.
    pub starts_talkspurt: bool,
    /// `None` where the packet does not say it.
    pub level: Option<AudioLevel>,
    pub bytes: Vec<u8>,
}

/// Level of a packet ([RFC 6464, 3](https://www.rfc-editor.org/rfc/rfc6464#section-3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// Below the overload point, 0 to 127.
    pub decibels: u8,
    pub has_voice: bool,
}

/// RTP sources of received media.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PacketSources {
    pub ssrc: u32,
    /// What a mixer put into it.
    pub contributing: Vec<u32>,
}
