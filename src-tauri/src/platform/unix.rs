//! Termination signals on Unix, and links that leave the command line.

use std::{
    env,
    ffi::OsString,
    io::{self, Read, Write},
    os::unix::process::CommandExt,
    process::Command,
};

use tokio::signal::unix::{SignalKind, signal};

/// Returns on Ctrl-C (SIGINT) or SIGTERM.
///
/// # Errors
/// The system refuses to report signals.
pub(crate) async fn terminated() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Bytes that a pipe takes without a reader, on every Unix.
const LONGEST_LINK: usize = 4_096;

/// Starts this program again in the same process, with the link on its standard input. Everybody on
/// the computer can read the arguments of a process, and nobody else its pipe. If that fails, the
/// program goes on as it is.
pub(crate) fn restart_with_link_on_stdin(link: &str, options: &[OsString]) {
    // It returns only if it fails.
    let _ = restart(link, options);
}

fn restart(link: &str, options: &[OsString]) -> io::Result<()> {
    if link.len() > LONGEST_LINK {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let program = env::current_exe()?;
    let (reader, mut writer) = io::pipe()?;
    writer.write_all(link.as_bytes())?;
    drop(writer);
    let mut command = Command::new(&program);
    if let Some(name) = env::args_os().next() {
        command.arg0(name);
    }
    command.args(options).arg("--link-on-stdin").stdin(reader);
    Err(command.exec())
}

/// `None` if there is no link.
pub(crate) fn link_from_stdin() -> Option<String> {
    let mut link = String::new();
    let limit = u64::try_from(LONGEST_LINK).ok()?;
    io::stdin().take(limit).read_to_string(&mut link).ok()?;
    (!link.is_empty()).then_some(link)
}
