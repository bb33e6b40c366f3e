//! The window: its navigation and permissions; its title is the page title.
//!
//! Invariant: it shows only the app's own page, and only that page gets camera, microphone or
//! screen. Links open in the system's browser.

use tauri::{
    App, Manager, Url, Webview, WebviewWindowBuilder,
    webview::{NewWindowResponse, PermissionKind, PermissionResponse},
};

use crate::{arguments::Arguments, platform, web_link};

/// Subfolder of the data folder for the web engine.
const WEB_DATA: &str = "web";

/// # Errors
/// The configuration has no window, or the system cannot open one.
pub(crate) fn open(app: &App, arguments: &Arguments) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .first()
        .ok_or(tauri::Error::WindowNotFound)?;
    let dev_url = dev_url(app);
    let mut builder = WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(move |url| is_own_page(url, dev_url.as_ref()))
        .on_new_window(|url, _| {
            web_link::open_outside(&url);
            NewWindowResponse::Deny
        })
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "no title");
            }
        });
    if let Some(folder) = &arguments.data_dir {
        builder = builder.data_directory(folder.join(WEB_DATA));
    }
    let window = builder.build()?;
    platform::prepare_webview(&window, arguments)
}

pub(crate) fn answer_permission(webview: &Webview, kind: PermissionKind) -> PermissionResponse {
    let is_media = matches!(
        kind,
        PermissionKind::Microphone | PermissionKind::Camera | PermissionKind::DisplayCapture
    );
    let dev_url = dev_url(webview);
    let is_own = webview
        .url()
        .is_ok_and(|url| is_own_page(&url, dev_url.as_ref()));
    if is_media && is_own {
        PermissionResponse::Allow
    } else {
        tracing::info!(?kind, "permission denied");
        PermissionResponse::Deny
    }
}

fn dev_url<M: Manager<tauri::Wry>>(manager: &M) -> Option<Url> {
    let url = manager.config().build.dev_url.clone();
    url.filter(|_| tauri::is_dev())
}

fn is_own_page(url: &Url, dev_url: Option<&Url>) -> bool {
    let is = |own: &Url| {
        (url.scheme(), url.host_str(), url.port()) == (own.scheme(), own.host_str(), own.port())
    };
    match dev_url {
        Some(dev_url) => is(dev_url),
        None => Url::parse(platform::PAGE_ORIGIN).is_ok_and(|own| is(&own)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_page_is_allowed() {
        let dev = Url::parse("http://localhost:5173").unwrap();
        let check = |url: &str, in_app: bool, in_dev: bool| {
            let url = Url::parse(url).unwrap();
            assert_eq!(is_own_page(&url, None), in_app, "{url} in the app");
            assert_eq!(is_own_page(&url, Some(&dev)), in_dev, "{url} in tauri dev");
        };
        check(
            &format!("{}/index.html", platform::PAGE_ORIGIN),
            true,
            false,
        );
        check("http://localhost:5173/r/42", false, true);
        check("http://localhost:8787/", false, false);
        check("https://localhost:5173/", false, false);
        check("tauri://example.org/", false, false);
        check("https://example.org/", false, false);
        check("about:blank", false, false);
        check("data:text/html,hello", false, false);
    }
}
