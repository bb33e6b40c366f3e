//! The names of things on one bridge. An id is never used again on that bridge.

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
    /// One captured track, however many connections send it; chosen by the page.
    SourceId
);
id!(
    /// One `RTCRtpReceiver`; chosen by the page.
    ReceiverId
);
id!(
    /// One data channel of a connection. The page counts from 0, the transport from `1 << 31`.
    ChannelId
);
id!(
    /// One running encoder for a video source at one quality; chosen by the transport.
    EncodingId
);
id!(
    /// One request; chosen by the page, repeated in the reply.
    RequestId
);
