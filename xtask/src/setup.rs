//! `cargo xtask setup`: installs what building and testing need and this machine lacks. What is
//! there is left alone, so a second run does nothing.

mod cargo_tools;
mod node;
mod system;

use anyhow::Result;

/// How much is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To package the relay, for which no desktop's packages are needed.
    Relay,
    /// To build and start the app.
    Build,
    /// To run every check and every test as well.
    Everything,
}

pub(crate) fn run(scope: Scope) -> Result<()> {
    match scope {
        Scope::Relay => {}
        Scope::Build | Scope::Everything => system::install(scope)?,
    }
    node::install(scope)?;
    match scope {
        Scope::Relay => cargo_tools::install_packager(),
        Scope::Build => Ok(()),
        Scope::Everything => cargo_tools::install(),
    }
}

/// Installs one more program of cargo's, that a single command needs.
pub(crate) fn program(name: &str) -> Result<()> {
    cargo_tools::install_one(name)
}
