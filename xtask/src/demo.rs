//! `cargo xtask demo`: a relay and two windows of the app with synthetic cameras, which call each
//! other through the page's own buttons.

use anyhow::Result;

use crate::{
    page, setup, step,
    tool::{self, Build},
};

pub(crate) fn run() -> Result<()> {
    setup::announce();
    setup::run(setup::Scope::Demo)?;
    page::build_if_stale()?;
    step::run(
        "relay, app and demo",
        &mut tool::cargo(&[
            "build",
            "--package",
            "signal-server",
            "--package",
            "snug",
            "--package",
            "e2e",
            "--bins",
        ]),
    )?;
    step::foreground(&mut tool::built(Build::Debug, "demo"))
}
