//! `WKWebView` needs only the answers to its permission requests; links arrive from the system
//! while the app runs.

use tauri::{AppHandle, Manager, RunEvent, WebviewWindow};

use crate::{arguments::Arguments, shell::Shell};

pub(crate) const PAGE_ORIGIN: &str = "tauri://localhost";

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

/// Passes on invite links that the system opens with this app.
pub(crate) fn handle_run_event(app: &AppHandle, event: &RunEvent) {
    let RunEvent::Opened { urls } = event else {
        return;
    };
    let Some(shell) = app.try_state::<Shell>() else {
        return;
    };
    for url in urls {
        shell.open_link(url.as_str());
    }
}
