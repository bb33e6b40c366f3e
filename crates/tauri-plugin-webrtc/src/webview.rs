//! WebKitGTK settings that a page needs before it can make peer connections.
//!
//! Invariant: applied while the webview is made, so they hold for the first page. An engine that
//! lacks some of them still starts, and the page then finds out what is missing.

mod canvas;
mod feature;

use tauri::{Runtime, Webview, webview::PlatformWebview};
use webkit2gtk::{SettingsExt, WebViewExt, glib};

/// Tracks pass frames to workers, and workers make tracks (W3C mediacapture-transform).
const TRACK_PROCESSING: &str = "MediaStreamTrackProcessing";

/// The engine's variable for memory that a page's threads share. There is no other way for a page
/// that is not served by HTTP.
const SHARED_MEMORY: &str = "JSC_useSharedArrayBuffer";

/// Runs before the first webview, whose processes inherit it. An existing value is kept.
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
    // No effect if the engine was built without WebRTC. If it was built with it, the page's part
    // finds the engine's own `RTCPeerConnection` and does nothing.
    settings.set_enable_webrtc(true);
    canvas::disable_acceleration(&settings);
    if let Err(error) = feature::enable(&settings, TRACK_PROCESSING) {
        tracing::warn!(%error, "pictures cannot be sent or received");
    }
}
