//! What two descriptions have agreed on: the input of a transport, free of SDP.

use serde::{Deserialize, Serialize};

use super::id::ReceiverId;

/// The whole agreement of one connection, in m-line order. Each commit replaces the last; m-lines
/// never change places, and what is not named any more was never there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub dtls_role: DtlsRole,
    /// RFC 8445, 6.1.1: who made the first offer, unless the other is lite.
    pub ice_controlling: bool,
    pub local: IceCredentials,
    /// Others than in the last commit are an ICE restart.
    pub remote: IceCredentials,
    pub remote_is_lite: bool,
    pub remote_fingerprints: Vec<Fingerprint>,
    pub media: Vec<Media>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum DtlsRole {
    Client,
    Server,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IceCredentials {
    pub username_fragment: String,
    pub password: String,
}

/// RFC 8122: `algorithm` in lower case (`sha-256`), `value` as upper-case hex pairs with colons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Fingerprint {
    pub algorithm: String,
    pub value: String,
}

/// One m-line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Media {
    Audio(Rtp),
    Video(Rtp),
    #[serde(rename_all = "camelCase")]
    Application {
        mid: String,
        /// The remote's `a=sctp-port`.
        sctp_port: u16,
        /// The remote's `a=max-message-size`, in bytes; 0 is no limit.
        max_message_size: u32,
    },
    /// Rejected or stopped: keeps its place, carries nothing.
    Stopped {
        mid: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Rtp {
    pub mid: String,
    /// As seen from here.
    pub direction: Direction,
    /// Agreed by both, the one to send first. Payload types are the same both ways.
    pub codecs: Vec<Codec>,
    pub extensions: Vec<HeaderExtension>,
    /// What we said in our description that we send with.
    pub send: Ssrcs,
    /// What the other side said it sends with; empty where it said nothing.
    pub receive: Vec<Ssrcs>,
    /// RTCP's CNAME of what we send.
    pub cname: String,
    /// Where what comes in on this m-line goes.
    pub receiver: ReceiverId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Codec {
    pub payload_type: u8,
    /// As in `a=rtpmap`: `opus`, `VP8`, `H264`.
    pub name: String,
    /// In Hz.
    pub clock_rate: u32,
    pub channels: Option<u8>,
    /// As in `a=fmtp`, without the payload type; empty where there is none.
    pub parameters: String,
    /// As in `a=rtcp-fb`: `nack`, `nack pli`, `transport-cc`.
    pub feedback: Vec<String>,
    /// The payload type of its retransmissions.
    pub rtx: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct HeaderExtension {
    pub id: u8,
    pub uri: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Ssrcs {
    pub ssrc: u32,
    pub rtx: Option<u32>,
}
