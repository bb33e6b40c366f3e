//! `cargo xtask bundle`: the packages people install, made by the Tauri CLI.

use anyhow::Result;

use crate::{report, setup, step, tool, workspace};

pub(crate) fn run() -> Result<()> {
    setup::run(setup::Scope::Build)?;
    let mut build = tool::node(
        workspace::PAGE,
        "@tauri-apps/cli/tauri.js",
        &["build", "--ci"],
    );
    if cfg!(target_os = "linux") {
        // An AppImage would download its parts while it is built.
        build.args(["--bundles", "deb,rpm"]);
    }
    // The CLI takes the folder it is started in for the app's.
    step::run("packages", build.current_dir(workspace::top()))?;
    report::say("The packages are in target/release/bundle.");
    Ok(())
}
