//! Ids of the objects of one bridge.
//!
//! Invariant: an id is never reused on the same bridge.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(transparent)]
        pub struct $name(pub u32);
    };
}

id!(
    /// One `RTCPeerConnection`; chosen by the page.
    ConnectionId
);
id!(
    /// One captured track, which several connections may send; chosen by the page.
    SourceId
);
id!(
    /// One `RTCRtpReceiver`, or one capture of system audio; chosen by the page.
    ReceiverId
);
id!(
    /// One data channel of a connection. Ids of the page start at 0, ids of the transport at `1 <<
    /// 31`.
    ChannelId
);
id!(
    /// One running encoder: a video source with its settings; chosen by the transport.
    EncodingId
);
id!(
    /// One captured screen or window; chosen by the page.
    CaptureId
);
id!(
    /// One certificate of `generateCertificate`; chosen by the page.
    CertificateId
);
id!(
    /// One request; chosen by the page and repeated in the reply.
    RequestId
);
