//! A server and the client of `turn-client`, over real sockets on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails at an unexpected value"
)]

mod limits;
mod members;
mod relaying;
mod start;
mod support;
