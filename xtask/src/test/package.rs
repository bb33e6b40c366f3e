//! The relay's package, made with the debug build: its service is as hardened as it was, and its
//! program starts with its own configuration and page.
//!
//! Invariant: nothing is installed; everything happens below the target folder.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use super::Course;
use crate::{report, step, tool, workspace};

const NAME: &str = "relay's package";
const SERVICE: &str = "usr/lib/systemd/system/snug-relay.service";
const PROGRAM: &str = "usr/bin/signal-server";
const CONFIGURATION: &str = "etc/snug/relay.env";
const PAGE: &str = "usr/share/snug-relay/page";
/// Tenths of what systemd calls exposure, from 0 to 100; below 20 is its "OK".
const EXPOSURE: &str = "--threshold=16";

pub(super) fn check(course: &mut Course) {
    if !cfg!(target_os = "linux") || !tool::exists("dpkg-deb") {
        report::skipped(NAME, "it is made for Debian and its like");
        return;
    }
    let result = make_and_check();
    course.take(NAME, result);
}

fn make_and_check() -> Result<()> {
    let folder = workspace::target().join("package");
    let root = make(&folder)?;
    verify(&folder, &root)?;
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", "--no-pager", EXPOSURE]);
    step::run(
        "relay's service: exposure",
        security.arg(root.join(SERVICE)),
    )?;
    start(&root)
}

/// Where it is unpacked.
fn make(folder: &Path) -> Result<PathBuf> {
    let release = folder.join("release");
    let program = release.join("signal-server");
    let package = folder.join("snug-relay.deb");
    let root = folder.join("unpacked");
    // cargo-deb packs what lies here; a real one takes minutes to build.
    fs::create_dir_all(&release)?;
    let _ = fs::remove_file(&program);
    fs::hard_link(workspace::target().join("debug/signal-server"), &program)
        .context("the relay is not built")?;
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let mut deb = tool::cargo(&["deb", "--locked", "--package", "signal-server"]);
    deb.args(["--no-build", "--no-strip", "--fast", "--output"]);
    deb.arg(&package).env("CARGO_TARGET_DIR", folder);
    step::run(NAME, &mut deb)?;
    let mut unpack = Command::new("dpkg-deb");
    step::capture(unpack.arg("--extract").arg(&package).arg(&root))?;
    Ok(root)
}

/// systemd only says what it does not understand, and goes on.
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

/// With what is in its configuration, but for the port and where the package is unpacked.
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
    let mut relay = Running(
        command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?,
    );
    let log = relay.0.stderr.take().context("it has no log")?;
    let mut said = String::new();
    let mut log = BufReader::new(log);
    let address = loop {
        let before = said.len();
        let count = log.read_line(&mut said)?;
        ensure!(count > 0, "The packaged relay does not start:\n{said}");
        if let Some((_, address)) = said[before..].split_once("listening address=") {
            break address.trim().to_owned();
        }
    };
    let mut stream = TcpStream::connect(&address)?;
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("<title>"),
        "The packaged relay serves no page:\n{answer}"
    );
    Ok(())
}

/// Ends with the check.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
