//! `cargo xtask bundle`: the packages people install. The app's are made by the Tauri CLI, the
//! relay's by cargo-deb from what `signal-server/Cargo.toml` says.

use anyhow::Result;

use crate::{page, report, setup, step, tool, workspace};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_enum, default_value = "app")]
    what: What,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The desktop app, for the system this runs on
    App,
    /// The relay, for Debian and its like
    Relay,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        What::App => app(),
        What::Relay => relay(),
    }
}

fn app() -> Result<()> {
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

fn relay() -> Result<()> {
    setup::run(setup::Scope::Relay)?;
    page::build_if_stale()?;
    let mut build = tool::cargo(&["deb", "--locked", "--package", "signal-server"]);
    let said = step::run("relay's package", &mut build)?;
    // The last line is where it lies.
    report::say(
        said.lines()
            .find(|line| line.ends_with(".deb"))
            .unwrap_or(&said),
    );
    Ok(())
}
