//! The commands and files that the documents show hosts of a relay, run with the programs of the
//! system. One that is missing is said, and its test ends.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect is to fail there, and one that cannot run says so"
)]

#[path = "../doctor/authority.rs"]
#[allow(dead_code, reason = "the doctor's tests make more certificates")]
mod authority;
#[path = "../relay/client.rs"]
#[allow(dead_code, reason = "the relay's tests say more")]
mod client;
mod compose;
mod flags;
mod front;
mod proxies;
#[path = "../nodes/redis.rs"]
#[allow(dead_code, reason = "the nodes' tests lose theirs")]
mod redis;
mod relay;
mod server;
mod shown;
#[path = "../turn/tools.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the TURN tests need more of coturn's tools"
)]
mod tools;
mod visitor;
