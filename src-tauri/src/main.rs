//! Snug, the desktop app. Everything it does is in the `snug-shell` crate; the context (page,
//! configuration, capabilities) is made by this package's build script.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    snug_shell::run(context())
}

#[allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "written by tauri-build, proven by it while compiling"
)]
fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}
