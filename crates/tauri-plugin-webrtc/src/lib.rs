//! `RTCPeerConnection` for Tauri apps on Linux, where WebKitGTK has none.
//!
//! The page's part is in `guest-js`; the transport is the `webview-rtc` crate. This crate gives
//! webviews the settings that the page's part needs, gives pages a bridge to the transport, lets them
//! capture screens if the app permits it, and takes their audio worklets out of real-time
//! scheduling.
//!
//! Invariant: where the webview has its own `RTCPeerConnection` (Windows, macOS), this is an empty
//! plugin, so an app can register it on every system.

#[cfg(target_os = "linux")]
mod commands;
#[cfg(target_os = "linux")]
mod display;
#[cfg(target_os = "linux")]
mod display_choice;
#[cfg(target_os = "linux")]
mod display_thumbnails;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
mod origin;
#[cfg(target_os = "linux")]
mod real_time;
#[cfg(target_os = "linux")]
mod system_audio;
#[cfg(target_os = "linux")]
mod webview;

use std::path::PathBuf;

use tauri::{AppHandle, Runtime, plugin::TauriPlugin};

/// Gives the page's frames what the page has.
#[cfg(target_os = "linux")]
const FRAME_SCRIPT: &str = include_str!("frame.js");

/// The plugin, for `tauri::Builder::plugin`.
#[must_use]
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new().build()
}

type FileOf<R> = Box<dyn FnOnce(&AppHandle<R>) -> Option<PathBuf> + Send>;

/// The plugin with options.
pub struct Builder<R: Runtime> {
    display_choice: Option<FileOf<R>>,
}

impl<R: Runtime> Default for Builder<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Runtime> std::fmt::Debug for Builder<R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl<R: Runtime> Builder<R> {
    #[must_use]
    pub fn new() -> Self {
        Self {
            display_choice: None,
        }
    }

    /// Where to keep what a person has chosen to share in a dialog of the desktop, if the person
    /// says there that it shall be kept. Without a file it is kept as long as the app runs.
    #[must_use]
    pub fn display_choice_file(
        mut self,
        file: impl FnOnce(&AppHandle<R>) -> Option<PathBuf> + Send + 'static,
    ) -> Self {
        self.display_choice = Some(Box::new(file));
        self
    }

    /// The plugin, for `tauri::Builder::plugin`.
    #[must_use]
    pub fn build(self) -> TauriPlugin<R> {
        let plugin = tauri::plugin::Builder::new("webrtc");
        // Elsewhere the engine captures.
        #[cfg(not(target_os = "linux"))]
        drop(self.display_choice);
        #[cfg(target_os = "linux")]
        let plugin = {
            use tauri::Manager;

            webview::prepare_engine();
            plugin
                .js_init_script_on_all_frames(FRAME_SCRIPT)
                .invoke_handler(tauri::generate_handler![
                    display::capture_display,
                    display::choose_display,
                    display::display_chooser,
                    display::display_sources,
                    display::display_thumbnail,
                    display::forget_display_choice,
                    commands::leave_real_time,
                    commands::open_bridge,
                    system_audio::can_capture_system_audio,
                    system_audio::capture_system_audio
                ])
                .setup(move |app, _api| {
                    let file = self.display_choice.and_then(|file| file(app));
                    app.manage(display_choice::DisplayChoice::new(file));
                    app.manage(std::sync::Arc::<display_thumbnails::DisplayThumbnails>::default());
                    app.manage(webview_rtc::Transport::default());
                    Ok(())
                })
                .on_webview_ready(|webview| webview::prepare(&webview))
        };
        plugin.build()
    }
}
