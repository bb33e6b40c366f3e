//! WebKitGTK settings: ringing sound without a gesture, mock devices, software rendering, reload
//! after a crash. The plugin sets everything for calls.

mod crash_reload;
mod display;
mod folder_dialog;
mod graphics;

use gtk::{glib, traits::GtkSettingsExt as _};
use tauri::{AppHandle, RunEvent, WebviewWindow};
use webkit2gtk::{SettingsExt, WebViewExt};

pub(crate) use self::display::open_display;
pub(crate) use self::folder_dialog::ask_for_folder;
use self::graphics::Graphics;
use crate::arguments::Arguments;

pub(crate) const PAGE_ORIGIN: &str = "tauri://localhost";

/// The engine's variable for painting without layers.
const NO_COMPOSITING: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Runs before the first webview. The setting of a webview would come too late: where the desktop
/// changes the window's size at once, the engine has composed it before, and then its page's process
/// ends when layers are turned off. An existing value is kept.
pub(crate) fn prepare_engine() {
    if graphics::of_this_computer() == Graphics::Software
        && let Err(error) = glib::setenv(NO_COMPOSITING, "1", false)
    {
        tracing::warn!(%error, "the page is composed without a graphics processor");
    }
}

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
