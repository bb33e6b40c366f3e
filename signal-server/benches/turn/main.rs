//! What relaying media costs: processor time a datagram, beside coturn doing the same work in the
//! same run.
//!
//! Each server is a process of its own; the load comes from this one. Run it by
//! `cargo xtask bench turn`, on a machine that does nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a program for people that prints a table and stops at whatever goes wrong"
)]

#[cfg(target_os = "linux")]
#[path = "../../tests/turn/asking.rs"]
#[allow(dead_code, reason = "the tests ask more")]
mod asking;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
#[path = "../shared/processor_time.rs"]
mod processor_time;
#[cfg(target_os = "linux")]
#[path = "../../tests/turn/relay.rs"]
#[allow(dead_code, reason = "the tests want more of it")]
mod relay;
#[cfg(target_os = "linux")]
mod system;

#[cfg(target_os = "linux")]
fn main() {
    use load::Pace;
    use system::System;

    const ROUNDS: usize = 3;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("datagrams from 16 clients to a peer and back, by UDP on one computer");
    println!(
        "{:<14} {:>6} {:<22} {:>12} {:>14} {:>14} {:>8}",
        "", "bytes", "pace", "datagrams/s", "a core: dgr/s", "Mbit/s", "lost"
    );
    for (bytes, pace) in [
        (1200, Pace::Steady { a_second: 10_000 }),
        (160, Pace::Steady { a_second: 10_000 }),
        (1200, Pace::Full { under_way: 256 }),
        (160, Pace::Full { under_way: 256 }),
    ] {
        // One after the other, several times: what else the machine does hits both.
        let mut best = [0.0_f64; 2];
        for _ in 0..ROUNDS {
            for (system, best) in [System::Snug, System::Coturn].into_iter().zip(&mut best) {
                let Some(running) = runtime.block_on(system.start()) else {
                    println!("coturn is not here; install it with `apt-get install coturn`");
                    return;
                };
                let cost = runtime.block_on(load::measure(&running, bytes, pace));
                *best = best.max(cost.datagrams_a_core());
                println!(
                    "{:<14} {:>6} {:<22} {:>12.0} {:>14.0} {:>14.0} {:>7.2}%",
                    system.name(),
                    bytes,
                    format!("{pace:?}"),
                    cost.datagrams_a_second(),
                    cost.datagrams_a_core(),
                    cost.datagrams_a_core() * bytes as f64 * 8.0 / 1e6,
                    cost.lost() * 100.0,
                );
            }
        }
        println!("{:<14} best of each: {:.2} x coturn", "", best[0] / best[1]);
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("TURN is measured on Linux only: what it costs is read from /proc.");
}
