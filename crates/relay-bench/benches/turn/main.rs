//! The cost of relayed media: processor time per datagram by UDP, TCP and TLS. coturn does the same
//! work in the same run.
//!
//! Each server is a process of its own; the load comes from this process. Run it by `cargo xtask
//! bench relay turn`, on a machine that does nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a program for people that prints a table and stops at whatever goes wrong"
)]

#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
fn main() {
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(table::measure());
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("TURN is measured on Linux only: what it costs is read from /proc.");
}
