//! One step of a command: a program that runs quietly, with its time. Its output is shown only when
//! it fails.
#![allow(
    clippy::disallowed_methods,
    reason = "steps are timed with the real clock"
)]

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::report;

/// The result of a finished program: its output, and whether it succeeded.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) output: String,
    pub(crate) success: bool,
}

/// Runs a step that must succeed, and returns its output.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<String> {
    let finished = attempt(name, command)?;
    if !finished.success {
        report::output(&finished.output);
        bail!("{name} failed; what it printed is above.");
    }
    Ok(finished.output)
}

/// Runs a step whose failure the caller handles.
pub(crate) fn attempt(name: &str, command: &mut Command) -> Result<Finished> {
    report::begin(name);
    let started = Instant::now();
    let result = capture(command);
    let outcome = match &result {
        Ok(finished) if finished.success => "ok",
        Ok(_) | Err(_) => "FAILED",
    };
    report::end(outcome, started.elapsed());
    result
}

/// Runs a program and returns its output, without a line about it.
pub(crate) fn capture(command: &mut Command) -> Result<Finished> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| cannot_start(command))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Finished {
        output: text,
        success: output.status.success(),
    })
}

/// Runs a program in the foreground: it has the terminal, and its failure is ours.
pub(crate) fn foreground(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}.", shown(command));
    }
    Ok(())
}

fn cannot_start(command: &Command) -> String {
    format!(
        "`{}` could not be started. Is it installed and on the PATH?",
        shown(command)
    )
}

fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
