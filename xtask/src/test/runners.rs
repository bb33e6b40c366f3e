//! The test runners: vitest for the page, and for Rust nextest, or cargo's own runner if nextest is
//! not installed. Each adds its counts.

use std::process::Command;

use super::{
    Args, Course,
    tally::{self, Tally},
};
use crate::{
    report, step, tool,
    workspace::{Npm, PAGE},
};

/// A folder's own tests, without a browser.
pub(super) fn npm(course: &mut Course, package: Npm) {
    let project: &[&str] = if package == PAGE {
        &["--project", "node"]
    } else {
        &[]
    };
    let mut vitest = tool::node(package, "vitest/vitest.mjs", &["run"]);
    let name = format!("{}: tests", package.name);
    take(course, &name, vitest.args(project), Tally::of_vitest);
}

/// Every screen of the built gallery, in Chromium.
pub(super) fn screens(course: &mut Course) {
    let browser = ["run", "--project", "browser"];
    let mut vitest = tool::node(PAGE, "vitest/vitest.mjs", &browser);
    take(course, "page: screens", &mut vitest, Tally::of_vitest);
}

/// Every crate's tests, the end-to-end ones last.
pub(super) fn rust(course: &mut Course, args: &Args) {
    if tool::cargo_has("nextest") {
        nextest(course, args);
    } else {
        cargo_test(course, args);
    }
}

fn nextest(course: &mut Course, args: &Args) {
    let mut tests = tool::cargo(&[
        "nextest",
        "run",
        "--locked",
        "--workspace",
        "--no-fail-fast",
        "--color",
        "never",
    ]);
    tests.args(["--status-level", "fail", "--final-status-level", "fail"]);
    tests.args(["--hide-progress-bar", "--no-tests", "warn"]);
    tests
        .args(left_out(args))
        .args(&args.filter)
        .arg("--")
        .args(only_for_root());
    if let Some(output) = take(course, "tests", &mut tests, Tally::of_nextest)
        && let Some(summary) = tally::nextest_summary(&output)
    {
        report::say(&format!("  {summary}"));
    }
    if args.filter.is_empty() {
        // nextest does not run the examples in documentation; cargo does.
        let mut examples = tool::cargo(&["test", "--locked", "--workspace", "--doc", "--quiet"]);
        examples.args(["--no-fail-fast"]);
        take(
            course,
            "examples in documentation",
            &mut examples,
            Tally::of_cargo_test,
        );
    }
}

fn cargo_test(course: &mut Course, args: &Args) {
    let mut tests = tool::cargo(&["test", "--locked", "--workspace", "--no-fail-fast"]);
    tests.args(left_out(args)).arg("--").args(&args.filter);
    tests.args(only_for_root());
    take(course, "tests", &mut tests, Tally::of_cargo_test);
}

fn left_out(args: &Args) -> &'static [&'static str] {
    if args.fast {
        &["--exclude", "e2e"]
    } else {
        &[]
    }
}

/// Only root can make a network namespace. For other users, the tests that need one are left out by
/// the start of their names.
fn only_for_root() -> &'static [&'static str] {
    let is_root = step::capture(Command::new("id").arg("-u"))
        .is_ok_and(|finished| finished.output.trim() == "0");
    if is_root || !cfg!(target_os = "linux") {
        return &[];
    }
    report::say(
        "  as root also: calls over a line that loses packets and between homes behind routers",
    );
    &["--skip", "as_root_"]
}

/// Runs a runner and counts. A failure without counts is a failed step.
fn take(
    course: &mut Course,
    name: &str,
    runner: &mut Command,
    count: fn(&str) -> Option<Tally>,
) -> Option<String> {
    // An error that a test returns names its place; a panic keeps its backtrace.
    runner.env("RUST_LIB_BACKTRACE", "0");
    let finished = course.take(name, step::attempt(name, runner))?;
    let tally = count(&finished.output);
    course.tally.add(tally.unwrap_or_default());
    if !finished.success {
        report::output(&finished.output);
        if tally.is_none_or(|tally| tally.failed == 0) {
            course.broken.push(name.to_owned());
        }
    }
    Some(finished.output)
}
