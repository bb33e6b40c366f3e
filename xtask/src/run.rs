//! `cargo xtask run`: the page and the app, built and started. Where no window can open it says
//! so and shows the demo.

use std::env;

use anyhow::Result;

use crate::{demo, page, report, setup, step, tool};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Given to the app: an invite link, `--relay URL`, `--data-dir DIR`, ...
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    app: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if !has_display() {
        report::say("There is no display here, so no window can open. This is the demo instead.");
        return demo::run();
    }
    setup::announce();
    setup::run(setup::Scope::Build)?;
    page::build_if_stale()?;
    step::run("app", &mut tool::cargo(&["build", "--package", "snug"]))?;
    let mut app = tool::cargo(&["run", "--quiet", "--package", "snug", "--"]);
    step::foreground(app.args(&args.app))
}

fn has_display() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
