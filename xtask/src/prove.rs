//! `cargo xtask prove`: one proof. `container` needs root, a network and minutes, and is not part
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
    /// The first commands of the README in a copy of the checkout, as in `test`
    Clone,
    /// The relay's package, unpacked, as in `test`
    Package,
    /// The steps of the Dockerfile and the relay's package, in a Debian made by debootstrap; as
    /// root
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

/// The debug build replaces the program that hosts build.
fn relay() -> Result<()> {
    setup::run(setup::Scope::Relay)?;
    let build = ["build", "--locked", "--package", "signal-server"];
    step::run("relay", &mut tool::cargo(&build)).map(drop)
}
