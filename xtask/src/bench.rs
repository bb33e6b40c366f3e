//! `cargo xtask bench`: measurements for people. No figure makes it fail.

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::{
    page, setup, step,
    tool::{self, Build},
};

const TURN: &str = "turn";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: Bench,
    /// Only these parts. Of the relay: messages, memory, joins, nodes, turn. Of calls: cost, lines,
    /// peers, av-sync. Of the load: steady, storm, slow, with the sizes that `bench load --help`
    /// lists
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    parts: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Cost of messages, members, joins, relayed media and a second node, beside a bare socket,
    /// socket.io, matchbox_server and coturn
    Relay,
    /// Many members for a long time, many joins at once, and readers that do not read
    Load,
    /// Calls of windows beside calls of Chromium, over good and bad paths; as root
    Call,
    /// One member of a room of two, four, six and eight, beside a page with the bare API
    Mesh,
    /// Files and chat messages in a call, beside a bare data channel; as root
    Talk,
    /// A shared screen of the Linux window beside one of Chromium
    Share,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(
        args.parts.is_empty() || !matches!(args.what, Bench::Mesh | Bench::Talk | Bench::Share),
        "this bench has no parts: leave out “{}”",
        args.parts.join(" ")
    );
    match args.what {
        Bench::Relay => relay(&args.parts),
        Bench::Load => of_the_relay("load", &args.parts),
        Bench::Call => call(&args.parts),
        Bench::Mesh => call(&["mesh".to_owned()]),
        Bench::Talk => call(&["talk".to_owned()]),
        Bench::Share => call(&["share".to_owned()]),
    }
}

fn relay(parts: &[String]) -> Result<()> {
    // Relayed media has its own client, and so its own program.
    let (turn, others): (Vec<_>, Vec<_>) = parts.iter().cloned().partition(|part| part == TURN);
    let everything = parts.is_empty();
    if everything || !others.is_empty() {
        of_the_relay("relay", &others)?;
    }
    if everything || !turn.is_empty() {
        of_the_relay("turn", &[])?;
    }
    Ok(())
}

fn of_the_relay(name: &str, arguments: &[String]) -> Result<()> {
    step::run(
        "relay, optimised",
        &mut tool::cargo(&["build", "--release", "--package", "signal-server"]),
    )?;
    let bench = ["--package", "relay-bench", "--bench", name];
    step::run(
        "bench, optimised",
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
    step::foreground(tool::built(Build::Optimised, "bench_call").args(parts))
}
