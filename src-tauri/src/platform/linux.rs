//! WebKitGTK: what its webview must be told before it plays a ring tone, shows devices that are
//! none, or paints without a graphics processor, and to load a page again whose process died. What
//! calls need of it, the plugin sets.

mod crash_reload;
mod display;
mod graphics;

use gtk::traits::GtkSettingsExt as _;
use tauri::{AppHandle, RunEvent, WebviewWindow};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

pub(crate) use self::display::open_display;
use self::graphics::Graphics;
use crate::arguments::Arguments;

pub(crate) const PAGE_ORIGIN: &str = "tauri://localhost";

/// Applied before the first page is loaded, so it holds for it.
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
        // Whoever works on the page sees its console where the app was started.
        settings.set_enable_write_console_messages_to_stdout(cfg!(debug_assertions));
        // A ring must sound before anybody has clicked.
        settings.set_media_playback_requires_user_gesture(false);
        if graphics == Graphics::Software {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            reduce_motion();
        }
    })
}

/// Pages are told so (`prefers-reduced-motion`): painted without a graphics processor, what moves or
/// fades holds up the page in just the moment that something happens.
fn reduce_motion() {
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_enable_animations(false);
    }
}

/// Links come by the command line here.
pub(crate) const fn handle_run_event(_app: &AppHandle, _event: &RunEvent) {}
