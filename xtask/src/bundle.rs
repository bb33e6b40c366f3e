//! `cargo xtask bundle`: packages for installation. The Tauri CLI makes the app's, and cargo-deb
//! makes the relay's from `signal-server/Cargo.toml`.

use anyhow::Result;

use crate::{
    notices::{self, Bundle},
    page, report, setup, step, tool, workspace,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_enum, default_value = "app")]
    what: What,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The desktop app, for this system
    App,
    /// The relay, for Debian and similar systems
    Relay,
}

const NOTICES_AS_RESOURCE: &str =
    r#"{"bundle":{"resources":{"target/xtask/notices/app.txt":"third-party-notices.txt"}}}"#;

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        What::App => app(),
        What::Relay => relay(),
    }
}

fn app() -> Result<()> {
    setup::run(setup::Scope::Build)?;
    page::build_if_stale()?;
    notices::write(Bundle::App)?;
    let mut build = tool::node(
        workspace::PAGE,
        "@tauri-apps/cli/tauri.js",
        &["build", "--ci"],
    );
    if cfg!(target_os = "linux") {
        // An AppImage would download parts while it is built.
        build.args(["--bundles", "deb,rpm"]);
    } else {
        // Linux has its own folder for them, which tauri.conf.json names.
        build.args(["--config", NOTICES_AS_RESOURCE]);
    }
    // The CLI uses its working folder as the app's.
    step::run("packages", build.current_dir(workspace::top()))?;
    report::say("The packages are in target/release/bundle.");
    Ok(())
}

fn relay() -> Result<()> {
    setup::run(setup::Scope::Relay)?;
    page::build_if_stale()?;
    notices::write(Bundle::Relay)?;
    let mut build = tool::cargo(&["deb", "--locked", "--package", "signal-server"]);
    let said = step::run("relay's package", &mut build)?;
    // The last line is its path.
    report::say(
        said.lines()
            .find(|line| line.ends_with(".deb"))
            .unwrap_or(&said),
    );
    Ok(())
}
