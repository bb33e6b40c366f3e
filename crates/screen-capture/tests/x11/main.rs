//! Captures of a real X server (Xvfb): screens, windows and the pointer.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test fails at once on anything unexpected, and measures real time"
)]

#[path = "../common/recording.rs"]
mod recording;
mod screen;
mod server;
mod size;
mod thumbnail;
mod window;
