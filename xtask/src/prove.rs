//! `cargo xtask prove`: one proof alone. `container` wants root, a network and minutes, and is no part
//! of `test`.

mod container;
mod dockerfile;
mod ignore;

use anyhow::Result;

use crate::{
    page, setup, step,
    test::{fresh_clone, package},
    tool,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: What,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// README's first commands in a copy of the checkout, as `test` does
    Clone,
    /// The relay's package, unpacked, as `test` does
    Package,
    /// The Dockerfile's steps and the relay's package, in a Debian made by debootstrap; as root
    Container,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        What::Clone => {
            relay()?;
            fresh_clone::run()
        }
        What::Package => {
            relay()?;
            page::build_if_stale()?;
            package::make_and_check()
        }
        What::Container => container::run(),
    }
}

/// What stands in for the program that hosts build.
fn relay() -> Result<()> {
    setup::run(setup::Scope::Relay)?;
    let build = ["build", "--locked", "--package", "signal-server"];
    step::run("relay", &mut tool::cargo(&build)).map(drop)
}
