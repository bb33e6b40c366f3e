//! Links that people send each other: opened by the system's browser, outside of the app.
//!
//! Invariant: only http and https leave the app, and no address that hides where it leads.

use tauri::Url;

pub(crate) fn open_outside(url: &Url) {
    if !is_web_link(url) {
        tracing::info!(scheme = url.scheme(), "link not opened");
        return;
    }
    if let Err(error) = open::that_detached(url.as_str()) {
        tracing::warn!(%error, "no browser opens the link; install one, or xdg-utils");
    }
}

/// The page shows the same ones as links (`ui/src/views/chat/linked-text.ts`).
fn is_web_link(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_links_leave_the_app() {
        for (address, opens) in [
            ("https://example.org/a?b=c#d", true),
            ("http://192.168.1.2:8787/r/42", true),
            ("https://example.org@evil.example/", false),
            ("https://:word@evil.example/", false),
            ("file:///etc/passwd", false),
            ("snug://example.org/r/42", false),
            ("javascript:alert(1)", false),
            ("data:text/html,hello", false),
            ("mailto:ana@example.org", false),
            ("about:blank", false),
        ] {
            assert_eq!(
                is_web_link(&Url::parse(address).unwrap()),
                opens,
                "{address}"
            );
        }
    }
}
