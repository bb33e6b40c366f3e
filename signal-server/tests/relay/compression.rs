//! The page is sent in the content coding that a client prefers, and not at all if the client has
//! it.

use std::{collections::BTreeMap, fs, io::Write, sync::Arc};

use signal_server::{PageFile, PageSource};
use tempfile::TempDir;

use crate::relay::{RawAnswer, Relay, ask};

const SCRIPT: &str = "/assets/main-1a2b.js";

fn script() -> Vec<u8> {
    b"export const hello = 'hello';\n".repeat(100)
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 11, 22);
    encoder.write_all(plain).unwrap();
    drop(encoder);
    coded
}

fn plain(answer: &RawAnswer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        None => plain.extend_from_slice(&answer.body),
        Some("gzip") => {
            let mut decoder = flate2::write::GzDecoder::new(&mut plain);
            decoder.write_all(&answer.body).unwrap();
            decoder.finish().unwrap();
        }
        Some("br") => {
            brotli::BrotliDecompress(&mut answer.body.as_slice(), &mut plain).unwrap();
        }
        Some(other) => panic!("sent as {other}"),
    }
    plain
}

/// A page as the build makes it. In addition, an icon that compression does not make smaller, and a
/// style sheet that was changed after it was compressed.
fn files() -> BTreeMap<&'static str, Vec<u8>> {
    let index = b"<!doctype html><title>Snug</title>".to_vec();
    BTreeMap::from([
        ("index.html.br", brotli(&index)),
        ("index.html.gz", gzip(&index)),
        ("index.html", index),
        ("assets/main-1a2b.js.br", brotli(&script())),
        ("assets/main-1a2b.js.gz", gzip(&script())),
        ("assets/main-1a2b.js", script()),
        ("assets/icon-3c4d.png", vec![0; 64]),
        ("assets/sheet-5e6f.css", b"p { color: red }".to_vec()),
        ("assets/sheet-5e6f.css.br", brotli(b"p { color: green }")),
    ])
}

fn in_folder() -> (TempDir, PageSource) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("assets")).unwrap();
    for (name, bytes) in files() {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let source = PageSource::Directory(folder.path().to_owned());
    (folder, source)
}

fn embedded() -> PageSource {
    let files = files();
    PageSource::Embedded(Arc::new(move |name| {
        Some(PageFile {
            bytes: files.get(name)?.clone(),
            content_type: "text/javascript; charset=utf-8".to_owned(),
        })
    }))
}

async fn relays() -> (TempDir, [Relay; 2]) {
    let (folder, source) = in_folder();
    let relays = [
        Relay::start(|config| config.page = source).await,
        Relay::start(|config| config.page = embedded()).await,
    ];
    (folder, relays)
}

#[tokio::test]
async fn page_is_sent_in_the_coding_a_client_prefers() {
    let (_folder, relays) = relays().await;
    for relay in &relays {
        for (accepted, expect) in [
            (None, None),
            (Some(""), None),
            (Some("gzip, deflate, br, zstd"), Some("br")),
            (Some("gzip, deflate"), Some("gzip")),
            (Some("br;q=0.1, GZIP;q=0.9"), Some("gzip")),
            (Some("br;q=0, *"), Some("gzip")),
            (Some("identity;q=0, *;q=0.1"), Some("br")),
            (Some("zstd"), None),
        ] {
            let header = accepted.map(|accepted| ("accept-encoding", accepted));
            for target in [SCRIPT, "/", "/r/42"] {
                let answer = ask(relay.address, "GET", target, header.as_slice()).await;
                assert_eq!(answer.status, 200, "{accepted:?}");
                assert_eq!(answer.header("content-encoding"), expect, "{accepted:?}");
                assert_eq!(answer.header("vary"), Some("accept-encoding"));
                let length = answer.body.len().to_string();
                assert_eq!(answer.header("content-length"), Some(length.as_str()));
                if target == SCRIPT {
                    assert_eq!(plain(&answer), script(), "{accepted:?}");
                }
            }
        }
        let none = [("accept-encoding", "identity;q=0, *;q=0")];
        let answer = ask(relay.address, "GET", SCRIPT, &none).await;
        assert_eq!(answer.status, 406);
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn head_is_answered_as_get_is_without_the_body() {
    let (_folder, relays) = relays().await;
    for relay in &relays {
        for accepted in ["br", "gzip", "identity"] {
            let headers = [("accept-encoding", accepted)];
            let whole = ask(relay.address, "GET", SCRIPT, &headers).await;
            let head = ask(relay.address, "HEAD", SCRIPT, &headers).await;
            assert_eq!(head.status, 200);
            assert_eq!(head.body, b"");
            for name in [
                "content-length",
                "content-type",
                "content-encoding",
                "cache-control",
                "etag",
                "vary",
            ] {
                assert_eq!(head.header(name), whole.header(name), "{accepted} {name}");
            }
        }
    }
}

#[tokio::test]
async fn unchanged_file_is_not_sent_again() {
    let (_folder, relays) = relays().await;
    for relay in &relays {
        let mut tags = Vec::new();
        for accepted in ["br", "gzip", "identity"] {
            let coding = ("accept-encoding", accepted);
            let whole = ask(relay.address, "GET", "/", &[coding]).await;
            let tag = whole.header("etag").unwrap().to_owned();
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
            assert!(!tags.contains(&tag), "two representations are {tag}");
            for (known, expect) in [
                (tag.clone(), 304),
                (format!("W/{tag}"), 304),
                (format!("\"other\", {tag}"), 304),
                ("*".to_owned(), 304),
                ("\"other\"".to_owned(), 200),
                (tag.trim_matches('"').to_owned(), 200),
                (String::new(), 200),
            ] {
                let headers = [coding, ("if-none-match", known.as_str())];
                for method in ["GET", "HEAD"] {
                    let again = ask(relay.address, method, "/", &headers).await;
                    assert_eq!(again.status, expect, "{method} {known}");
                    for name in ["etag", "cache-control", "vary"] {
                        assert_eq!(again.header(name), whole.header(name), "{name}");
                    }
                    if expect == 304 {
                        assert_eq!(again.body, b"");
                        assert_eq!(again.header("content-encoding"), None);
                        assert_ne!(again.header("content-length"), Some("0"));
                    }
                }
            }
            tags.push(tag);
        }
    }
}

#[tokio::test]
async fn file_without_compressed_form_is_sent_plain() {
    let (_folder, relays) = relays().await;
    let all = [("accept-encoding", "gzip, br")];
    for relay in &relays {
        let icon = ask(relay.address, "GET", "/assets/icon-3c4d.png", &all).await;
        assert_eq!((icon.status, icon.body.len()), (200, 64));
        let sheet = ask(relay.address, "GET", "/assets/sheet-5e6f.css", &all).await;
        assert_eq!(
            (sheet.status, sheet.body.as_slice()),
            (200, b"p { color: red }".as_slice())
        );
        for answer in [icon, sheet] {
            assert_eq!(answer.header("content-encoding"), None);
            assert_eq!(answer.header("vary"), None);
        }
    }
}

#[tokio::test]
async fn only_unchanging_files_are_cached() {
    let (_folder, relays) = relays().await;
    for relay in &relays {
        for (target, expect) in [
            (SCRIPT, "public, max-age=31536000, immutable"),
            ("/", "no-cache"),
            ("/r/42", "no-cache"),
            ("/index.html", "no-cache"),
            ("/assets/gone-7a8b.js", "no-store"),
            ("/nothing", "no-store"),
        ] {
            let answer = ask(relay.address, "GET", target, &[]).await;
            assert_eq!(answer.header("cache-control"), Some(expect), "{target}");
        }
        let gone = ask(relay.address, "GET", "/assets/gone-7a8b.js", &[]).await;
        assert_eq!(gone.status, 404);
        assert!(!gone.body.starts_with(b"<"), "{:?}", gone.body);
    }
}

/// Otherwise it would be sent as a file of its own, with the wrong type.
#[tokio::test]
async fn compressed_form_has_no_address_of_its_own() {
    let (_folder, source) = in_folder();
    let relay = Relay::start(|config| config.page = source).await;
    for target in ["/index.html.br", "/assets/main-1a2b.js.gz"] {
        assert_eq!(ask(relay.address, "GET", target, &[]).await.status, 404);
    }
}
