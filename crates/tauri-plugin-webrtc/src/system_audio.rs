//! The commands for capturing system audio, which is what the computer's other programs play.
//!
//! Invariant: as in [`crate::display`], a page needs the permission `webrtc:display-capture`.

use tauri::State;
use webview_rtc::{SoundServer, Transport};

use crate::error::Error;

/// Whether a sound server answers.
#[tauri::command]
pub(crate) async fn can_capture_system_audio() -> bool {
    SoundServer::default().is_available().await
}

/// The page redeems the result at the bridge, once and within seconds.
#[tauri::command]
pub(crate) async fn capture_system_audio(transport: State<'_, Transport>) -> Result<String, Error> {
    let server = SoundServer::default();
    let grant = transport.grant_system_audio(server).await;
    grant.map_err(|error| {
        tracing::warn!(%error, "no system audio for a page");
        Error::NoBridge
    })
}
