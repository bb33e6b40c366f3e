//! WebView2 needs only the answers to its permission requests; links arrive on the command line.

use std::io;

use tauri::{AppHandle, RunEvent, WebviewWindow};

use crate::arguments::Arguments;

pub(crate) const PAGE_ORIGIN: &str = "http://tauri.localhost";

/// The engine needs nothing.
pub(crate) const fn prepare_engine() {}

/// The system always has one.
pub(crate) const fn open_display() -> Result<(), String> {
    Ok(())
}

pub(crate) const fn prepare_webview(
    _window: &WebviewWindow,
    _arguments: &Arguments,
) -> tauri::Result<()> {
    Ok(())
}

pub(crate) const fn handle_run_event(_app: &AppHandle, _event: &RunEvent) {}

/// Returns on Ctrl-C.
///
/// # Errors
/// The system refuses to report it.
pub(crate) async fn terminated() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Other users cannot read the command line of a process.
pub(crate) const fn restart_with_link_on_stdin(_link: &str, _options: &[std::ffi::OsString]) {}

/// Links arrive on the command line.
pub(crate) const fn link_from_stdin() -> Option<String> {
    None
}
