//! `cargo xtask bench`: measurements that people read; nothing fails by a figure here.

use anyhow::Result;
use clap::ValueEnum;

use crate::{page, setup, step, tool};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: Bench,
    /// For calls, only these parts: cost, lines, peers, lips. For the load: steady, storm, slow and
    /// their sizes, as `bench load --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    parts: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Processor time a message and memory a member, beside a bare socket and socket.io
    Relay,
    /// Many members for long, everybody at once, and readers that do not read
    Load,
    /// Processor time a relayed datagram, beside coturn
    Turn,
    /// Calls of windows beside calls of Chromium, on a good line and on bad ones; as root
    Call,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match args.what {
        Bench::Relay => of_the_relay("relay", &[]),
        Bench::Load => of_the_relay("load", &args.parts),
        Bench::Turn => of_the_relay("turn", &[]),
        Bench::Call => call(&args.parts),
    }
}

fn of_the_relay(name: &str, arguments: &[String]) -> Result<()> {
    let bench = ["--package", "signal-server", "--bench", name];
    step::run(
        "relay, optimised",
        tool::cargo(&["bench"]).args(bench).arg("--no-run"),
    )?;
    let mut run = tool::cargo(&["bench", "--quiet"]);
    step::foreground(run.args(bench).arg("--").args(arguments))
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
