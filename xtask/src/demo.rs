//! `cargo xtask demo`: a relay and two browsers with synthetic cameras, calling each other
//! through the page's own buttons.

use anyhow::Result;

use crate::{page, setup, step, tool};

pub(crate) fn run() -> Result<()> {
    setup::run(setup::Scope::Everything)?;
    page::build_if_stale()?;
    step::run(
        "relay and demo",
        &mut tool::cargo(&[
            "build",
            "--package",
            "signal-server",
            "--package",
            "e2e",
            "--bins",
        ]),
    )?;
    step::foreground(&mut tool::cargo(&[
        "run",
        "--quiet",
        "--package",
        "e2e",
        "--bin",
        "demo",
    ]))
}
