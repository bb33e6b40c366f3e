//! Runs the commands and files that the documents show to hosts, with the system's programs. If a
//! program is missing, the test prints this and ends.
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
