//! The relay under load: many members for long, everybody at once, and readers that do not read.
//!
//! The relay is a process of its own, the members are sockets of this one. Run it by
//! `cargo xtask bench load`; the sizes are arguments, small ones without them. What was lost, came
//! twice or out of order ends the run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a program for people that prints figures and stops at whatever goes wrong"
)]

#[cfg(target_os = "linux")]
mod latencies;
#[cfg(target_os = "linux")]
mod member;
#[cfg(target_os = "linux")]
mod slow;
#[cfg(target_os = "linux")]
mod steady;
#[cfg(target_os = "linux")]
mod storm;
#[cfg(target_os = "linux")]
mod traffic;

#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Rooms of two that send to each other
    Steady,
    /// Joins that all begin at once
    Storm,
    /// Readers that stop reading, beside others
    Slow,
}

#[cfg(target_os = "linux")]
#[derive(Debug, clap::Parser)]
#[command(about = "The relay under load")]
struct Args {
    /// All of them where none is named
    parts: Vec<Part>,
    #[command(flatten)]
    steady: steady::Size,
    #[command(flatten)]
    storm: storm::Size,
    #[command(flatten)]
    slow: slow::Size,
    /// What cargo says to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

#[cfg(target_os = "linux")]
fn main() {
    use clap::Parser;

    let args = Args::parse();
    let has = |part| args.parts.is_empty() || args.parts.contains(&part);
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            if has(Part::Steady) {
                steady::measure(args.steady).await;
            }
            if has(Part::Storm) {
                storm::measure(args.storm).await;
            }
            if has(Part::Slow) {
                slow::measure(args.slow).await;
            }
        });
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The relay is measured on Linux only: what it costs is read from /proc.");
}
