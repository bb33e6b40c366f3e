//! `cargo xtask types`: writes the TypeScript that is generated from Rust. The tests that fail on
//! stale files write them here.

use anyhow::{Result, ensure};

use crate::{setup, step, tool};

/// The crates whose types the page uses.
const SOURCES: [&str; 3] = ["signal-protocol", "snug-shell", "webview-rtc"];

pub(crate) fn run() -> Result<()> {
    setup::run(setup::Scope::Build)?;
    for package in SOURCES {
        let mut tests = tool::cargo(&["test", "--quiet", "--package", package, "--lib"]);
        let output = step::run(
            &format!("types of {package}"),
            tests.arg("typescript::").env("SNUG_WRITE_TYPES", "1"),
        )?;
        ensure!(
            !output.contains("running 0 tests"),
            "{package} has no tests named typescript:: any more, so nothing was written."
        );
    }
    Ok(())
}
