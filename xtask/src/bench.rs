//! `cargo xtask bench`: measurements that people read; nothing fails by a figure here.

use anyhow::Result;
use clap::ValueEnum;

use crate::{step, tool};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: Bench,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Processor time a message and memory a member, beside a bare socket and socket.io
    Relay,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let name = match args.what {
        Bench::Relay => "relay",
    };
    step::run(
        "relay, optimised",
        &mut tool::cargo(&[
            "bench",
            "--package",
            "signal-server",
            "--bench",
            name,
            "--no-run",
        ]),
    )?;
    step::foreground(&mut tool::cargo(&[
        "bench",
        "--quiet",
        "--package",
        "signal-server",
        "--bench",
        name,
    ]))
}
