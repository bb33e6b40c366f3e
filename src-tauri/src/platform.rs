//! Platform differences behind common names: `PAGE_ORIGIN`, `open_display`, `prepare_engine`,
//! `prepare_webview`, `handle_run_event`, `terminated`, `ask_for_folder`, `link_from_stdin` and
//! `restart_with_link_on_stdin`.

#[cfg(not(target_os = "linux"))]
mod folder_dialog;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(not(target_os = "linux"))]
pub(crate) use folder_dialog::ask_for_folder;
#[cfg(target_os = "linux")]
pub(crate) use linux::{
    PAGE_ORIGIN, ask_for_folder, handle_run_event, open_display, prepare_engine, prepare_webview,
};
#[cfg(target_os = "macos")]
pub(crate) use macos::{
    PAGE_ORIGIN, handle_run_event, open_display, prepare_engine, prepare_webview,
};
#[cfg(unix)]
pub(crate) use unix::{link_from_stdin, restart_with_link_on_stdin, terminated};
#[cfg(windows)]
pub(crate) use windows::{
    PAGE_ORIGIN, handle_run_event, link_from_stdin, open_display, prepare_engine, prepare_webview,
    restart_with_link_on_stdin, terminated,
};
