//! The page's commands: open the bridge to the transport, and take audio worklets out of real-time
//! scheduling. Everything else passes the bridge.

use serde::Serialize;
use tauri::{Runtime, State, Webview};
use webview_rtc::Transport;

use crate::{error::Error, origin, real_time};

/// Valid for one WebSocket of the page that asked, for a few seconds.
#[derive(Debug, Serialize)]
pub(crate) struct Bridge {
    /// `ws://127.0.0.1:PORT`
    address: String,
    /// The second subprotocol that the page offers.
    token: String,
}

// Asynchronous, so that it does not block the main thread, which owns the window.
#[tauri::command]
pub(crate) async fn open_bridge<R: Runtime>(
    webview: Webview<R>,
    transport: State<'_, Transport>,
) -> Result<Bridge, Error> {
    let url = webview.url().map_err(|_| Error::NoPage)?;
    let origin = origin::of(&url).ok_or(Error::NoPage)?;
    let admission = transport.admit(&origin).await.map_err(|error| {
        tracing::warn!(%error, "no bridge for a page");
        Error::NoBridge
    })?;
    Ok(Bridge {
        address: admission.address,
        token: admission.token,
    })
}

// The page calls this when a worklet has started, and each time that it becomes visible, as the
// engine then sets the priority again.
#[tauri::command]
pub(crate) async fn leave_real_time() {
    if let Err(error) = real_time::leave() {
        tracing::debug!(%error, "worklets of sound stay in real time");
    }
}
