//! TURN over real sockets: by coturn's own tools, and by a client that asks what those do not.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect is to fail there, and one that cannot run says so"
)]

mod abuse;
mod asking;
mod credentials;
mod flags;
mod flood;
mod life;
mod outside;
mod relay;
mod tools;
mod uclient;
