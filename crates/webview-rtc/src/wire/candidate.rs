//! A candidate of the other side, as the page has read it: the transport reads no text of one.

use serde::{Deserialize, Serialize};

/// RFC 8839, section 5.1. Of the first component, since RTP and RTCP share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RemoteCandidate {
    pub foundation: String,
    pub protocol: CandidateProtocol,
    pub priority: u32,
    /// An IP address without brackets, or a name.
    pub address: String,
    pub port: u16,
    #[serde(rename = "type")]
    pub kind: CandidateType,
    /// RFC 6544, section 4.5.
    pub tcp_type: Option<TcpCandidateType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum CandidateProtocol {
    Udp,
    Tcp,
}

/// RFC 8445, section 5.1.1.
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
