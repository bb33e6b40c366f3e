//! Programs that checks need in addition to cargo. Cargo installs them once, into its own home, as
//! debug builds: they are built in a third of the time, and the checks take seconds with them.

use anyhow::{Result, bail};

use crate::{report, step, tool};

const INSTALLED: [&str; 2] = ["cargo-deny", "cargo-machete"];
/// Makes the relay's package, for Debian and similar systems.
const PACKAGER: &str = "cargo-deb";
/// Drives Firefox in the end-to-end tests, on Linux as its packages lack it.
const FIREFOX_DRIVER: &str = "geckodriver";
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
        install_one(program, &["--debug"])?;
    }
    if cfg!(target_os = "linux") {
        install_packager()?;
        install_one(FIREFOX_DRIVER, &["--debug"])?;
    }
    Ok(())
}

pub(super) fn install_packager() -> Result<()> {
    install_one(PACKAGER, &["--debug"])
}

pub(super) fn install_one(program: &str, options: &[&str]) -> Result<()> {
    if tool::exists(program) {
        return Ok(());
    }
    report::say(&format!("  {program} is built once; this takes minutes."));
    let mut install = tool::cargo(&["install", "--locked", program]);
    step::run(program, install.args(options))?;
    Ok(())
}
