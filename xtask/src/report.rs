//! Output on the terminal. The one place that prints.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal; all its printing is here"
)]

use std::{io::Write, time::Duration};

/// A plain line.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// The beginning of a step's line, printed before the step.
pub(crate) fn begin(step: &str) {
    print!("  {step:<34}");
    // A closed terminal does not stop the work.
    let _ = std::io::stdout().flush();
}

/// The rest of a step's line.
pub(crate) fn end(outcome: &str, took: Duration) {
    println!(" {outcome:<8} {:>6.1} s", took.as_secs_f64());
}

/// A skipped step, with the reason.
pub(crate) fn skipped(step: &str, reason: &str) {
    println!("  {step:<34} skipped: {reason}");
}

/// The output of a failed step.
pub(crate) fn output(text: &str) {
    println!("{}\n", text.trim_end());
}

/// The reason why this program stops.
pub(crate) fn problem(text: &str) {
    eprintln!("\n{text}");
}
