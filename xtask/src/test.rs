//! `cargo xtask test`: every check and every test, each as one quiet step. After a failed step the
//! others still run. The last line has the counts of the test runners.

mod borders;
mod checks;
pub(crate) mod fresh_clone;
mod layers;
pub(crate) mod package;
mod published;
mod runners;
mod served;
mod tally;
mod vocabulary;

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::{page, report, setup, step, tool, workspace::NPM};
use tally::Tally;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave out the tests in browsers and windows
    #[arg(long)]
    fast: bool,
    /// Only the Rust tests whose names contain one of these, and no other checks
    filter: Vec<String>,
}

/// The results of the steps so far.
#[derive(Debug, Default)]
struct Course {
    tally: Tally,
    /// Failed steps that are no test runners.
    broken: Vec<String>,
}

impl Course {
    /// Records the result of a check, so that the next one can run.
    fn take<T>(&mut self, name: &str, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                report::say(&format!("{error:#}"));
                self.broken.push(name.to_owned());
                None
            }
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    setup::run(setup::Scope::Everything)?;
    let mut course = Course::default();
    if args.filter.is_empty() {
        checks::format(&mut course);
        vocabulary::check(&mut course);
        borders::check(&mut course);
        layers::check(&mut course);
        for package in NPM {
            checks::npm(&mut course, package);
        }
    }
    let built = page::build_if_stale().and_then(|()| page::build_example());
    if course.take("page", built).is_some() {
        if args.filter.is_empty() {
            for package in NPM {
                runners::npm(&mut course, package);
            }
            if !args.fast {
                screens(&mut course);
            }
            checks::rust(&mut course);
            published::check(&mut course);
        }
        let programs = programs();
        if course.take("programs", programs).is_some() {
            if args.filter.is_empty() {
                package::check(&mut course);
                fresh_clone::check(&mut course);
            }
            runners::rust(&mut course, args);
        }
    }
    conclude(&course)
}

/// Every screen of the page, as it is built.
fn screens(course: &mut Course) {
    let built = page::build_gallery();
    if course.take("gallery", built).is_some() {
        runners::screens(course);
    }
}

/// The relay and the apps as real programs, for the end-to-end tests, and all Rust tests: together,
/// as Cargo would build many dependencies twice otherwise, with other features.
fn programs() -> Result<String> {
    let mut build = tool::cargo(&["build", "--locked", "--workspace", "--tests"]);
    for program in ["signal-server", "snug", "webrtc-example"] {
        build.args(["--bin", program]);
    }
    step::run("programs and tests", &mut build)
}

fn conclude(course: &Course) -> Result<ExitCode> {
    let mut tally = course.tally;
    if !course.broken.is_empty() {
        report::say(&format!("Failed steps: {}.", course.broken.join(", ")));
        tally.failed += course.broken.len();
    }
    ensure!(tally != Tally::default(), "No test ran.");
    // This must be the last line: programs read it.
    report::say(&tally.to_string());
    Ok(match tally.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
