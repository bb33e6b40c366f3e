//! Node and the packages of the page and of the plugin, exactly as in the lock files. The page
//! builds with its own packages only; the plugin's are for its checks and its example.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use super::Scope;
use crate::{
    step, tool,
    workspace::{NPM, Npm, PAGE},
};

/// Vite needs this version; `engines` in ui/package.json says the same.
const OLDEST_NODE: (u32, u32) = (20, 19);

pub(super) fn install(scope: Scope) -> Result<()> {
    check_node()?;
    match scope {
        Scope::Relay | Scope::Build | Scope::Demo => packages(PAGE),
        Scope::Everything => NPM.into_iter().try_for_each(packages),
    }
}

fn packages(package: Npm) -> Result<()> {
    let lock = package.folder().join("package-lock.json");
    let wanted =
        fs::read(&lock).with_context(|| format!("{} could not be read.", lock.display()))?;
    if fs::read(installed(package)).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    step::run(
        &format!("{}'s packages", package.name),
        &mut tool::npm(package, &["ci", "--no-audit", "--no-fund"]),
    )?;
    fs::write(installed(package), wanted)
        .with_context(|| format!("{} could not be written.", installed(package).display()))
}

/// A copy of the installed lock file. It is deleted together with `node_modules`.
fn installed(package: Npm) -> PathBuf {
    package.folder().join("node_modules/.installed-lock.json")
}

fn check_node() -> Result<()> {
    let (major, minor) = OLDEST_NODE;
    let found = step::capture(std::process::Command::new("node").arg("--version"))
        .ok()
        .and_then(|finished| version(&finished.output));
    match found {
        Some(there) if there >= OLDEST_NODE => Ok(()),
        Some((old, older)) => bail!(
            "Node {old}.{older} is too old for the page's tools. Install Node {major}.{minor} or newer from https://nodejs.org."
        ),
        None => {
            bail!("Node is missing. Install Node {major}.{minor} or newer from https://nodejs.org.")
        }
    }
}

/// `v20.19.2` as (20, 19).
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn node_version_is_parsed() {
        let check = |text, expect| assert_eq!(version(text), expect, "{text}");
        check("v20.19.2\n", Some((20, 19)));
        check("v24.0.0-nightly", Some((24, 0)));
        check("command not found", None);
        check("", None);
    }
}
