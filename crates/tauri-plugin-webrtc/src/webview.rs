//! What WebKitGTK must be told before a page can make peer connections in it.
//!
//! Invariant: applied while the webview is made, so it holds for the first page already. An engine
//! that lacks any of it still starts; the page then finds out what is missing.

mod feature;

use tauri::{Runtime, Webview, webview::PlatformWebview};
use webkit2gtk::{SettingsExt, WebViewExt, glib};

/// Tracks give their frames to workers, and workers make tracks (W3C mediacapture-transform).
const TRACK_PROCESSING: &str = "MediaStreamTrackProcessing";

/// The engine's word for memory that a page's threads share; it gives it by no other way to a page
/// that is not served by HTTP.
const SHARED_MEMORY: &str = "JSC_useSharedArrayBuffer";

/// Before the first webview, whose processes inherit it. Whoever has set it keeps it.
pub(crate) fn prepare_engine() {
    if let Err(error) = glib::setenv(SHARED_MEMORY, "true", false) {
        tracing::warn!(%error, "sound goes the slower way");
    }
}

pub(crate) fn prepare<R: Runtime>(webview: &Webview<R>) {
    if let Err(error) = webview.with_webview(|webview| apply(&webview)) {
        tracing::warn!(%error, "the webview's settings cannot be reached");
    }
}

fn apply(webview: &PlatformWebview) {
    let Some(settings) = webview.inner().settings() else {
        tracing::warn!("this webview has no settings");
        return;
    };
    settings.set_enable_media_stream(true);
    // Without effect where the engine was built without it; where it was, the page's half of the
    // plugin finds the real thing and leaves it alone.
    settings.set_enable_webrtc(true);
    if let Err(error) = feature::enable(&settings, TRACK_PROCESSING) {
        tracing::warn!(%error, "pictures cannot be sent or received");
    }
}
