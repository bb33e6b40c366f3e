//! The network as a connection sees it: real sockets, and the most common TURN server.
//!
//! Invariant: every wait has a deadline.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test reads the real clock, and where it meets what it does not expect it is to fail"
)]

mod coturn;
mod host;
mod listener;
mod local_names;
mod reflexive;
mod refusals;
mod relay;
mod relay_life;
