//! `cargo xtask bench call`: calls between browsers and windows, measured side by side.

use std::process::ExitCode;

use e2e::bench::{self, Cast};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cast = match std::env::args().nth(1).as_deref() {
        Some("--browsers") => Cast::Browsers,
        Some(_) | None => Cast::Everybody,
    };
    match bench::run(cast).await {
        Ok(report) => {
            say(&report.to_string());
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn say(words: &str) {
    println!("{words}");
}
