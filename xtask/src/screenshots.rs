//! `cargo xtask screenshots`: every screen from the gallery, and the real app for the README.

use anyhow::Result;

use crate::{
    page, setup, step,
    tool::{self, Build},
};

pub(crate) fn run() -> Result<()> {
    setup::run(setup::Scope::Everything)?;
    page::build_if_stale()?;
    let folder = page::build_gallery()?;
    step::run(
        "relay and camera",
        &mut tool::cargo(&[
            "build",
            "--package",
            "signal-server",
            "--package",
            "e2e",
            "--bins",
        ]),
    )?;
    step::foreground(tool::built(Build::Debug, "screenshots").arg(&folder))
}
