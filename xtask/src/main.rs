//! `cargo xtask`: everything people do with this checkout, as one small program.
//! Every command may be repeated at any time and starts from a fresh clone.

mod bench;
mod bundle;
mod checkout;
mod demo;
#[cfg(test)]
mod documents;
mod fuzz;
mod page;
mod prove;
mod report;
mod run;
mod screenshots;
mod setup;
mod step;
mod test;
mod tool;
mod types;
mod windows;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "What people do with this checkout"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what building and testing need and this machine lacks
    Setup,
    /// Build the page and the app, and start the app
    Run(run::Args),
    /// Let two browsers call each other through a relay, and print what came of it
    Demo,
    /// Every check and every test
    Test(test::Args),
    /// One proof alone: `prove clone`, `prove package`, and as root `prove container`
    Prove(prove::Args),
    /// Measure something: `bench relay`
    Bench(bench::Args),
    /// Look for bytes that break what strangers' messages go through
    Fuzz(fuzz::Args),
    /// Write a picture of every screen to out/screenshots and docs/images
    Screenshots,
    /// Write the TypeScript types that are generated from Rust
    Types,
    /// Type-check the workspace for Windows from another system
    CheckWindows(windows::Args),
    /// Build installable packages: `bundle`, `bundle relay`
    Bundle(bundle::Args),
}

fn main() -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let result = match Cli::parse().command {
        Command::Setup => setup::run(setup::Scope::Everything).map(done),
        Command::Run(args) => run::run(&args).map(done),
        Command::Demo => demo::run().map(done),
        Command::Test(args) => test::run(&args),
        Command::Prove(args) => prove::run(&args).map(done),
        Command::Bench(args) => bench::run(&args).map(done),
        Command::Fuzz(args) => fuzz::run(&args).map(done),
        Command::Screenshots => screenshots::run().map(done),
        Command::Types => types::run().map(done),
        Command::CheckWindows(args) => windows::run(&args).map(done),
        Command::Bundle(args) => bundle::run(&args).map(done),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            report::problem(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
