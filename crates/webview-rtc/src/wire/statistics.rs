//! Statistics of a connection, named as in W3C webrtc-stats. The page adds the encoder and decoder
//! statistics and the ids.
//!
//! Invariant: counters start with the connection. As in the standard, times are in milliseconds,
//! durations in seconds, rates in bits per second.

use serde::{Deserialize, Serialize};

use super::id::{EncodingId, ReceiverId};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    pub transport: TransportStatistics,
    pub outbound: Vec<OutboundStatistics>,
    pub inbound: Vec<InboundStatistics>,
    pub candidates: Vec<CandidateStatistics>,
    pub candidate_pairs: Vec<PairStatistics>,
    pub channels: Vec<ChannelStatistics>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TransportStatistics {
    pub bytes_sent: u64,
    pub bytes_received: u64,
    pub packets_sent: u64,
    pub packets_received: u64,
    pub available_outgoing_bitrate: Option<f64>,
    /// The selected pair, as [`CandidateStatistics::id`]s.
    pub local_candidate: Option<String>,
    pub remote_candidate: Option<String>,
    pub selected_candidate_pair_changes: u32,
    /// Of DTLS, as four hexadecimal digits; `None` before the handshake ends, as the two below.
    pub tls_version: Option<String>,
    pub dtls_cipher: Option<String>,
    pub srtp_cipher: Option<String>,
    /// The certificates in DER, as hexadecimal digits; the remote's after the handshake.
    pub local_certificate: String,
    pub remote_certificate: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct OutboundStatistics {
    pub mid: String,
    pub ssrc: u32,
    /// Of the last packet; `None` before the first one.
    pub payload_type: Option<u8>,
    /// The encoder of the stream; video only.
    pub encoding: Option<EncodingId>,
    pub target_bitrate: Option<f64>,
    pub packets_sent: u64,
    pub bytes_sent: u64,
    pub retransmitted_packets_sent: u64,
    pub retransmitted_bytes_sent: u64,
    pub nack_count: u64,
    pub pli_count: u64,
    pub fir_count: u64,
    /// From RTCP receiver reports (RFC 3550, 6.4.2).
    pub round_trip_time: Option<f64>,
    pub fraction_lost: Option<f64>,
    pub remote_packets_lost: Option<i64>,
    pub remote_jitter: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct InboundStatistics {
    pub mid: String,
    pub receiver: Option<ReceiverId>,
    pub ssrc: u32,
    /// Of the last packet; `None` before the first one.
    pub payload_type: Option<u8>,
    pub packets_received: u64,
    pub bytes_received: u64,
    pub packets_lost: i64,
    pub jitter: f64,
    pub nack_count: u64,
    pub pli_count: u64,
    pub fir_count: u64,
    /// From here on audio only, in samples at 48 kHz; durations in seconds, as in the standard.
    pub total_samples_received: Option<u64>,
    pub concealed_samples: Option<u64>,
    pub silent_concealed_samples: Option<u64>,
    pub concealment_events: Option<u64>,
    pub inserted_samples_for_deceleration: Option<u64>,
    pub removed_samples_for_acceleration: Option<u64>,
    pub fec_packets_received: Option<u64>,
    pub packets_discarded: Option<u64>,
    pub audio_level: Option<f64>,
    pub total_audio_energy: Option<f64>,
    pub total_samples_duration: Option<f64>,
    pub jitter_buffer_delay: Option<f64>,
    pub jitter_buffer_target_delay: Option<f64>,
    pub jitter_buffer_emitted_count: Option<u64>,
    /// From RTCP sender reports; `None` before the first one.
    pub remote: Option<RemoteOutboundStatistics>,
}

/// From RTCP sender reports (RFC 3550, 6.4.1).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RemoteOutboundStatistics {
    pub packets_sent: u64,
    pub bytes_sent: u64,
    pub reports_sent: u64,
    /// By the remote clock, in milliseconds since 1970.
    pub remote_timestamp: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CandidateStatistics {
    pub id: String,
    pub is_remote: bool,
    /// `host`, `srflx`, `prflx`, `relay`.
    pub candidate_type: String,
    /// `udp` or `tcp`.
    pub protocol: String,
    /// Transport to the TURN server: `udp`, `tcp`, `tls`.
    pub relay_protocol: Option<String>,
    pub address: Option<String>,
    pub port: u16,
    pub priority: u32,
    pub url: Option<String>,
}

/// Bytes and packets without connectivity checks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PairStatistics {
    /// As [`CandidateStatistics::id`].
    pub local_candidate: String,
    pub remote_candidate: String,
    pub state: PairState,
    pub nominated: bool,
    pub packets_sent: u64,
    pub packets_received: u64,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    pub current_round_trip_time: Option<f64>,
    pub total_round_trip_time: f64,
    pub requests_sent: u64,
    pub requests_received: u64,
    pub responses_sent: u64,
    pub responses_received: u64,
}

/// The states of `RTCStatsIceCandidatePairState` that occur here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PairState {
    #[default]
    InProgress,
    Succeeded,
    Failed,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ChannelStatistics {
    pub channel: u32,
    pub label: String,
    pub messages_sent: u32,
    pub bytes_sent: u64,
    pub messages_received: u32,
    pub bytes_received: u64,
}
