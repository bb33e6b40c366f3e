//! How the stack is set up, and its words for ours.

use std::time::Duration;

use str0m::{
    IceCreds, RtcConfig,
    bwe::Bitrate,
    format::CodecConfig,
    net::Protocol,
    rtp::{Extension, ExtensionMap},
};

use crate::{connection::data_channels, network::Transport, wire::session::IceCredentials};

/// Where the estimate begins; probes find the true rate within a second. libwebrtc begins at 300 kbit/s and
/// paces at 2.5 times the estimate, so that the first key frame is soon through; the stack paces at 1.1.
const FIRST_ESTIMATE: u64 = 700_000;
/// A path that has become narrow is full after a few of these.
const STATISTICS_EVERY: Duration = Duration::from_millis(100);
const REPORTS_EVERY: Duration = Duration::from_secs(1);
/// Pictures that may wait for a lost packet. The stack gives up earlier by itself.
const VIDEO_REORDERING: usize = 90;

pub(super) fn config() -> RtcConfig {
    let mut codecs = CodecConfig::empty();
    codecs.enable_opus(true, false);
    codecs.enable_vp8(true);
    codecs.enable_h264(true);
    let mut config = RtcConfig::new();
    *config.codec_config() = codecs;
    let extensions = [
        Extension::AudioLevel,
        Extension::AbsoluteSendTime,
        Extension::TransportSequenceNumber,
        Extension::RtpMid,
        Extension::AbsoluteCaptureTime,
        Extension::VideoOrientation,
    ];
    let mut map = ExtensionMap::empty();
    for (id, extension) in (1..).zip(extensions) {
        map.set(id, extension);
    }
    *config.extension_map() = map;
    config
        .enable_bwe(Some(Bitrate::from(FIRST_ESTIMATE)))
        .set_stats_interval(Some(STATISTICS_EVERY))
        .set_rtcp_report_interval_audio(REPORTS_EVERY)
        .set_rtcp_report_interval_video(REPORTS_EVERY)
        // Sound passes at once and in whatever order: its jitter buffer is elsewhere.
        .set_reordering_size_audio(0)
        .set_reordering_timeout_audio(None)
        .set_reordering_size_video(VIDEO_REORDERING)
        .set_sctp_max_buffered_amount(data_channels::STACK_BYTES)
        .set_sctp_max_message_size(data_channels::RECEIVED_MESSAGE_BYTES)
}

pub(super) fn stack_credentials(credentials: &IceCredentials) -> IceCreds {
    IceCreds {
        ufrag: credentials.username_fragment.clone(),
        pass: credentials.password.clone(),
    }
}

pub(super) fn stack_protocol(transport: Transport) -> Protocol {
    match transport {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp => Protocol::Tcp,
    }
}

pub(super) fn transport(protocol: Protocol) -> Transport {
    match protocol {
        Protocol::Udp => Transport::Udp,
        Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Transport::Tcp,
    }
}
