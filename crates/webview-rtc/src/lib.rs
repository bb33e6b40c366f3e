//! The transport of `RTCPeerConnection` for webviews that have none.
//!
//! The page has the standard API and the negotiation (JSEP). This crate has the layers below: ICE,
//! STUN and TURN, DTLS, RTP with retransmission and bandwidth estimation, data channels, and audio
//! coding. The page's media worker connects to it over the bridge, a WebSocket on 127.0.0.1. Video is
//! encoded and decoded in the page, because the webview has the codecs.
//!
//! Invariant: every connection, source and task belongs to one bridge and ends when the socket of
//! that bridge closes.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests start their virtual time at an arbitrary instant"
    )
)]

pub mod audio;
mod audio_codec;
pub mod bridge;
mod capture_grants;
pub mod connection;
pub mod network;
mod page_session;
mod playback;
#[cfg(unix)]
mod pulse_connection;
#[cfg(unix)]
mod pulse_requests;
mod system_audio;
mod transport;
pub mod video;
mod windowed_min;
pub mod wire;

pub use capture_grants::CaptureSource;
pub use system_audio::SoundServer;
pub use transport::{Options, Transport};

#[cfg(test)]
mod typescript;

/// Compiles the example of the README, which begins with `use webview_rtc::`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
