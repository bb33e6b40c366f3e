//! A remote ICE candidate, parsed by the page.
//!
//! Invariant: the transport parses no candidate text.

use serde::{Deserialize, Serialize};

/// RFC 8839, 5.1. Always of the first component, because RTP and RTCP are multiplexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RemoteCandidate {
    pub foundation: String,
    pub protocol: CandidateProtocol,
    pub priority: u32,
    /// An IP address without brackets, or a host name.
    pub address: String,
    pub port: u16,
    #[serde(rename = "type")]
    pub kind: CandidateType,
    /// RFC 6544, 4.5.
    pub tcp_type: Option<TcpCandidateType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum CandidateProtocol {
    Udp,
    Tcp,
}

/// RFC 8445, 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum CandidateType {
    Host,
    #[serde(rename = "srflx")]
    ServerReflexive,
    #[serde(rename = "prflx")]
    PeerReflexive,
    Relay,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum TcpCandidateType {
    Active,
    Passive,
    So,
}
