//! TURN over real sockets, with coturn's tools and with a client for the remaining cases.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails at an unexpected value, and prints why it cannot run"
)]

mod abuse;
mod allocation_lifetime;
mod credentials;
mod external_server;
mod flags;
mod flood;
mod relay;
mod tools;
mod uclient;
mod udp_client;
