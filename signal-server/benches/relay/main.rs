//! What the relay costs: processor time a relayed message beside two other relays doing the same
//! work in the same run, and memory an idle member.
//!
//! Each server is a process of its own; the load comes from this one. Run it by
//! `cargo xtask bench relay`, on a machine that does nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a program for people that prints a table and stops at whatever goes wrong"
)]

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod pairs;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
#[path = "../shared/processor_time.rs"]
mod processor_time;
#[cfg(target_os = "linux")]
mod system;

#[cfg(target_os = "linux")]
fn main() {
    if std::env::args().any(|argument| argument == bare::ARGUMENT) {
        return runtime().block_on(bare::serve());
    }
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    runtime().block_on(async {
        pairs::measure().await;
        memory::measure().await;
    });
}

#[cfg(target_os = "linux")]
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The relay is measured on Linux only: what it costs is read from /proc.");
}
