//! `cargo xtask prove people` and `cargo xtask prove mesh-lines`: proofs with real clients. The
//! arguments are the proof and its own arguments.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
use e2e::prove::{self, Proof};

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    say("These proofs run on Linux: they drive windows and make networks of their own.");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(proof) = Proof::named(&name) else {
        let known = Proof::ALL.map(|proof| proof.to_string()).join(", ");
        say(&format!("There is no proof “{name}”. There are: {known}."));
        return ExitCode::FAILURE;
    };
    let arguments: Vec<String> = arguments.collect();
    match prove::run(proof, &arguments, &say).await {
        Ok(faults) if faults.is_empty() => {
            say("It holds.");
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            say(&format!("It does not hold: {}.", faults.join("; ")));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the lines are what this program is for"
)]
fn say(words: &str) {
    println!("{words}");
}
