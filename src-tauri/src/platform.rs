//! Platform differences behind common names: `PAGE_ORIGIN`, `open_display`, `prepare_webview`,
//! `handle_run_event` and `terminated`.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(crate) use linux::{PAGE_ORIGIN, handle_run_event, open_display, prepare_webview};
#[cfg(target_os = "macos")]
pub(crate) use macos::{PAGE_ORIGIN, handle_run_event, open_display, prepare_webview};
#[cfg(unix)]
pub(crate) use unix::terminated;
#[cfg(windows)]
pub(crate) use windows::{
    PAGE_ORIGIN, handle_run_event, open_display, prepare_webview, terminated,
};
