//! The programs that steps run, ready for their arguments. They are found in the same way on every
//! system, and always start at the top of the checkout.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::workspace::{self, Npm};

/// The cargo that started this program, so that the toolchain stays the same.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(workspace::top());
    for (name, _) in env::vars_os() {
        // These variables of `cargo run` would make build scripts run again.
        if name.to_string_lossy().starts_with("CARGO_PKG_")
            || name.to_string_lossy().starts_with("CARGO_MANIFEST_")
        {
            command.env_remove(name);
        }
    }
    command
}

/// A program that a step before has built. `cargo run` would build it once more, since the features of
/// dependencies follow the packages of each command.
pub(crate) fn built(build: Build, program: &str) -> Command {
    let folder = match build {
        Build::Debug => "debug",
        Build::Optimised => "release",
    };
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    let mut command = Command::new(workspace::target().join(folder).join(file));
    command.current_dir(workspace::top());
    command
}

/// How cargo built a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    Debug,
    Optimised,
}

/// All packages that a package contains when it is built here, one on each line of the output.
pub(crate) fn dependencies(package: &str) -> Command {
    let mut tree = cargo(&["tree", "--locked", "--prefix", "none", "--format", "{p}"]);
    // Macros and their dependencies run while a program is compiled, and are not in it.
    tree.args(["--edges", "normal,no-proc-macro", "--package", package]);
    tree
}

/// npm, in that folder.
pub(crate) fn npm(package: Npm, arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(package.folder());
    command
}

/// A script of a package in that folder's `node_modules`, run by Node from that folder.
pub(crate) fn node(package: Npm, script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command
        .arg(package.folder().join("node_modules").join(script))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR")
        .current_dir(package.folder());
    command
}

/// Whether a program with this name can be started.
pub(crate) fn exists(program: &str) -> bool {
    find(program).is_some()
}

/// Whether cargo knows this subcommand.
pub(crate) fn cargo_has(subcommand: &str) -> bool {
    find(&format!("cargo-{subcommand}")).is_some()
}

fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(cargo_bin())
        // Servers are there; only root's path contains it.
        .chain(cfg!(target_os = "linux").then(|| PathBuf::from("/usr/sbin")))
        .map(|folder| folder.join(&file))
        .find(|candidate| is_program(candidate))
}

/// The folder of `cargo install`. Cargo itself looks there too.
fn cargo_bin() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .map(|home| home.join("bin"))
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}
