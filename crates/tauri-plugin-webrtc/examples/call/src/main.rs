//! One window whose page calls itself, or with `--page conformance.html` checks the plugin. A page
//! whose title becomes `open PAGE` gets a second window with that page.
//!
//! Invariant: only the app's own page gets a camera or a microphone.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::path::PathBuf;

use clap::Parser;
use tauri::{
    AppHandle, Manager, Webview, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    utils::config::WindowConfig,
    webview::{PermissionKind, PermissionResponse},
};
use tracing_subscriber::EnvFilter;

const LOG_VARIABLE: &str = "WEBRTC_LOG";
const DEFAULT_LOG: &str = "warn";
const FIRST: &str = "main";
const SECOND: &str = "second";
/// A title that begins so asks for the second window.
const ASKS: &str = "open ";

#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Page to open
    #[arg(long, default_value = "index.html")]
    page: PathBuf,
    /// Use the engine's synthetic camera and microphone
    #[arg(long)]
    mock_devices: bool,
}

fn main() -> tauri::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| DEFAULT_LOG.into()),
        )
        .with_writer(std::io::stderr)
        .init();
    tauri::Builder::default()
        .plugin(tauri_plugin_webrtc::init())
        .on_permission_request(|webview, kind| answer(&webview, kind))
        .setup(move |app| open(app.handle(), FIRST, &arguments).map_err(Into::into))
        .run(context())
}

fn open(app: &AppHandle, label: &str, arguments: &Arguments) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .first()
        .ok_or(tauri::Error::WindowNotFound)?;
    let config = WindowConfig {
        label: label.to_owned(),
        url: WebviewUrl::App(arguments.page.clone()),
        ..config.clone()
    };
    let mock_devices = arguments.mock_devices;
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .on_document_title_changed(move |window, title| {
            let app = window.app_handle();
            let page = title.strip_prefix(ASKS);
            if let Some(page) = page.filter(|_| app.get_webview_window(SECOND).is_none()) {
                let second = Arguments {
                    page: page.into(),
                    mock_devices,
                };
                // Without it the first page waits for the second one, and says so.
                let _ = open(app, SECOND, &second);
            }
        })
        .build()?;
    prepare(&window, arguments)
}

fn answer(webview: &Webview, kind: PermissionKind) -> PermissionResponse {
    let is_media = matches!(
        kind,
        PermissionKind::Microphone | PermissionKind::Camera | PermissionKind::DisplayCapture
    );
    let is_own = webview.url().is_ok_and(|url| {
        url.scheme() == "tauri" || (tauri::is_dev() && url.host_str() == Some("localhost"))
    });
    if is_media && is_own {
        PermissionResponse::Allow
    } else {
        PermissionResponse::Deny
    }
}

/// Settings of this app only. The plugin has set everything that calls need.
#[cfg(target_os = "linux")]
fn prepare(window: &WebviewWindow, arguments: &Arguments) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};

    let mock_devices = arguments.mock_devices;
    window.with_webview(move |webview| {
        let Some(settings) = webview.inner().settings() else {
            return;
        };
        settings.set_enable_mock_capture_devices(mock_devices);
        settings.set_enable_write_console_messages_to_stdout(cfg!(debug_assertions));
        // The other side's voice must be audible before the first click.
        settings.set_media_playback_requires_user_gesture(false);
    })
}

#[cfg(not(target_os = "linux"))]
fn prepare(_window: &WebviewWindow, arguments: &Arguments) -> tauri::Result<()> {
    debug_assert!(!arguments.mock_devices, "only WebKitGTK has mock devices");
    Ok(())
}

#[allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "written by tauri-build, proven by it while compiling"
)]
fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}
