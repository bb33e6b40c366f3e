//! A page's origin, as its webview writes it into `Origin` (RFC 6454, 6.2).
//!
//! Invariant: `None` for a page without an origin of its own. Such pages cannot be told apart and
//! get no bridge.

use tauri::Url;

pub(crate) fn of(url: &Url) -> Option<String> {
    let scheme = url.scheme();
    // The standard calls origins of other schemes opaque. WebKit gives registered schemes an
    // origin.
    if matches!(scheme, "about" | "blob" | "data" | "file" | "javascript") {
        return None;
    }
    let host = url.host_str().filter(|host| !host.is_empty())?;
    // `port` omits the default port of the scheme.
    match url.port() {
        Some(port) => Some(format!("{scheme}://{host}:{port}")),
        None => Some(format!("{scheme}://{host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_matches_the_webviews_header() {
        let check = |url: &str, expect: Option<&str>| {
            let found = of(&Url::parse(url).unwrap());
            assert_eq!(found.as_deref(), expect, "{url}");
        };
        check("tauri://localhost", Some("tauri://localhost"));
        check("tauri://localhost/call.html#1", Some("tauri://localhost"));
        check("http://localhost:5173/r/42", Some("http://localhost:5173"));
        check("https://example.org:443/", Some("https://example.org"));
        check("http://[::1]:8080/", Some("http://[::1]:8080"));
        check("https://user@example.org/", Some("https://example.org"));
        check("about:blank", None);
        check("data:text/html,hello", None);
        check("file:///etc/hosts", None);
        check("blob:https://example.org/1", None);
    }
}
