//! The first commands of the documents, in a copy of the checkout in which nothing is installed:
//! one install is enough to build the page, the relay serves it, and the Tauri CLI's own steps
//! work.
//!
//! Invariant: everything happens below the target folder.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, anyhow, ensure};

use super::{Course, served};
use crate::{checkout, report, step, tool, workspace};

const NAME: &str = "fresh clone";
/// Compiling it takes minutes, so this build's program replaces it.
const SHOWN_BUILD: &str = "cargo build --release -p signal-server";
const SHOWN_ADDRESS: &str = "0.0.0.0:8787";
const SHOWN_PROGRAM: &str = "target/release/signal-server";

pub(super) fn check(course: &mut Course) {
    if cfg!(windows) || !tool::exists("git") || !tool::exists("bash") {
        report::skipped(NAME, "it takes git and bash");
        return;
    }
    let result = run();
    course.take(NAME, result);
}

pub(crate) fn run() -> Result<()> {
    let clone = workspace::target().join("fresh-clone");
    checkout::copy_to(&clone)?;
    readme(&clone)?;
    before_build(&clone)?;
    before_dev(&clone)?;
    plugin(&clone)
}

/// The README's lines for one's own relay.
fn readme(clone: &Path) -> Result<()> {
    let shown = doc_examples::block("README.md", "cargo build --release")
        .map_err(|error| anyhow!(error))?;
    for words in [SHOWN_BUILD, SHOWN_ADDRESS, SHOWN_PROGRAM] {
        ensure!(
            shown.matches(words).count() == 1,
            "README.md shows no {words} any more."
        );
    }
    let release = clone.join("target").join("release");
    fs::create_dir_all(&release)?;
    fs::copy(
        workspace::target().join("debug/signal-server"),
        release.join("signal-server"),
    )
    .context("the relay is not built")?;
    let lines = shown
        .replace(SHOWN_BUILD, "true")
        .replace(SHOWN_ADDRESS, "127.0.0.1:0");
    let (relay, others): (Vec<_>, Vec<_>) = lines
        .lines()
        .partition(|line| line.starts_with(SHOWN_PROGRAM));
    step::run(
        "fresh clone: README's build",
        &mut bash(clone, &others.join("\n")),
    )?;
    ensure!(
        clone.join("ui/dist/assets").is_dir(),
        "README's commands build no page."
    );
    served::page_of(&mut bash(clone, &format!("exec {}", relay.join("\n")))).map(drop)
}

/// The first step of `tauri build`.
fn before_build(clone: &Path) -> Result<()> {
    fs::remove_dir_all(clone.join("ui/dist"))?;
    let (script, folder) = hook(clone, "beforeBuildCommand")?;
    step::run(
        "fresh clone: tauri build's page",
        &mut bash(&folder, &script),
    )?;
    ensure!(
        clone.join("ui/dist/assets").is_dir(),
        "beforeBuildCommand of tauri.conf.json builds no page."
    );
    Ok(())
}

/// The first step of `tauri dev`.
fn before_dev(clone: &Path) -> Result<()> {
    let name = "fresh clone: tauri dev's page";
    let address = configured(clone, "devUrl")?;
    let port = address
        .rsplit(':')
        .next()
        .and_then(|port| port.parse::<u16>().ok());
    let port = port.with_context(|| format!("devUrl is {address}, which names no port."))?;
    if TcpListener::bind(("127.0.0.1", port)).is_err() {
        report::skipped(
            name,
            &format!("port {port} is in use, by another `tauri dev`?"),
        );
        return Ok(());
    }
    let (script, folder) = hook(clone, "beforeDevCommand")?;
    let mut server = bash(&folder, &script);
    // In a process group of its own, which ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut server, 0);
    let server = server
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _server = Group(server.spawn()?);
    let mut visit = Command::new("node");
    visit.arg(workspace::top().join("xtask/src/test/dev-page.mjs"));
    step::run(name, visit.arg(address))?;
    Ok(())
}

/// The plugin is a package of its own: the commands of its README, and its published files.
fn plugin(clone: &Path) -> Result<()> {
    const SHOWN: &str = "npm ci && npm run build:example";
    const README: &str = "crates/tauri-plugin-webrtc/README.md";
    let text = doc_examples::read(README).map_err(|error| anyhow!(error))?;
    ensure!(
        doc_examples::code_spans(&text).any(|span| span == SHOWN),
        "{README} does not say `{SHOWN}` any more."
    );
    let folder = clone.join(workspace::PLUGIN.path());
    let script = format!("{SHOWN} && npm pack --dry-run");
    let said = step::run("fresh clone: the plugin alone", &mut bash(&folder, &script))?;
    ensure!(
        said.contains("dist-js/index.js"),
        "The plugin's package would have nothing in it:\n{said}"
    );
    Ok(())
}

/// A hook of `tauri.conf.json`: its script, and its folder.
fn hook(clone: &Path, name: &str) -> Result<(String, PathBuf)> {
    let script = configured(clone, &format!("{name}.script"))?;
    let folder = configured(clone, &format!("{name}.cwd"))?;
    Ok((script, clone.join(folder)))
}

fn configured(clone: &Path, key: &str) -> Result<String> {
    let mut node = Command::new("node");
    node.arg("--print")
        .arg(format!("require('./tauri.conf.json').build.{key}"));
    let said = step::capture(node.current_dir(clone))?;
    ensure!(said.success, "tauri.conf.json: {}", said.output);
    Ok(said.output.trim().to_owned())
}

fn bash(folder: &Path, script: &str) -> Command {
    let mut bash = Command::new("bash");
    bash.args(["-ec", script]).current_dir(folder);
    // Uses what `setup` has downloaded.
    bash.env("npm_config_prefer_offline", "true")
        .env("npm_config_audit", "false");
    bash
}

/// A program and all that it has started. They end with the check.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        // It may have ended already.
        let _ = step::capture(Command::new("kill").args(["-KILL", "--", &group]));
        let _ = self.0.wait();
    }
}
