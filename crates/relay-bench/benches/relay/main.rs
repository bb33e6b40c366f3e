//! The cost of the relay: processor time per relayed message, memory per idle member, joins per
//! second, and two nodes as one. Other relays do the same work in the same run.
//!
//! Each server is a process of its own; the load comes from this process. Run it by `cargo xtask
//! bench relay`, on a machine that does nothing else.
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
mod joins;
#[cfg(target_os = "linux")]
mod matchbox;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod messages;
#[cfg(target_os = "linux")]
mod nodes;
#[cfg(target_os = "linux")]
mod pairs;
#[cfg(target_os = "linux")]
mod system;

#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Processor time per message, with limits, metrics and TLS off and on, beside a bare socket
    /// and socket.io
    Messages,
    /// Memory per idle member
    Memory,
    /// Joins per second, beside matchbox_server
    Joins,
    /// Messages between two nodes that Redis joins, beside one node
    Nodes,
}

#[cfg(target_os = "linux")]
#[derive(Debug, clap::Parser)]
#[command(about = "What the relay costs")]
struct Args {
    /// Without a name, all of them run
    parts: Vec<Part>,
    /// Cargo passes this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

#[cfg(target_os = "linux")]
fn main() {
    use clap::Parser;

    if let Some(arguments) = bare::arguments() {
        return runtime().block_on(bare::serve(&arguments));
    }
    let args = Args::parse();
    let has = |part| args.parts.is_empty() || args.parts.contains(&part);
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    runtime().block_on(async {
        if has(Part::Messages) {
            messages::measure().await;
        }
        if has(Part::Memory) {
            memory::measure().await;
        }
        if has(Part::Joins) {
            joins::measure().await;
        }
        if has(Part::Nodes) {
            nodes::measure().await;
        }
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
