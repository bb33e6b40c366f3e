//! Several relays as one, over a real Redis: one file per behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect is to fail there, and one that cannot run says so"
)]

mod away;
#[allow(
    dead_code,
    reason = "shared with the tests of one relay, which use all of it"
)]
#[path = "../relay/client.rs"]
mod client;
mod cut_off;
mod flags;
mod joining;
mod limits;
mod metrics;
mod node_lost;
mod person;
mod proxy;
mod redis;
#[allow(
    dead_code,
    reason = "shared with the tests of one relay, which use all of it"
)]
#[path = "../relay/relay.rs"]
mod relay;
mod resume;
mod rolling;
mod talking;
mod who_is_there;
