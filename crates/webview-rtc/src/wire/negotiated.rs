//! The parameters of a connection that offer and answer negotiated, without SDP.
//!
//! Invariant: they are complete, not a change to those before.

use serde::{Deserialize, Serialize};

use super::id::ReceiverId;

/// All negotiated parameters of one connection, media in m-line order. Each commit replaces those
/// before. An m-line keeps its index. An m-line that is missing was rolled back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct NegotiatedParameters {
    pub dtls_role: DtlsRole,
    /// RFC 8445, 6.1.1: true for the side of the first offer, or where the remote is lite.
    pub ice_controlling: bool,
    pub local: IceCredentials,
    /// Changed credentials are an ICE restart.
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

impl Fingerprint {
    pub(crate) fn sha_256(hash: &[u8]) -> Self {
        let pairs: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
        Self {
            algorithm: "sha-256".to_owned(),
            value: pairs.join(":"),
        }
    }
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
    /// Rejected or stopped: keeps its index, has no media.
    Stopped {
        mid: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Rtp {
    pub mid: String,
    /// From the local point of view.
    pub direction: Direction,
    /// The negotiated codecs; the first one is used to send, unless the parameters of the sender
    /// name another. Payload types are the same in both directions.
    pub codecs: Vec<Codec>,
    pub extensions: Vec<HeaderExtension>,
    /// The SSRCs of the local description.
    pub send: Ssrcs,
    /// The SSRCs of the remote description; empty where it has none.
    pub receive: Vec<Ssrcs>,
    /// The RTCP CNAME of the local streams (RFC 3550, 6.5.1).
    pub cname: String,
    /// The receiver of this m-line.
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
    /// As in `a=fmtp`, without the payload type; may be empty.
    pub parameters: String,
    /// As in `a=rtcp-fb`: `nack`, `nack pli`, `transport-cc`.
    pub feedback: Vec<String>,
    /// The payload type of retransmissions (RFC 4588).
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
