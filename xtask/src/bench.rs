//! `cargo xtask bench`: measurements that people read; nothing fails by a figure here.

use anyhow::Result;
use clap::ValueEnum;

use crate::{page, setup, step, tool};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: Bench,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Processor time a message and memory a member, beside a bare socket and socket.io
    Relay,
    /// Calls of windows beside calls of Chromium, on a good line and on bad ones; as root
    Call,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        Bench::Relay => relay(),
        Bench::Call => call(),
    }
}

fn relay() -> Result<()> {
    let bench = ["--package", "signal-server", "--bench", "relay"];
    step::run(
        "relay, optimised",
        tool::cargo(&["bench"]).args(bench).arg("--no-run"),
    )?;
    step::foreground(tool::cargo(&["bench", "--quiet"]).args(bench))
}

fn call() -> Result<()> {
    setup::run(setup::Scope::Everything)?;
    page::build_if_stale()?;
    let packages = [
        "--package",
        "signal-server",
        "--package",
        "snug",
        "--package",
        "e2e",
    ];
    step::run(
        "relay and app, optimised",
        tool::cargo(&["build", "--release", "--bins"]).args(packages),
    )?;
    step::foreground(&mut tool::cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "e2e",
        "--bin",
        "bench_call",
    ]))
}
