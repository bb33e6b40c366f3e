//! The relay under load: many members for a long time, many joins at once, and readers that do not
//! read.
//!
//! The relay is a process of its own, and the members are sockets of this process. Run it by `cargo
//! xtask bench load`. Sizes are arguments; the defaults are small. A message that is lost,
//! duplicated or out of order ends the run.
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
    /// Joins that all start at once
    Storm,
    /// Readers that stop reading, beside others that read
    Slow,
}

#[cfg(target_os = "linux")]
#[derive(Debug, clap::Parser)]
#[command(about = "The relay under load")]
struct Args {
    /// Without a name, all of them run
    parts: Vec<Part>,
    #[command(flatten)]
    steady: steady::Size,
    #[command(flatten)]
    storm: storm::Size,
    #[command(flatten)]
    slow: slow::Size,
    /// Cargo passes this to every bench
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
