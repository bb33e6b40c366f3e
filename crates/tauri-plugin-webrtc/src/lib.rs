//! `RTCPeerConnection` for Tauri apps on Linux, where WebKitGTK has none.
//!
//! The page's part is in `guest-js`; the transport is the `webview-rtc` crate. This crate gives
//! webviews the settings that the page's part needs, gives pages a bridge to the transport, and
//! takes their audio worklets out of real-time scheduling.
//!
//! Invariant: where the webview has its own `RTCPeerConnection` (Windows, macOS), this is an empty
//! plugin, so an app can register it on every system.

#[cfg(target_os = "linux")]
mod commands;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
mod origin;
#[cfg(target_os = "linux")]
mod real_time;
#[cfg(target_os = "linux")]
mod webview;

use tauri::{
    Runtime,
    plugin::{Builder, TauriPlugin},
};

/// The plugin, for `tauri::Builder::plugin`.
#[must_use]
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    let plugin = Builder::new("webrtc");
    #[cfg(target_os = "linux")]
    let plugin = {
        use tauri::Manager;

        webview::prepare_engine();
        plugin
            .invoke_handler(tauri::generate_handler![
                commands::leave_real_time,
                commands::open_bridge
            ])
            .setup(|app, _api| {
                app.manage(webview_rtc::Transport::default());
                Ok(())
            })
            .on_webview_ready(|webview| webview::prepare(&webview))
    };
    plugin.build()
}
