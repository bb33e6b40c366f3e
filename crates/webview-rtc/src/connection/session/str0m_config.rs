//! Configuration of str0m, and conversions between its types and ours.

use std::time::Duration;

use str0m::{
    IceCreds, RtcConfig,
    bwe::Bitrate,
    format::{Codec, CodecConfig, FormatParams},
    media::Frequency,
    net::Protocol,
    rtp::{Extension, ExtensionMap},
};

use crate::{connection::data_channels, network::Transport, wire::negotiated::IceCredentials};

/// Initial estimate, in bits per second. Probes find the available bitrate within a second.
/// libwebrtc starts at 300 kbit/s but paces at 2.5 times the estimate, so that the first key frame
/// is sent quickly; str0m paces at 1.1 times.
const INITIAL_ESTIMATE_BPS: u64 = 700_000;
/// Interval of estimates. A path that becomes narrow is full after a few of these.
const STATS_INTERVAL: Duration = Duration::from_millis(100);
const RTCP_REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// Frames held while a packet is missing. str0m gives up earlier by itself.
const MAX_REORDERED_VIDEO_FRAMES: usize = 90;

pub(super) fn config() -> RtcConfig {
    let mut codecs = CodecConfig::empty();
    codecs.enable_opus(true, false);
    codecs.enable_pcmu(true, false);
    codecs.enable_pcma(true, false);
    for (payload_type, clock) in [
        (110_u8, Frequency::FORTY_EIGHT_KHZ),
        (126, Frequency::EIGHT_KHZ),
    ] {
        let parameters = FormatParams::default();
        codecs.add_config(
            payload_type.into(),
            None,
            Codec::Tele,
            clock,
            None,
            parameters,
        );
    }
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
        .enable_bwe(Some(Bitrate::from(INITIAL_ESTIMATE_BPS)))
        .set_stats_interval(Some(STATS_INTERVAL))
        .set_rtcp_report_interval_audio(RTCP_REPORT_INTERVAL)
        .set_rtcp_report_interval_video(RTCP_REPORT_INTERVAL)
        // Audio passes at once and unordered: `audio/jitter_buffer` reorders it.
        .set_reordering_size_audio(0)
        .set_reordering_timeout_audio(None)
        .set_reordering_size_video(MAX_REORDERED_VIDEO_FRAMES)
        .set_sctp_max_buffered_amount(data_channels::STR0M_BUFFER_BYTES)
        .set_sctp_max_message_size(data_channels::MAX_RECEIVED_MESSAGE_BYTES)
}

pub(super) fn str0m_credentials(credentials: &IceCredentials) -> IceCreds {
    IceCreds {
        ufrag: credentials.username_fragment.clone(),
        pass: credentials.password.clone(),
    }
}

pub(super) fn str0m_protocol(transport: Transport) -> Protocol {
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
