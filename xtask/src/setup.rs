//! `cargo xtask setup`: installs what building and testing need and this machine lacks. It changes
//! nothing that is installed, so a second run does nothing.

mod cargo_tools;
mod node;
mod system;

use std::env::consts::EXE_SUFFIX;

use anyhow::Result;

use crate::{report, workspace};

/// The extent of the setup. Each one includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// To package the relay, which needs no desktop's packages.
    Relay,
    /// To build and start the app.
    Build,
    /// To drive the app's windows without a display, too.
    Demo,
    /// To run every check and every test as well.
    Everything,
}

pub(crate) fn run(scope: Scope) -> Result<()> {
    match scope {
        Scope::Relay => {}
        Scope::Build | Scope::Demo | Scope::Everything => system::install(scope)?,
    }
    node::install(scope)?;
    match scope {
        Scope::Relay => cargo_tools::install_packager(),
        Scope::Build | Scope::Demo => Ok(()),
        Scope::Everything => cargo_tools::install(),
    }
}

/// Before a first build of the app: prints what will happen and about how long it takes.
pub(crate) fn announce() {
    let app = workspace::target()
        .join("debug")
        .join(format!("snug{EXE_SUFFIX}"));
    if !app.exists() {
        report::say(
            "The first time this installs what is missing and builds the page, the relay and the \
             app: about six minutes on two cores.",
        );
    }
}

/// Installs one more program by cargo, which a single command needs, with these options of
/// `cargo install`.
pub(crate) fn program(name: &str, options: &[&str]) -> Result<()> {
    cargo_tools::install_one(name, options)
}
