//! `cargo xtask prove`: one proof alone. `container` wants root, a network and minutes, and is no part
//! of `test`.

mod container;
mod dockerfile;
mod ignore;

use anyhow::Result;

use crate::{setup, step, test::fresh_clone, tool};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: What,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// README's first commands in a copy of the checkout, as `test` does
    Clone,
    /// The Dockerfile's steps and the relay's package, in a Debian made by debootstrap; as root
    Container,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        What::Clone => {
            setup::run(setup::Scope::Relay)?;
            let build = ["build", "--locked", "--package", "signal-server"];
            step::run("relay", &mut tool::cargo(&build))?;
            fresh_clone::run()
        }
        What::Container => container::run(),
    }
}
