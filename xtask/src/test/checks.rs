//! The checks that are no tests: format, types, lints, dead code, dependencies and their licences,
//! and that the relay builds without a desktop's packages.

use anyhow::{Result, bail};

use super::Course;
use crate::{report, step, tool, workspace::Npm};

pub(super) fn format(course: &mut Course) {
    check(
        course,
        "rust: format",
        &mut tool::cargo(&["fmt", "--all", "--check"]),
    );
}

/// Each folder's own rules, from its own configuration.
pub(super) fn npm(course: &mut Course, package: Npm) {
    for (what, script, arguments) in [
        (
            "format",
            "prettier/bin/prettier.cjs",
            ["--check", "--log-level", "warn", "."].as_slice(),
        ),
        ("types", "typescript/bin/tsc", &["--noEmit"]),
        (
            "lint",
            "oxlint/bin/oxlint",
            &["--type-aware", "--deny-warnings"],
        ),
        ("dead code", "knip/bin/knip.js", &[]),
    ] {
        let name = format!("{}: {what}", package.name);
        check(course, &name, &mut tool::node(package, script, arguments));
    }
}

pub(super) fn rust(course: &mut Course) {
    let mut clippy = tool::cargo(&["clippy", "--locked", "--workspace", "--all-targets"]);
    check(
        course,
        "rust: lint",
        clippy.args(["--quiet", "--", "--deny", "warnings"]),
    );
    check(
        course,
        "rust: unused dependencies",
        &mut tool::cargo(&["machete"]),
    );
    let deny = ["deny", "--log-level", "error", "--all-features", "check"];
    let mut licences = tool::cargo(&deny);
    check(
        course,
        "rust: bans, licences, sources",
        licences.args(["bans", "licenses", "sources"]),
    );
    advisories(course, tool::cargo(&deny).arg("advisories"));
    let alone = relay_stands_alone();
    course.take("relay stands alone", alone);
}

fn check(course: &mut Course, name: &str, command: &mut std::process::Command) {
    let result = step::run(name, command);
    course.take(name, result);
}

/// Known vulnerabilities of dependencies are looked up in a public database, which some machines
/// cannot reach. The workflow on GitHub always can.
fn advisories(course: &mut Course, command: &mut std::process::Command) {
    let name = "rust: advisories";
    let must = std::env::var_os("GITHUB_ACTIONS").is_some();
    let fetched = step::capture(&mut tool::cargo(&["deny", "fetch", "db"]))
        .is_ok_and(|finished| finished.success);
    if fetched || must {
        check(course, name, command);
    } else {
        report::skipped(name, "their database cannot be reached from here");
    }
}

/// People without a desktop's headers must be able to build and test the relay.
fn relay_stands_alone() -> Result<()> {
    let tree = step::run(
        "relay stands alone",
        &mut tool::cargo(&[
            "tree",
            "--locked",
            "--package",
            "signal-server",
            "--edges",
            "all",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]),
    )?;
    let desktop = [
        "gtk",
        "webkit2gtk",
        "gdk",
        "glib",
        "tauri",
        "wry",
        "javascriptcore-rs",
    ];
    for line in tree.lines() {
        let name = line.split_whitespace().next().unwrap_or_default();
        if desktop
            .iter()
            .any(|word| name == *word || name == format!("{word}-sys"))
        {
            bail!(
                "signal-server depends on {name}, which needs a desktop's packages. Take it out."
            );
        }
    }
    Ok(())
}
