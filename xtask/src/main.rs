//! `cargo xtask`: every command for this checkout, as one small program. Every command may be
//! repeated at any time, and works in a fresh clone.

mod bench;
mod bundle;
mod checkout;
mod demo;
#[cfg(test)]
mod documents;
mod fuzz;
mod notices;
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
    about = "Commands for this checkout"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install missing tools for building and testing
    Setup,
    /// Build the page and the app, and start the app
    Run(run::Args),
    /// Let two windows or browsers call each other through a relay, and print the result
    Demo,
    /// Run every check and every test
    Test(test::Args),
    /// Run one proof: `prove clone`, `prove package`, `prove people`, `prove screens`, `prove
    /// files`, the long runs `prove tampered`, `prove guesses`, `prove dictionary`, `prove lies`, and
    /// as root `prove container`, `prove mesh-lines`
    Prove(prove::Args),
    /// Measure something: `bench relay`, `bench load`, `bench call`, `bench mesh`, `bench talk`
    Bench(bench::Args),
    /// Search for bytes that break code which reads peers' data
    Fuzz(fuzz::Args),
    /// Take screenshots of every screen, into out/screenshots and docs/images
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
