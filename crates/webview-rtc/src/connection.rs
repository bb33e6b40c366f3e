//! One `RTCPeerConnection`'s transport: what it is asked and what it tells, and the task that
//! joins the session (str0m), the network and the clock.
//!
//! Invariant: commands go in and events come out by bounded queues; when the last command handle
//! is dropped the connection says goodbye and ends.

mod bandwidth;
mod data_channels;
mod empty_message;
mod event_sender;
mod handle;
mod ice;
mod media_sections;
mod offer;
mod packet;
mod remote_address;
pub mod session;
mod stats;
mod task;
mod validate;

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use crate::{
    network::Network,
    wire::{
        candidate::RemoteCandidate,
        event::{DtlsState, IceState, VideoCodec},
        id::ChannelId,
        request::{ChannelOptions, Configuration},
        session::{Fingerprint, IceCredentials, Session},
        statistics::Statistics,
    },
};

pub use handle::{ConnectionHandle, Refused};
pub use remote_address::Reason as IgnoredCandidate;

/// Packets that may wait for the connection's task: some tens of milliseconds at full rate.
const RECEIVED: usize = 512;

/// Opens a connection and starts its task, so it needs a tokio runtime; gathers nothing yet. The
/// fingerprint is its certificate's.
///
/// # Errors
/// No certificate could be made.
pub fn open(
    configuration: Configuration,
    events: mpsc::Sender<ConnectionEvent>,
) -> Result<(ConnectionHandle, Fingerprint), ConnectionError> {
    #[expect(clippy::disallowed_methods, reason = "the shell that begins a session")]
    let now = std::time::Instant::now();
    let mut session = Box::new(session::RtcSession::new(now)?);
    let fingerprint = session.fingerprint();
    let (sender, received) = mpsc::channel(RECEIVED);
    let network = Network::start(configuration.clone(), sender);
    let (handle, commands) = handle::channel();
    let task = task::Task::new(session, network, received, configuration, commands, events);
    tokio::spawn(task.run());
    Ok((handle, fingerprint))
}

/// Why a command was refused; becomes a `DOMException` of that name.
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
    Configure(Configuration),
    Gather(IceCredentials),
    Commit(Box<Session>, oneshot::Sender<Result<(), ConnectionError>>),
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
    /// Sends this picture on that m-line; dropped where it does not send.
    SendVideo {
        mid: String,
        frame: Arc<VideoFrame>,
    },
    /// Sends this packet of Opus on that m-line.
    SendAudio {
        mid: String,
        packet: Arc<AudioPacket>,
        /// By the clock of the pictures' media time; a packet's own counts samples.
        captured: Duration,
    },
    RequestKeyFrame {
        mid: String,
    },
    /// How much all senders of this connection would use together, in bits a second.
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
        /// False where frames between the last and this one were lost.
        contiguous: bool,
    },
    Audio {
        mid: String,
        packet: AudioPacket,
        arrival: std::time::Instant,
    },
    /// RTCP sender report: this media time was that moment of the sender's NTP clock.
    SenderReport {
        mid: String,
        /// In units of the codec's clock.
        media_time: u32,
        /// Microseconds since 1900 (NTP).
        ntp_micros: u64,
    },
    KeyFrameWanted {
        mid: String,
    },
    /// What the path carries now, in bits a second.
    Estimate(u64),
    /// What the other side reports of our sound: 0 to 1.
    AudioLoss {
        mid: String,
        fraction: f64,
    },
}

/// One coded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFrame {
    pub codec: VideoCodec,
    pub key: bool,
    /// In units of 1/90000 s: of capture on the way out, the sender's media clock on the way in.
    pub media_time: u64,
    pub bytes: Vec<u8>,
}

/// One packet of Opus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPacket {
    /// Extended, so that it never wraps.
    pub sequence: u64,
    /// In units of 1/48000 s.
    pub media_time: u64,
    /// First after a silence (DTX), for the marker bit.
    pub starts_talkspurt: bool,
    pub bytes: Vec<u8>,
}
