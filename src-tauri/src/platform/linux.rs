//! WebKitGTK settings: ringing sound without a gesture, mock devices, software rendering, reload
//! after a crash. The plugin sets everything for calls.

mod crash_reload;
mod display;
mod folder_dialog;
mod graphics;

use gtk::traits::GtkSettingsExt as _;
use tauri::{AppHandle, RunEvent, WebviewWindow};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

pub(crate) use self::display::open_display;
pub(crate) use self::folder_dialog::ask_for_folder;
use self::graphics::Graphics;
use crate::arguments::Arguments;

pub(crate) const PAGE_ORIGIN: &str = "tauri://localhost";

/// Applied before the first page load.
pub(crate) fn prepare_webview(window: &WebviewWindow, arguments: &Arguments) -> tauri::Result<()> {
    let mock_devices = arguments.mock_devices;
    let graphics = graphics::of_this_computer();
    window.with_webview(move |webview| {
        crash_reload::watch(&webview.inner());
        let Some(settings) = webview.inner().settings() else {
            tracing::warn!("this webview has no settings");
            return;
        };
        settings.set_enable_mock_capture_devices(mock_devices);
        // The console of the page goes to the terminal of the app.
        settings.set_enable_write_console_messages_to_stdout(cfg!(debug_assertions));
        // A ringing call must sound before the first click.
        settings.set_media_playback_requires_user_gesture(false);
        if graphics == Graphics::Software {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            reduce_motion();
        }
    })
}

/// Sets `prefers-reduced-motion`: without a graphics processor, animations block the page.
fn reduce_motion() {
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_enable_animations(false);
    }
}

/// Links arrive on the command line.
pub(crate) const fn handle_run_event(_app: &AppHandle, _event: &RunEvent) {}
