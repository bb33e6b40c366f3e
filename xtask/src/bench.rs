//! `cargo xtask bench`: measurements that people read; nothing fails by a figure here.

use anyhow::Result;
use clap::ValueEnum;

use crate::{page, setup, step, tool};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: Bench,
    /// Only these parts of the calls: cost, lines, peers, lips
    parts: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Processor time a message and memory a member, beside a bare socket and socket.io
    Relay,
    /// Processor time a relayed datagram, beside coturn
    Turn,
    /// Calls of windows beside calls of Chromium, on a good line and on bad ones; as root
    Call,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        Bench::Relay => of_the_relay("relay"),
        Bench::Turn => of_the_relay("turn"),
        Bench::Call => call(&args.parts),
    }
}

fn of_the_relay(name: &str) -> Result<()> {
    let bench = ["--package", "signal-server", "--bench", name];
    step::run(
        "relay, optimised",
        tool::cargo(&["bench"]).args(bench).arg("--no-run"),
    )?;
    step::foreground(tool::cargo(&["bench", "--quiet"]).args(bench))
}

fn call(parts: &[String]) -> Result<()> {
    setup::run(setup::Scope::Everything)?;
    page::build_if_stale()?;
    page::build_example()?;
    let packages = [
        "--package",
        "signal-server",
        "--package",
        "snug",
        "--package",
        "webrtc-example",
        "--package",
        "e2e",
    ];
    step::run(
        "relay and apps, optimised",
        tool::cargo(&["build", "--release", "--bins"]).args(packages),
    )?;
    let mut bench = tool::cargo(&["run", "--quiet", "--release", "--package", "e2e"]);
    step::foreground(bench.args(["--bin", "bench_call", "--"]).args(parts))
}
