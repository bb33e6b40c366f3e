//! Programs that checks need beside cargo: installed by cargo into its own home, once.

use anyhow::{Result, bail};

use crate::{report, step, tool};

const INSTALLED: [&str; 2] = ["cargo-deny", "cargo-machete"];
const COMPONENTS: [&str; 2] = ["rustfmt", "clippy"];

pub(super) fn install() -> Result<()> {
    for component in COMPONENTS {
        let subcommand = if component == "rustfmt" {
            "fmt"
        } else {
            component
        };
        if !step::capture(&mut tool::cargo(&[subcommand, "--version"]))?.success {
            bail!("{component} is missing. `rustup component add {component}` installs it.");
        }
    }
    for program in INSTALLED {
        if tool::cargo_has(program.trim_start_matches("cargo-")) {
            continue;
        }
        report::say(&format!("  {program} is built once; this takes minutes."));
        step::run(program, &mut tool::cargo(&["install", "--locked", program]))?;
    }
    Ok(())
}
