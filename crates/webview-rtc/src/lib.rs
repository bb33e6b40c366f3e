//! The transport of `RTCPeerConnection` for webviews that have none.
//!
//! The page keeps the standard API and the negotiation; this crate keeps everything below: paths
//! (ICE, STUN, TURN), DTLS, RTP with retransmission and bandwidth estimation, data channels, and
//! the coding of sound. The two meet on the bridge: a WebSocket on 127.0.0.1 that the page's media
//! worker opens. Pictures are coded in the page, where the codecs are.
//!
//! Invariant: everything belongs to a bridge. When its socket closes, all its connections, sources
//! and tasks end with it, and nothing else does.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests begin their virtual time at some instant"
    )
)]

pub mod audio;
pub mod bridge;
pub mod connection;
pub mod network;
mod page_session;
mod playback;
mod transport;
pub mod video;
mod windowed_min;
pub mod wire;

pub use transport::{Options, Transport};

#[cfg(test)]
mod typescript;
