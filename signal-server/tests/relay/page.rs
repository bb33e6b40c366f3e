//! The page: from a folder or from the program, with restrictive headers.

use std::{fs, sync::Arc};

use signal_server::{PageFile, PageSource};
use tempfile::TempDir;

use crate::relay::{Answer, Relay, get};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob: mediastream:; connect-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A built page, and files beside it that must not be served.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    fs::create_dir_all(root.join("assets")).unwrap();
    fs::write(root.join("index.html"), "<p>Snug").unwrap();
    fs::write(root.join("icon.svg"), "<svg/>").unwrap();
    fs::write(root.join(".env"), "secret").unwrap();
    fs::write(root.join("assets/main-1a2b.js"), "hello()").unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), root.join("link.txt")).unwrap();
    folder
}

fn embedded(name: &str) -> Option<PageFile> {
    let (bytes, content_type) = match name {
        "index.html" => ("<p>Snug", "text/html; charset=utf-8"),
        "icon.svg" => ("<svg/>", "image/svg+xml"),
        "assets/main-1a2b.js" => ("hello()", "text/javascript; charset=utf-8"),
        _ => return None,
    };
    Some(PageFile {
        bytes: bytes.as_bytes().to_vec(),
        content_type: content_type.to_owned(),
    })
}

fn check_headers(answer: &Answer) {
    for (name, value) in [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    let policy = answer.header("permissions-policy").unwrap();
    for used in ["camera", "microphone", "display-capture", "fullscreen"] {
        assert!(policy.contains(&format!("{used}=(self)")), "{policy}");
    }
    for unused in ["geolocation", "usb", "serial", "hid", "midi", "payment"] {
        assert!(policy.contains(&format!("{unused}=()")), "{policy}");
    }
}

#[tokio::test]
async fn page_and_files_are_served_from_either_source() {
    let folder = folder();
    for source in [
        PageSource::Directory(folder.path().join("dist")),
        PageSource::Embedded(Arc::new(embedded)),
    ] {
        let relay = Relay::start(|config| config.page = source).await;
        for (target, content_type, caching, body) in [
            ("/", "text/html; charset=utf-8", "no-cache", "<p>Snug"),
            ("/r/42", "text/html; charset=utf-8", "no-cache", "<p>Snug"),
            (
                "/r/42?x=1",
                "text/html; charset=utf-8",
                "no-cache",
                "<p>Snug",
            ),
            ("/icon.svg", "image/svg+xml", "no-cache", "<svg/>"),
            (
                "/assets/main-1a2b.js",
                "text/javascript; charset=utf-8",
                "public, max-age=31536000, immutable",
                "hello()",
            ),
        ] {
            let answer = get(relay.address, target).await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (200, body),
                "{target}"
            );
            assert_eq!(
                answer.header("content-type"),
                Some(content_type),
                "{target}"
            );
            assert_eq!(answer.header("cache-control"), Some(caching), "{target}");
            check_headers(&answer);
        }
    }
}

#[tokio::test]
async fn other_files_are_not_served() {
    let folder = folder();
    let root = folder.path().join("dist");
    let relay = Relay::start(|config| config.page = PageSource::Directory(root)).await;
    for target in [
        "/secret.txt",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/..\\secret.txt",
        "/.env",
        "/link.txt",
        "/assets",
        "/assets/",
        "/assets/none.js",
        "/rr/42",
        "/x/r/42",
        "/index.html/",
    ] {
        let answer = get(relay.address, target).await;
        assert_eq!(answer.status, 404, "{target}");
        assert!(!answer.body.contains("secret"), "{target}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8"),
            "{target}"
        );
        check_headers(&answer);
    }
}

/// The page reads the path after `/r`, and says so if it cannot.
#[tokio::test]
async fn room_of_any_spelling_gets_the_page() {
    let folder = folder();
    let root = folder.path().join("dist");
    let relay = Relay::start(|config| config.page = PageSource::Directory(root)).await;
    for target in [
        "/r/42/",
        "/r/42//",
        "//r/42",
        "//r//42/",
        "/R/42",
        "/r/Team-1",
        "/r/42?",
        "/r/42/?utm_source=mail",
        "/r/a%20b",
        "/r/caf%C3%A9",
        "/r/%34%32",
        "/r/42.",
        "/r/42%0A",
        "/r/%FF",
        "/r/%zz",
        "/r/a%2Fb",
        "/r/..%2f..%2fsecret.txt",
        "/r/42/more",
        "/r",
        "/r/",
        "//r",
        "/r?42",
    ] {
        let answer = get(relay.address, target).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "<p>Snug"),
            "{target}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{target}");
        check_headers(&answer);
    }
}

/// Links that the app and the page write, and links that they only read.
#[tokio::test]
async fn shared_invite_cases_get_the_page() {
    let folder = folder();
    let root = folder.path().join("dist");
    let relay = Relay::start(|config| config.page = PageSource::Directory(root)).await;
    let cases = include_str!("../../../crates/signal-protocol/testdata/invites.json");
    let cases: serde_json::Value = serde_json::from_str(cases).unwrap();
    let links = cases["invites"].as_array().unwrap().iter();
    let mut asked = 0;
    for link in links.filter_map(|case| case["web"].as_str()) {
        let url = url::Url::parse(link).unwrap();
        let answer = get(relay.address, url.path()).await;
        assert_eq!(answer.status, 200, "{link}");
        asked += 1;
    }
    assert!(asked > 50, "the cases are not there");
}

#[tokio::test]
async fn relay_without_a_page_says_so() {
    let relay = Relay::start(|_| ()).await;
    for target in ["/", "/r/42", "/r/42/", "/r/%FF"] {
        let answer = get(relay.address, target).await;
        assert_eq!(answer.status, 404);
        assert!(answer.body.contains("serves no page"), "{}", answer.body);
        check_headers(&answer);
    }
}

#[tokio::test]
async fn plain_request_to_the_socket_path_is_refused() {
    let relay = Relay::start(|_| ()).await;
    assert_eq!(get(relay.address, "/ws").await.status, 400);
}
