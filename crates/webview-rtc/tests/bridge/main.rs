//! The bridge over real sockets with simulated pages: one file per behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails at once on anything unexpected"
)]

mod admission;
mod call;
#[cfg(target_os = "linux")]
mod captures;
mod channels;
mod hostile_page;
mod lifetime;
mod limits;
mod negotiated;
mod overload;
mod page;
#[path = "../common/remote_candidate.rs"]
mod remote_candidate;
mod requests;
mod system_audio;
