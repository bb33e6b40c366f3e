//! The relay's package, made with the debug build: its service is still hardened, and its program
//! starts with its own configuration and page.
//!
//! Invariant: nothing is installed; everything happens below the target folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::{Course, served};
use crate::{
    notices::{self, Bundle},
    report, step, tool, workspace,
};

const NAME: &str = "relay's package";
const SERVICE: &str = "usr/lib/systemd/system/snug-relay.service";
const PROGRAM: &str = "usr/bin/signal-server";
const CONFIGURATION: &str = "etc/snug/relay.env";
const PAGE: &str = "usr/share/snug-relay/page";
const NOTICES: &str = "usr/share/doc/snug-relay/third-party-notices.txt";
/// Tenths of systemd's exposure, from 0 to 100. Below 20 is its "OK".
const EXPOSURE: &str = "--threshold=16";

pub(super) fn check(course: &mut Course) {
    if !cfg!(target_os = "linux") || !tool::exists("dpkg-deb") {
        report::skipped(NAME, "it is made for Debian and its like");
        return;
    }
    let result = make_and_check();
    course.take(NAME, result);
}

pub(crate) fn make_and_check() -> Result<()> {
    let folder = folder();
    let package = make()?;
    let root = folder.join("unpacked");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let mut unpack = Command::new("dpkg-deb");
    step::run(
        "relay's package: unpack",
        unpack.arg("--extract").arg(&package).arg(&root),
    )?;
    verify(&folder, &root)?;
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", "--no-pager", EXPOSURE]);
    step::run(
        "relay's service: exposure",
        security.arg(root.join(SERVICE)),
    )?;
    read_by_their_programs(&root)?;
    start(&root)
}

fn folder() -> PathBuf {
    workspace::target().join("package")
}

/// The path of the package, made with the debug build.
pub(crate) fn make() -> Result<PathBuf> {
    let folder = folder();
    let release = folder.join("release");
    let program = release.join("signal-server");
    let package = folder.join("snug-relay.deb");
    // cargo-deb packs the program in this folder. A release build takes minutes.
    fs::create_dir_all(&release)?;
    let _ = fs::remove_file(&program);
    fs::hard_link(workspace::target().join("debug/signal-server"), &program)
        .context("the relay is not built")?;
    let mut deb = tool::cargo(&["deb", "--locked", "--package", "signal-server"]);
    deb.args(["--no-build", "--no-strip", "--fast", "--output"]);
    deb.arg(&package).env("CARGO_TARGET_DIR", &folder);
    notices::write_without_crates(Bundle::Relay)?;
    step::run(NAME, &mut deb)?;
    Ok(package)
}

/// systemd only reports unknown settings, and goes on.
fn verify(folder: &Path, root: &Path) -> Result<()> {
    let unit = fs::read_to_string(root.join(SERVICE))?;
    let program = root.join(PROGRAM);
    let copy = folder.join("snug-relay.service");
    fs::write(
        &copy,
        unit.replace(&format!("/{PROGRAM}"), &program.to_string_lossy()),
    )?;
    let mut verify = Command::new("systemd-analyze");
    let said = step::run(
        "relay's service: keys",
        verify.args(["verify", "--man=no"]).arg(&copy),
    )?;
    let about_it: Vec<_> = said
        .lines()
        .filter(|line| line.contains("snug-relay"))
        .collect();
    ensure!(about_it.is_empty(), "{}", about_it.join("\n"));
    Ok(())
}

/// Debian's programs read its manual page, copyright and changelog.
fn read_by_their_programs(root: &Path) -> Result<()> {
    let packaging = workspace::top().join("packaging/debian");
    let mut changelog = Command::new("dpkg-parsechangelog");
    changelog.arg("--file").arg(packaging.join("changelog"));
    let said = step::run("relay's package: changelog", &mut changelog)?;
    ensure!(
        said.contains("Source: snug-relay") && !said.contains("warning"),
        "{said}"
    );
    let licences = fs::read_to_string(root.join("usr/share/doc/snug-relay/copyright"))?;
    for paragraph in ["Format: ", "License: MIT\n", "License: Apache-2.0\n"] {
        ensure!(
            licences.contains(paragraph),
            "{paragraph} is missing in copyright"
        );
    }
    let notices = fs::read_to_string(root.join(NOTICES))?;
    for package in ["## react - ", "## @fontsource-variable/inter - "] {
        ensure!(
            notices.contains(package),
            "{package}is missing in {NOTICES}"
        );
    }
    if tool::exists("groff") {
        let mut manual = Command::new("groff");
        manual
            .args(["-man", "-ww", "-z", "-Tutf8"])
            .arg(packaging.join("signal-server.1"));
        let said = step::run("relay's package: manual", &mut manual)?;
        ensure!(said.trim().is_empty(), "signal-server.1: {said}");
    }
    Ok(())
}

/// With its own configuration, except for the port and the folder of the unpacked package.
fn start(root: &Path) -> Result<()> {
    let configuration = fs::read_to_string(root.join(CONFIGURATION))?;
    let variables = configuration
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    let mut command = Command::new(root.join(PROGRAM));
    command
        .envs(variables)
        .env("SNUG_WEB_ROOT", root.join(PAGE));
    command.env("SNUG_LISTEN", "127.0.0.1:0");
    served::page_of(&mut command).context("the package")?;
    Ok(())
}
