//! The commands for capturing screens and windows: what is there, and the permission for one of
//! them.
//!
//! Invariant: a page needs the permission `webrtc:display-capture`, which is not among the default
//! ones. Tauri gives it to pages of the app's own origin only, unless the app names others.

use std::{env, sync::Arc};

use screen_capture::{Kind, Persistence, PortalError, PortalGrant, PortalRequest, sources};
use serde::Serialize;
use tauri::{State, ipc::Response};
use webview_rtc::{CaptureSource, Transport, bridge::BridgeError};

use crate::{display_choice::DisplayChoice, display_thumbnails::DisplayThumbnails, error::Error};

/// A screen or a window, for the page's picker.
#[derive(Debug, Serialize)]
pub(crate) struct DisplaySource {
    id: String,
    /// `displaySurface` of W3C screen-capture: `monitor` or `window`.
    surface: &'static str,
    /// The window's title, or the name of the screen's output. Other programs choose it.
    title: String,
    width: u16,
    height: u16,
}

/// Who asks the person what to share.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Chooser {
    /// The app, from the list of screens and windows of X11.
    App,
    /// The desktop's portal, as Wayland demands.
    System,
}

/// What the person has chosen in the desktop's dialog.
#[derive(Debug, Serialize)]
pub(crate) struct ChosenDisplay {
    /// As from `capture_display`.
    grant: String,
    /// As of a [`DisplaySource`].
    surface: &'static str,
}

// Before the first capture, so it opens no connection: only the session's kind is looked at.
#[tauri::command]
pub(crate) async fn display_chooser() -> Option<Chooser> {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("WAYLAND_DISPLAY") {
        Some(Chooser::System)
    } else if is_set("DISPLAY") {
        Some(Chooser::App)
    } else {
        None
    }
}

/// Asks the person by the desktop's portal. It waits as long as the person does.
#[tauri::command]
pub(crate) async fn choose_display(
    choice: State<'_, DisplayChoice>,
    transport: State<'_, Transport>,
) -> Result<ChosenDisplay, Error> {
    let request = PortalRequest {
        restore_token: choice.token(),
        persistence: if choice.is_kept() {
            Persistence::UntilRevoked
        } else {
            Persistence::Process
        },
        ..PortalRequest::default()
    };
    let granted = request.ask().await;
    let PortalGrant {
        source,
        restore_token,
    } = granted.map_err(|error| {
        tracing::info!(%error, "the desktop shares nothing");
        Error::from(error)
    })?;
    choice.set(restore_token);
    let surface = surface_of(source.kind().unwrap_or(Kind::Screen));
    let grant = transport.grant_capture(CaptureSource::Portal(source)).await;
    let grant = grant.map_err(|error| no_bridge(&error))?;
    Ok(ChosenDisplay { grant, surface })
}

/// The desktop asks again the next time.
#[tauri::command]
pub(crate) async fn forget_display_choice(choice: State<'_, DisplayChoice>) -> Result<(), Error> {
    choice.set(None);
    Ok(())
}

#[tauri::command]
pub(crate) async fn display_sources() -> Result<Vec<DisplaySource>, Error> {
    let found = tauri::async_runtime::spawn_blocking(|| sources(None)).await;
    let found = found.map_err(|_| Error::NoDisplay)?.map_err(|error| {
        tracing::warn!(%error, "no screens or windows for a page");
        Error::NoDisplay
    })?;
    let found = found.into_iter().map(|source| DisplaySource {
        id: source.id.to_string(),
        surface: surface_of(source.id.kind()),
        title: source.title,
        width: source.width,
        height: source.height,
    });
    Ok(found.collect())
}

/// Width and height of two bytes each, the lower one first, then RGBA. Empty if there is none.
#[tauri::command]
pub(crate) async fn display_thumbnail(
    source: String,
    thumbnails: State<'_, Arc<DisplayThumbnails>>,
) -> Result<Response, Error> {
    let id = source.parse().map_err(|_| Error::UnknownSource)?;
    let thumbnails = Arc::clone(&thumbnails);
    let taken = tauri::async_runtime::spawn_blocking(move || thumbnails.take(id)).await;
    let bytes = taken.ok().flatten().map_or_else(Vec::new, |taken| {
        let sides = [taken.width, taken.height].map(u16::to_le_bytes);
        [sides.concat(), taken.rgba].concat()
    });
    Ok(Response::new(bytes))
}

/// The page redeems the result at the bridge, once and within seconds.
#[tauri::command]
pub(crate) async fn capture_display(
    source: String,
    transport: State<'_, Transport>,
) -> Result<String, Error> {
    let id = source.parse().map_err(|_| Error::UnknownSource)?;
    let source = CaptureSource::Display { display: None, id };
    transport
        .grant_capture(source)
        .await
        .map_err(|error| no_bridge(&error))
}

fn no_bridge(error: &BridgeError) -> Error {
    tracing::warn!(%error, "no capture for a page");
    Error::NoBridge
}

const fn surface_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Screen => "monitor",
        Kind::Window => "window",
    }
}

impl From<PortalError> for Error {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::Cancelled => Self::Cancelled,
            PortalError::NoBus(_) | PortalError::NoPortal => Self::NoPortal,
            PortalError::PipeWire(_) => Self::NoPipeWire,
            PortalError::Silent | PortalError::Died | PortalError::Failed(_) => Self::Portal,
        }
    }
}
