//! The doctor with real relays, and with a real instance of each fault.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect is to fail there, and one that cannot run says so"
)]

mod authority;
mod certificates;
#[cfg(target_os = "linux")]
mod namespace;
mod places;
mod program;
mod proxies;
mod proxy;
mod relay;
#[path = "../turn/tools.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the TURN tests need more of coturn's tools"
)]
mod tools;
mod turn;
mod well;
