//! Captures of what a portal has granted: a real compositor without a screen (sway), its portal and
//! PipeWire, and portals that answer wrongly.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails at once on anything unexpected, and measures real time"
)]

mod bad_portal;
mod desktop;
mod fake_portal;
mod pointer;
#[path = "../common/recording.rs"]
mod recording;
mod screen;
