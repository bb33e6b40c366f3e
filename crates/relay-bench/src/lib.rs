//! What the programs in `benches` share: servers as child processes, clients, medians.
//!
//! Invariant: a server is a process of its own, and the load comes from another. `cargo xtask bench`
//! builds the relay and runs them.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    missing_debug_implementations,
    reason = "for programs that stop at whatever goes wrong"
)]

pub mod certificate;
pub mod client;
pub mod process;
mod processor_time;
pub mod rounds;
