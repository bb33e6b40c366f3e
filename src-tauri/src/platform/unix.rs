//! Termination signals on Unix.

use std::io;

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
