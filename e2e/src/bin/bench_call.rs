//! `cargo xtask bench call`, `mesh`, `talk` and `share`: measure calls between browsers and windows
//! side by side. Arguments are the parts to measure; without any, those of calls of two.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
use e2e::bench::{self, Part};

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    say("Calls are measured on Linux: it is the window there that is compared with a browser.");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let mut parts = vec![];
    for name in &names {
        let Some(part) = Part::named(name) else {
            let known = Part::ALL.map(|part| part.to_string()).join(", ");
            say(&format!("There is no part “{name}”. There are: {known}."));
            return ExitCode::FAILURE;
        };
        parts.push(part);
    }
    if parts.is_empty() {
        parts.extend(Part::OF_TWO);
    }
    bench::run(&parts, say).await;
    ExitCode::SUCCESS
}

#[expect(
    clippy::print_stdout,
    reason = "the tables are what this program is for"
)]
fn say(words: &str) {
    println!("{words}");
}
